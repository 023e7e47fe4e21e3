"""How a case lies on disk: a zip of .npy files, each with its digest, written so that every machine writes the same bytes."""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import struct
import tempfile
import tokenize
import zipfile
from pathlib import Path
from typing import Any, Dict, Mapping

import numpy as np

HOME = Path(__file__).resolve().parent
"""The folder that holds MANIFEST.json and cases/, in a checkout and in an installed package alike."""

MANIFEST, CASES = "MANIFEST.json", "cases"

DTYPES = ("float32", "float64", "int64", "uint8", "bool")
"""All types of number a tensor may have."""


class GoldenError(Exception):
    """A case is not what it has to be; the text says what was expected and what came."""


def digest(data: bytes) -> str:
    """SHA-256, as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def content(array: np.ndarray) -> bytes:
    """The numbers of an array and nothing else: C order, little-endian, a bool as one byte 0 or 1."""
    return np.asarray(array, array.dtype.newbyteorder("<")).tobytes()


def describe(array: np.ndarray) -> Dict[str, Any]:
    """What the manifest says of a tensor: dtype, shape, SHA-256 of its content."""
    return {"dtype": array.dtype.name, "shape": list(array.shape), "sha256": digest(content(array))}


def npy(array: np.ndarray) -> bytes:
    """The .npy file (format 1.0) of an array. NumPy's own writer pads the header by version; this one never changes."""
    order = np.dtype(array.dtype).newbyteorder("<").str
    header = f"{{'descr': '{order}', 'fortran_order': False, 'shape': {array.shape!r}, }}"
    header += " " * (-(10 + len(header) + 1) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode("ascii") + content(array)


def npz(tensors: Mapping[str, np.ndarray]) -> bytes:
    """The zip of `<name>.npy` files, stored without compression, dated 1980: the same bytes for the same tensors."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in tensors.items():
            member = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            member.create_system, member.external_attr = 3, 0o644 << 16
            archive.writestr(member, npy(array))
    return buffer.getvalue()


def read_npz(data: bytes) -> Dict[str, np.ndarray]:
    """The tensors of a case, by name.

    Raises
    ------
    GoldenError
        If the bytes are no zip of stored .npy files of plain numbers; pickled objects are never loaded.
    """
    tensors: Dict[str, np.ndarray] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                name, suffix = os.path.splitext(member.filename)
                if suffix != ".npy" or name in tensors or member.compress_type != zipfile.ZIP_STORED:
                    raise GoldenError(f"{member.filename}: expected a .npy file, named once, without compression")
                tensors[name] = _read_npy(name, archive.read(member))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, struct.error) as error:
        raise GoldenError(f"expected a zip of .npy files, got {error}") from error
    return tensors


def _read_npy(name: str, data: bytes) -> np.ndarray:
    stream = io.BytesIO(data)
    try:
        if np.lib.format.read_magic(stream) != (1, 0):
            raise ValueError("another version of the format than 1.0")
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    except (ValueError, EOFError, RecursionError, tokenize.TokenError) as error:
        raise GoldenError(f"{name}: expected an array of plain numbers, got {error}") from error
    if dtype.name not in DTYPES or fortran:
        order = ", Fortran order" * fortran
        raise GoldenError(f"{name}: expected plain numbers of one of the types {DTYPES} in C order, got {dtype}{order}")
    # Before any room is made for them: a header may promise what the file does not hold.
    size, there = math.prod(shape) * dtype.itemsize, len(data) - stream.tell()
    if size != there or min(shape, default=0) < 0:
        raise GoldenError(f"{name}: expected {size} bytes for the shape {shape}, got {there}")
    return np.frombuffer(data, dtype, offset=stream.tell()).reshape(shape).astype(dtype.newbyteorder("="))


def sealed(entry: Mapping[str, Any]) -> Dict[str, Any]:
    """An entry of the manifest with the SHA-256 of its other fields, so that an altered word is seen as well."""
    fields = {name: value for name, value in entry.items() if name != "sha256"}
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {**fields, "sha256": digest(text.encode("utf-8"))}


def json_text(value: Any, indent: str = "") -> str:
    """JSON for people and for diffs: what holds no further object stands on one line."""
    inner = list(value.values()) if isinstance(value, dict) else value
    if not _holds_objects(inner):
        return json.dumps(value, ensure_ascii=False)
    deeper = indent + " "
    names = [f"{json.dumps(name)}: " for name in value] if isinstance(value, dict) else [""] * len(value)
    lines = [f"{deeper}{name}{json_text(item, deeper)}" for name, item in zip(names, inner)]
    left, right = "{}" if isinstance(value, dict) else "[]"
    return f"{left}\n" + ",\n".join(lines) + f"\n{indent}{right}"


def _holds_objects(values: Any) -> bool:
    return isinstance(values, list) and any(isinstance(x, dict) or _holds_objects(x) for x in values)


def replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: under another name first, then moved into place."""
    handle, temporary = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise

"""The scratch folder: where the tensors of a call lie, and what is checked before a file in it is read."""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import stat
import tempfile
import tokenize
from typing import Any, BinaryIO, Dict, Tuple

import numpy as np

from conformance.calling.errors import CandidateError
from conformance.calling.remote.messages import printable

SHARED_MEMORY = "/dev/shm"
"""Preferred where it has room: its files are never written to a disk."""

_ROOM = 2**28
_LARGEST = 2**30
"""Bytes: the room asked for, and the most that one tensor of a result may take."""


class Scratch:
    """A folder for the tensors of one process; `path` is where it lies."""

    def __init__(self) -> None:
        roomy = os.access(SHARED_MEMORY, os.W_OK) and shutil.disk_usage(SHARED_MEMORY).free >= _ROOM
        self.path = os.path.realpath(tempfile.mkdtemp(prefix=f"conformance-{os.getpid()}-", dir=SHARED_MEMORY if roomy else None))

    def write(self, name: str, array: np.ndarray) -> Dict[str, Any]:
        """Write an array as raw little-endian numbers, over the one of the same name; returns its description."""
        path = os.path.join(self.path, f"{name}.raw")
        with open(path, "wb") as file:
            file.write(array.astype(array.dtype.newbyteorder("<"), order="C", copy=False).tobytes())
        return {"dtype": array.dtype.name, "shape": list(array.shape), "path": path}

    def read(self, what: str, tensor: Dict[str, Any]) -> np.ndarray:
        """Read an array that the program wrote, and remove the file: no later call may pass it off as its answer.

        Parameters
        ----------
        what : named in errors
        tensor : its description, as the schema allows it

        Raises
        ------
        CandidateError
            If it is no regular file directly in this folder, or not as large as its shape and dtype say.
        """
        path = os.path.join(self.path, tensor["path"])
        said = printable(tensor["path"])
        try:
            if os.path.realpath(os.path.dirname(path)) != self.path:
                raise CandidateError(f"{what}: expected a file in the scratch folder {self.path}, got {said}")
            with open(path, "rb", opener=_careful) as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise CandidateError(f"{what}: expected a regular file, got {said}")
                os.unlink(path)
                return _array(what, file, np.dtype(tensor["dtype"]), tuple(tensor["shape"]), path.endswith(".npy"))
        except (OSError, ValueError, tokenize.TokenError) as error:
            raise CandidateError(f"{what}: cannot be read from {said}: {printable(str(error))}") from error

    def remove(self) -> None:
        """Remove the folder with all that is in it, though a program may have closed folders to everyone."""
        for folder, inner, _ in os.walk(self.path):
            for name in inner:
                if not os.path.islink(os.path.join(folder, name)):
                    with contextlib.suppress(OSError):
                        os.chmod(os.path.join(folder, name), 0o700)
        shutil.rmtree(self.path, ignore_errors=True)


def _careful(path: str, flags: int) -> int:
    """Open neither a link that leads elsewhere nor a pipe that nobody writes to."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _array(what: str, file: BinaryIO, dtype: np.dtype, shape: Tuple[int, ...], npy: bool) -> np.ndarray:
    order = "C"
    if npy:
        found, order = _header(file)
        if found != (shape, dtype):
            raise CandidateError(f"{what}: expected {dtype} {shape} as said, got {found[1]} {found[0]} in the file")
    size, there = math.prod(shape) * dtype.itemsize, os.fstat(file.fileno()).st_size - file.tell()
    if size != there or size > _LARGEST:
        raise CandidateError(f"{what}: expected {size} bytes for {dtype} {shape}, at most {_LARGEST}, got {there}")
    raw = file.read(size)
    if dtype == bool and raw.strip(b"\0\1"):
        raise CandidateError(f"{what}: expected a byte 0 or 1 for each bool, got {max(raw)}")
    return np.frombuffer(raw, dtype.newbyteorder("<")).reshape(shape, order=order).astype(dtype)


def _header(file: BinaryIO) -> Tuple[Tuple[Tuple[int, ...], np.dtype], str]:
    """Shape and dtype as a .npy file has them, and the order of its numbers.

    Raises
    ------
    ValueError
        If the file is not of that format.
    """
    version = np.lib.format.read_magic(file)
    if version not in ((1, 0), (2, 0)):
        raise ValueError(f"expected format 1.0 or 2.0, got {version}")
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read(file)
    return (shape, dtype.newbyteorder("=") if dtype.byteorder in "<|=" else dtype), "F" if fortran else "C"

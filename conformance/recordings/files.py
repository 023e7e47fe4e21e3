"""The file of a recorded step: a `.npz` of a version, written whole or not at all."""

from __future__ import annotations

import os
import zipfile
import zlib
from pathlib import Path
from typing import Any, Dict, List, Mapping, NamedTuple, Sequence, Tuple

import numpy as np

from conformance.recordings.coding import coded, decoded

SCHEMA = 1
"""Version of the file; a reader refuses what it does not know."""


class NoRecording(ValueError):
    """A file holds no recorded step."""


class Recording(NamedTuple):
    """A step of training: what the loss was given, what it answered, what came back through it.

    Attributes
    ----------
    maps : [(B, 4R + C, H, W)]·L, logits; those in bfloat16 as float32.
    targets : (N, 6): image, class, cx, cy, w, h.
    total, cotangent : as the loss returned it, one number or three, and the gradient with respect to it.
    components : (3,), NaN if the loss does not tell them.
    gradients : of each map, shaped as the maps.
    facts : everything else by name: step, rank, world_size, branch, dtype, source, strides, gains, reg_max, normaliser;
        raised, the error of a loss that gave no answer: total, cotangent and gradients are then not to be read.
    """

    maps: List[np.ndarray]
    targets: np.ndarray
    total: np.ndarray
    cotangent: np.ndarray
    components: np.ndarray
    gradients: List[np.ndarray]
    facts: Dict[str, Any]


FACTS: Dict[str, Any] = {
    "step": 0,
    "rank": 0,
    "world_size": 1,
    "branch": "",
    "dtype": "float32",
    "source": "",
    "strides": (),
    "gains": (),
    "reg_max": 0,
    "normaliser": np.nan,
    "raised": "",
}
"""What a file tells beside the arrays, and what stands there if nobody knows."""

LATER = {"raised"}
"""Facts that older files of this version lack."""


def name(facts: Mapping[str, Any]) -> str:
    """Of the file: the step, and the rank and the branch where there are several."""
    rank = f"-rank{facts['rank']}" if facts["world_size"] > 1 else ""
    return f"step{facts['step']:06d}{rank}{'-' * bool(facts['branch'])}{facts['branch']}.npz"


def write(folder: Path, recording: Recording) -> Path:
    """Write a recording into a folder, which is made if it is not there; returns its path."""
    arrays: Dict[str, Any] = {"schema": SCHEMA, **{fact: recording.facts.get(fact, FACTS[fact]) for fact in FACTS}}
    path = Path(folder) / name(arrays)
    arrays.update({f: getattr(recording, f) for f in ("targets", "total", "cotangent", "components")})
    for i, (level, gradient) in enumerate(zip(recording.maps, recording.gradients)):
        arrays[f"maps.{i}"] = level
        arrays.update({f"gradients.{i}.{part}": array for part, array in coded(gradient, level).items()})
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            np.savez(file, **arrays)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def read(path: Path) -> Recording:
    """Read a recording.

    Raises
    ------
    NoRecording
        If the file is none, is damaged, or is of another version.
    """
    arrays = arrays_of(path)
    if "schema" not in arrays:
        raise NoRecording(f"{path}: no recorded step; it holds {', '.join(sorted(arrays)[:6]) or 'nothing'}")
    if arrays["schema"].tolist() != SCHEMA:
        raise NoRecording(f"{path}: expected schema {SCHEMA}, got {arrays['schema'].tolist()!r}")
    missing = sorted({"targets", "total", "cotangent", "components", "maps.0", *FACTS} - LATER - set(arrays))
    if missing:
        raise NoRecording(f"{path}: not whole, {missing[0]} is missing")
    maps, gradients = [], []
    while f"maps.{len(maps)}" in arrays:
        level, prefix = arrays[f"maps.{len(maps)}"], f"gradients.{len(maps)}."
        kept = {key[len(prefix) :]: array for key, array in arrays.items() if key.startswith(prefix)}
        maps.append(level)
        try:
            gradients.append(decoded(kept, level))
        except (KeyError, ValueError, IndexError) as error:
            raise NoRecording(f"{path}: the gradient of map {len(gradients)} cannot be read: {error}") from error
    facts = {fact: _plain(arrays[fact]) if fact in arrays else known for fact, known in FACTS.items()}
    given = {**arrays, **{f"gradients.{i}": gradient for i, gradient in enumerate(gradients)}}
    for key in ("targets", "total", "cotangent", "components", *(f"{of}.{i}" for of in ("maps", "gradients") for i in range(len(maps)))):
        check_numbers(path, key, given[key])
    _check_facts(path, facts)
    return Recording(maps, *(arrays[f] for f in ("targets", "total", "cotangent", "components")), gradients, facts)


def arrays_of(path: Path) -> Dict[str, np.ndarray]:
    """The arrays of a `.npz`, by name.

    Raises
    ------
    NoRecording
        If it is none.
    """
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            return {key: np.asarray(file[key]) for key in file.files}
    except OSError as error:
        raise NoRecording(f"{path}: expected a .npz that can be read: {error.strerror or error}") from error
    except (ValueError, KeyError, EOFError, AttributeError, TypeError, zipfile.BadZipFile, zlib.error) as error:
        raise NoRecording(f"{path}: expected a .npz that can be read: it is none, or damaged") from error


def check_numbers(path: Path, key: str, array: np.ndarray) -> None:
    """Raise NoRecording if what is to be numbers is none."""
    if array.dtype.kind not in "fiub":
        raise NoRecording(f"{path}: {key}: expected real numbers, got {array.dtype}")


def check_strides(path: Path, strides: Sequence[float]) -> None:
    """Raise NoRecording if a stride is not above 0."""
    if any(not stride > 0 for stride in strides):
        raise NoRecording(f"{path}: strides: expected numbers above 0, got {strides}")


def _check_facts(path: Path, facts: Mapping[str, Any]) -> None:
    """Raise NoRecording if a fact is not of the kind that stands there if nobody knows."""
    for fact, known in FACTS.items():
        if not _is_like(facts[fact], known):
            raise NoRecording(f"{path}: {fact}: expected {'numbers' if known == () else type(known).__name__}, got {facts[fact]!r}")
    check_strides(path, facts["strides"])


def _is_like(value: Any, known: Any) -> bool:
    if isinstance(known, tuple):
        return isinstance(value, tuple) and all(isinstance(one, (int, float)) for one in value)
    return isinstance(value, str if isinstance(known, str) else (int, float))


def _plain(array: np.ndarray) -> Any:
    return array.item() if array.ndim == 0 else tuple(array.tolist())


def shapes(maps: List[np.ndarray]) -> List[Tuple[int, int]]:
    """(H, W) of each map."""
    return [(int(level.shape[2]), int(level.shape[3])) for level in maps]

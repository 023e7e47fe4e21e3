"""Verify the golden tensors: `python -m golden.check`. Exit 0 if all is as it was written, 1 with the names of the cases if not.

Every file is as long as the manifest says and has its SHA-256, every tensor has its type, shape and SHA-256, nothing is
missing or extra; the reference still gives every stored value within its bound64 and every stored decision; what the
sources printed still stands. Needs NumPy alone.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Dict, Iterator, List, Mapping, Sequence, Set

import numpy as np

from golden import rules
from golden.manifest import Entry, Erratum, read_manifest
from golden.printed import DERIVED, misprints
from golden.store import CASES, HOME, GoldenError, describe, digest, read_npz

Tensors = Mapping[str, np.ndarray]

LARGEST = 2**22
"""Bytes that the file of a case may have; every case is of hand size."""

BESIDE = ({"bound32", "bound64"}, {"lo", "hi"}, {"lo", "hi", "count"}, {"legal"})
"""What may stand beside an output."""


def problems(folder: Path) -> List[str]:
    """Everything that is wrong with the golden tensors of a folder, each with the name of its case."""
    try:
        entries, errata = read_manifest(folder)
    except GoldenError as error:
        return [str(error)]
    found = [f"{name}: expected no such file in {CASES}/" for name in _extra(folder, entries)]
    for entry in entries:
        try:
            found += [f"{entry.id}: {problem}" for problem in check_case(entry, read_case(folder, entry), errata)]
        except GoldenError as error:
            found.append(f"{entry.id}: {error}")
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            # Sealed nonsense may break anything on its way through the reference; the case has to be named all the same.
            found.append(f"{entry.id}: expected inputs and outputs of {entry.op}, got {type(error).__name__}: {error}")
    return found


def _extra(folder: Path, entries: Sequence[Entry]) -> List[str]:
    """Files that no entry names, by the id they would have."""
    if not (folder / CASES).is_dir():
        return []
    known = {f"{entry.id}.npz" for entry in entries}
    names = sorted(path.name for path in (folder / CASES).iterdir() if path.name not in known)
    return [name[: -len(".npz")] if name.endswith(".npz") else name for name in names]


def read_case(folder: Path, entry: Entry) -> Dict[str, np.ndarray]:
    """The tensors of a case, just as they were written. The size is looked at before the file is read.

    Raises
    ------
    GoldenError
        If the file, or a tensor in it, is not what the manifest says.
    """
    path = folder / CASES / f"{entry.id}.npz"
    if not path.is_file():
        raise GoldenError(f"expected the file {CASES}/{path.name}, got none")
    size = path.stat().st_size
    if size > LARGEST:
        raise GoldenError(f"expected a file of at most {LARGEST} bytes, got {size}")
    if size != entry.file["size"]:
        raise GoldenError(f"expected a file of {entry.file['size']} bytes, got {size}")
    data = path.read_bytes()
    if digest(data) != entry.file["sha256"]:
        raise GoldenError(f"expected a file with SHA-256 {entry.file['sha256']}, got {digest(data)}")
    tensors = read_npz(data)
    if list(tensors) != list(entry.tensors):
        raise GoldenError(f"expected the tensors {list(entry.tensors)}, got {list(tensors)}")
    for name, array in tensors.items():
        if describe(array) != entry.tensors[name]:
            raise GoldenError(f"{name}: expected {dict(entry.tensors[name])}, got {describe(array)}")
    return tensors


def check_case(entry: Entry, tensors: Tensors, errata: Sequence[Erratum]) -> Iterator[str]:
    """What is wrong with the content of a case."""
    _check_names(entry, tensors)
    stored = {name: tensors[f"out.{name}"] for name in rules.returned(entry.op, tensors)}
    yield from (f"stored {fault}" for fault in rules.faults(entry.op, tensors, stored, "float64"))
    answer = rules.FUNCTIONS[entry.op].function(**rules.arguments(entry.op, tensors), dialect=entry.dialect)
    yield from (f"reference {fault}" for fault in differences(tensors, rules.outputs(entry.op, answer)))
    yield from misprints(entry, tensors, errata)


def differences(tensors: Tensors, answer: Tensors) -> Iterator[str]:
    """Where the reference has drifted: a value beyond its bound64, or another decision, legal or not."""
    for name, got in answer.items():
        expected = tensors[f"out.{name}"]
        bound = tensors.get(f"out.{name}.bound64", np.zeros(expected.shape))
        if got.shape != expected.shape:
            yield f"{name}: expected shape {expected.shape}, got {got.shape}"
            continue
        off = np.abs(np.asarray(got, np.float64) - np.asarray(expected, np.float64))
        wrong = ~((off <= bound) | np.isinf(bound))
        for at in np.argwhere(wrong)[:1]:
            at = tuple(map(int, at))
            yield f"{name}{list(at)}: expected {expected[at]:.17g} ± {bound[at]:.3g}, got {got[at]:.17g} ({wrong.sum()} differ)"


def _check_names(entry: Entry, tensors: Tensors) -> None:
    """Every argument and output of the op is there, each output with one way to judge it, and nothing unknown."""
    op, returned, names = rules.FUNCTIONS[entry.op], rules.returned(entry.op, tensors), set(tensors)
    given = {name.split(".")[1] for name in names if name.startswith("in.")}
    if given != set(op.arguments):
        raise GoldenError(f"expected the inputs {sorted(op.arguments)}, got {sorted(given)}")
    for name in returned:
        beside = _beside(f"out.{name}", names)
        if f"out.{name}" not in names or beside not in BESIDE:
            raise GoldenError(f"out.{name}: expected it with bounds, lo and hi, or legal owners, got {sorted(beside)}")
        names -= {f"out.{name}", *(f"out.{name}.{other}" for other in beside)}
    for name in {name for name in names if name.startswith("printed.")}:
        about = name.split(".")[1]
        if about not in returned and about not in DERIVED or _beside(f"printed.{about}", set(tensors)) != {"half"}:
            raise GoldenError(f"{name}: expected digits printed for one of {sorted({*returned, *DERIVED})}, with their half unit")
    unknown = {name for name in names if not name.startswith(("in.", "printed."))}
    if unknown:
        raise GoldenError(f"expected no tensors but those of {entry.op}, got {sorted(unknown)}")


def _beside(name: str, names: Set[str]) -> Set[str]:
    return {other[len(name) + 1 :] for other in names if other.startswith(f"{name}.")}


def main(folder: Path = HOME) -> int:
    """Print what is wrong, or how many cases stand; 0 if all do, else 1."""
    found = problems(Path(folder))
    for problem in found:
        print(f"golden: {problem}", file=sys.stderr)
    if not found:
        print(f"golden: {len(read_manifest(Path(folder))[0])} cases verified")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""Write the golden tensors: `python -m golden.generate`. On an unchanged tree it changes nothing, on any machine.

Expected values come from the second oracle, bounds and legal sets from the suite. Needs mpmath (extra `test`).
"""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Any, Dict, List, NamedTuple

import numpy as np

from golden.answers import expected
from golden.bounds import bounds
from golden.definitions import DEFINITIONS, ERRATA
from conformance.cases.stored import Definition, input_tensors, printed_tensors
from golden.legal_sets import legal_sets
from golden.manifest import FORMAT
from golden.rules import arguments
from golden.store import (
    CASES,
    HOME,
    MANIFEST,
    GoldenError,
    describe,
    digest,
    json_text,
    npz,
    read_npz,
    replace,
    sealed,
)


class Changes(NamedTuple):
    """Names of the files that were written, and of those that were removed."""

    written: List[str]
    removed: List[str]


def tensors_of(definition: Definition) -> Dict[str, np.ndarray]:
    """All tensors of a case: inputs; each expected output followed by its bounds or legal sets; what was printed."""
    tensors = input_tensors(definition.op, definition.inputs)
    given = arguments(definition.op, tensors)
    answer = expected(definition.op, given, definition.dialect)
    others = (definition.op, given, definition.dialect, answer)
    beside = {**bounds(*others), **legal_sets(*others)}
    for name, array in answer.items():
        tensors[f"out.{name}"] = array
        tensors.update({f"out.{other}": beside[other] for other in beside if other.rpartition(".")[0] == name})
    tensors.update(printed_tensors(definition.printed))
    return tensors


def entry_of(definition: Definition, tensors: Dict[str, np.ndarray], data: bytes) -> Dict[str, Any]:
    """The case's entry in the manifest."""
    return sealed(
        {
            "id": definition.id,
            "op": definition.op,
            "clauses": list(definition.clauses),
            "why": definition.why,
            "source": definition.source,
            "dialect": dataclasses.asdict(definition.dialect),
            "file": {"size": len(data), "sha256": digest(data)},
            "tensors": {name: describe(array) for name, array in tensors.items()},
        }
    )


def kept(path: Path, tensors: Dict[str, np.ndarray], manifest: str) -> bytes:
    """The file's own bytes if the manifest knows them and they hold just these tensors, else the bytes to write."""
    fresh = npz(tensors)
    try:
        old = path.read_bytes()
        known = digest(old) in manifest and _described(read_npz(old)) == _described(tensors)
    except (OSError, GoldenError):
        return fresh
    return old if known else fresh


def _described(tensors: Dict[str, np.ndarray]) -> List[Any]:
    return [(name, describe(array)) for name, array in tensors.items()]


def write(folder: Path) -> Changes:
    """Bring the cases and the manifest of a folder up to date, each file whole or not at all, the manifest last."""
    files, entries = {}, []
    manifest = (folder / MANIFEST).read_text("utf-8", "replace") if (folder / MANIFEST).is_file() else ""
    for definition in DEFINITIONS:
        tensors = tensors_of(definition)
        path = folder / CASES / f"{definition.id}.npz"
        files[path] = kept(path, tensors, manifest)
        entries.append(entry_of(definition, tensors, files[path]))
    text = json_text({"format": FORMAT, "errata": [sealed(erratum) for erratum in ERRATA], "cases": entries}) + "\n"
    files[folder / MANIFEST] = text.encode("utf-8")

    (folder / CASES).mkdir(parents=True, exist_ok=True)
    written = [path for path, data in files.items() if not path.exists() or path.read_bytes() != data]
    for path in written:
        replace(path, files[path])
    removed = sorted(path for path in (folder / CASES).iterdir() if path.is_file() and path not in files)
    for path in removed:
        path.unlink()
    return Changes([path.name for path in written], [path.name for path in removed])


def main(folder: Path = HOME) -> int:
    """Write, and say in one line what changed."""
    changes = write(Path(folder))
    print(f"golden: {len(DEFINITIONS)} cases, {len(changes.written)} files written, {len(changes.removed)} removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())

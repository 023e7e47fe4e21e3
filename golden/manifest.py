"""The manifest: every case with its provenance, and the mistakes of the seeds. Read strictly: an unknown field is an error."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any, Dict, List, Mapping, NamedTuple, Tuple

from conformance.ops.requirements import CLAUSES
from golden.rules import FUNCTIONS, judged_through
from golden.store import MANIFEST, GoldenError, sealed
from refimpl import ContractError, Dialect

FORMAT = 2

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

_FIELDS = {"format": int, "errata": list, "cases": list}
_FILE = {"size": int, "sha256": str}
_TENSOR = {"dtype": str, "shape": list, "sha256": str}
_CASE = {
    "id": str, "op": str, "clauses": list, "why": str, "source": str, "dialect": dict, "file": dict, "tensors": dict,
    "sha256": str,
}
_ERRATUM = {
    "seed": str, "cases": list, "output": str, "index": list, "seed_says": str, "right": str, "because": str, "sha256": str,
}


class Entry(NamedTuple):
    """One case of the manifest: id, op, clause ids, dialect; size and SHA-256 of its file; its tensors as described."""

    id: str
    op: str
    clauses: Tuple[str, ...]
    dialect: Dialect
    file: Mapping[str, Any]
    tensors: Mapping[str, Mapping[str, Any]]


class Erratum(NamedTuple):
    """A mistake of a seed, the cases that show what is right, and, if it is a printed number, where it stands."""

    seed: str
    cases: Tuple[str, ...]
    output: str
    index: Tuple[int, ...]
    seed_says: str
    right: str


def read_manifest(folder: Path) -> Tuple[List[Entry], List[Erratum]]:
    """All entries of the manifest of a folder.

    Raises
    ------
    GoldenError
        Names the entry and the field, what was expected and what came.
    """
    try:
        text = (folder / MANIFEST).read_bytes().decode("utf-8")
        whole = json.loads(text, object_pairs_hook=_object)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise GoldenError(f"{MANIFEST}: expected a readable JSON file, got {error}") from error
    _fields(MANIFEST, whole, _FIELDS)
    if whole["format"] != FORMAT:
        raise GoldenError(f"{MANIFEST}: expected format {FORMAT}, got {whole['format']}")
    cases = [_case(entry) for entry in whole["cases"]]
    ids = [case.id for case in cases]
    for twice in sorted({id for id in ids if ids.count(id) > 1}):
        raise GoldenError(f"{twice}: expected one entry in {MANIFEST}, got {ids.count(twice)}")
    return cases, [_erratum(entry, ids) for entry in whole["errata"]]


def _object(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    """A JSON object that names each field once."""
    names = [name for name, _ in pairs]
    for twice in {name for name in names if names.count(name) > 1}:
        raise GoldenError(f"{MANIFEST}: expected each field once, got {twice!r} {names.count(twice)} times")
    return dict(pairs)


def _fields(where: str, value: Any, types: Mapping[str, type]) -> None:
    """The value has these fields, no others, and each is of its type."""
    if not isinstance(value, dict) or set(value) != set(types):
        came = sorted(value) if isinstance(value, dict) else value
        raise GoldenError(f"{where}: expected the fields {sorted(types)}, got {came}")
    for name, kind in types.items():
        if type(value[name]) is not kind:
            raise GoldenError(f"{where}: {name}: expected {kind.__name__}, got {value[name]!r}")


def _seal(where: str, entry: Mapping[str, Any]) -> None:
    """The entry is word for word what was sealed."""
    expected = sealed(entry)["sha256"]
    if entry["sha256"] != expected:
        raise GoldenError(f"{where}: expected an entry of {MANIFEST} with SHA-256 {entry['sha256']}, got one with {expected}")


def _case(entry: Any) -> Entry:
    """One case, all of its fields checked."""
    where = str(entry.get("id", "a case without id")) if isinstance(entry, dict) else repr(entry)
    _fields(where, entry, _CASE)
    _fields(f"{where}: file", entry["file"], _FILE)
    for name, tensor in entry["tensors"].items():
        _fields(f"{where}: {name}", tensor, _TENSOR)
    _seal(where, entry)
    if not _ID.fullmatch(entry["id"]):
        raise GoldenError(f"{where}: id: expected lower-case words joined by hyphens, got {entry['id']!r}")
    if entry["op"] not in FUNCTIONS:
        raise GoldenError(f"{where}: op: expected one of {sorted(FUNCTIONS)}, got {entry['op']!r}")
    unknown = [id for id in entry["clauses"] if id not in CLAUSES or entry["op"] not in judged_through(id)]
    if unknown or not entry["clauses"]:
        raise GoldenError(f"{where}: clauses: expected ids of clauses judged through {entry['op']}, got {entry['clauses']}")
    dialect = _dialect(where, entry["dialect"])
    return Entry(entry["id"], entry["op"], tuple(entry["clauses"]), dialect, entry["file"], entry["tensors"])


def _dialect(where: str, fields: Mapping[str, Any]) -> Dialect:
    """The dialect of a case; no field may take its default."""
    expected = sorted(field.name for field in dataclasses.fields(Dialect))
    if sorted(fields) != expected:
        raise GoldenError(f"{where}: dialect: expected the fields {expected}, got {sorted(fields)}")
    try:
        return Dialect(**{**fields, "strides": tuple(fields["strides"])})
    except (ContractError, TypeError) as error:
        raise GoldenError(f"{where}: dialect: {error}") from error


def _erratum(entry: Any, ids: List[str]) -> Erratum:
    """One erratum; its cases are among the ids."""
    where = f"erratum of {entry.get('seed', 'no seed')}" if isinstance(entry, dict) else repr(entry)
    _fields(where, entry, _ERRATUM)
    _seal(where, entry)
    for id in entry["cases"]:
        if id not in ids:
            raise GoldenError(f"{where}: cases: expected ids of cases, got {id!r}")
    fields = {**entry, "cases": tuple(entry["cases"]), "index": tuple(entry["index"])}
    return Erratum(**{name: fields[name] for name in Erratum._fields})

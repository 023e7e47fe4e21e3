"""What shows that a clause bites: the golden cases of it, and the mutants it was measured to kill."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

import numpy as np

from conformance.ops.page import Stored
from conformance.ops.mutants import MUTANTS, Mutant
from conformance.publishing.readme_sections import ROOT


class Killed(NamedTuple):
    """A mutant, and why no run on record saw it break the clause that it is said to break; "" if one did."""

    mutant: Mutant
    missed: str


def read_json(path: Path) -> Any:
    """A JSON file of the checkout, which stays the same while pages are made."""
    return json.loads(path.read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=None)
def manifest() -> Dict[str, Any]:
    """The manifest of the golden tensors."""
    return read_json(ROOT / "golden" / "MANIFEST.json")


def stored() -> Stored:
    """The golden tensors as the pages of families read them."""
    return Stored(manifest(), _tensors)


def _tensors(case: str) -> Dict[str, np.ndarray]:
    with np.load(ROOT / "golden" / "cases" / f"{case}.npz", allow_pickle=False) as found:
        return {name: found[name] for name in found.files}


@functools.lru_cache(maxsize=None)
def _broken() -> Dict[str, frozenset]:
    """The clauses each mutant broke in a measured run."""
    kills = read_json(ROOT / "conformance" / "evidence" / "matrices.json")["kills"]
    return {id: frozenset(clause for run in runs for clause in run["clauses"]) for id, runs in kills.items()}


def golden_cases(clause: str, function: str) -> List[Dict[str, Any]]:
    """The golden cases that show a clause through a function, an op or its gradient."""
    return [case for case in manifest()["cases"] if case["op"] == function and clause in case["clauses"]]


def killed(clause: str, function: str) -> List[Killed]:
    """The mutants of a function that break a clause: those measured to, then those only said to."""
    own = [mutant for mutant in MUTANTS.values() if mutant.op == function]
    found = [Killed(mutant, _missed(clause, mutant)) for mutant in own]
    return sorted(
        (one for one in found if not one.missed or clause in one.mutant.breaks), key=lambda one: bool(one.missed)
    )


def _missed(clause: str, mutant: Mutant) -> str:
    broken = _broken().get(mutant.id, ())
    if clause in broken:
        return ""
    return f"{', '.join(sorted(broken))} killed it" if broken else "not in the runs on record"


def conventions(function: str) -> List[Mutant]:
    """The mutants of a function that some implementations mean: differences of dialect, not bugs."""
    return [mutant for mutant in MUTANTS.values() if mutant.op == function and mutant.convention]


def seen(functions: Sequence[str]) -> List[Mutant]:
    """The bugs of these functions seen in the wild, conventions aside: those seen in more places first."""
    found = [m for m in MUTANTS.values() if m.op in functions and m.seen and not m.convention]
    return sorted(found, key=_places, reverse=True)


def _places(mutant: Mutant) -> Tuple[int, bool]:
    """In how many places a bug was seen; public rewrites are many."""
    names = mutant.seen.replace(" and ", ", ").split(", ")
    return len(names) + ("public rewrites" in names), bool(mutant.breaks)

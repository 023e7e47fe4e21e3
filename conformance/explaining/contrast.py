"""Contrast: the smallest counterexample with one thing changed, to tell what the break needs from what is there by chance."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

from conformance.cases.case import Case
from conformance.cases.changes import AS_IT_IS, changes, smaller
from conformance.judging.rounding import Precision
from conformance.ops.spec import Property
from conformance.trial.trial import Trial, trial
from conformance.trial.work import Work

WORK = 300
"""Spent at most on the contrast, and as much on leaving things out before."""

SHOWN = 8
"""Changes listed at most of each kind."""

class Contrast(NamedTuple):
    """Changes after which the clause holds, and changes after which it breaks as before."""

    conforms: Tuple[str, ...] = ()
    breaks: Tuple[str, ...] = ()

    def __str__(self) -> str:
        """A line for the user; "" if nothing was tried."""
        told = {"conforms": _joined(self.conforms), "still breaks": _joined(self.breaks)}
        parts = [f"{verb} {', '.join(changes[:SHOWN])}" for verb, changes in told.items() if changes]
        return "contrast: " * bool(parts) + "; ".join(parts)


def _joined(changes: Sequence[str]) -> List[str]:
    """Changes in few words: what is left out one by one is named together."""
    found: Dict[str, List[str]] = {}
    for change in changes:
        what, _, which = change.rpartition(" ") if change.startswith("without ") else (change, "", "")
        found.setdefault(what, []).append(which)
    return [" ".join([what, " or ".join(filter(None, which))]).strip() for what, which in found.items()]


def contrast(judged: Property, candidate: Any, precision: Precision, case: Case) -> Contrast:
    """Judge the candidate on the case, changed in one thing after another. What is no legal call is left out."""
    held: List[str] = []
    broke: List[str] = []
    work = Work(WORK)
    for change, other, floats in changes(judged.op, precision, case):
        if other.dialect != case.dialect and broke[-1:] == [AS_IT_IS]:
            continue
        found = _tried(judged, candidate, other, floats)
        if found is not None and found.broken:
            broke.append(change)
        elif found is not None and found.holds:
            held.append(change)
        if not work.spend(other):
            break
    return Contrast(tuple(held), tuple(broke))


def smallest(judged: Property, candidate: Any, precision: Precision, failing: Trial, least: float = 0) -> Trial:
    """A counterexample, off by `least` bounds or more, from which nothing can be left out that it does not need, as far as the
    work allows."""
    work, left = Work(WORK), smaller(judged.op, failing.case)
    while (case := next(left, None)) is not None and work.spend(case):
        found = _tried(judged, candidate, case, precision)
        if found is not None and found.broken and found.excess >= least:
            failing, left = found, smaller(judged.op, case)
    return failing


def _tried(judged: Property, candidate: Any, case: Case, precision: Precision) -> Trial | None:
    """The trial; None where the changed case is no legal call: the reference refuses it."""
    try:
        return trial(judged, candidate, case, precision)
    except (ValueError, TypeError):
        return None

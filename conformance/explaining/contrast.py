"""Contrast: the smallest counterexample with one thing changed, to tell what the break needs from what is there by chance."""

from __future__ import annotations

import contextlib
import time
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

from conformance.cases.changes import AS_IT_IS, changes, smaller
from conformance.ops.spec import Property
from conformance.trial.examples import ask
from conformance.calling.errors import CandidateError, NotServed
from conformance.judging.judge import Broken, Judge, Undecided
from conformance.ops.assigner.legal_sets import TooManyToDecide
from conformance.suite.counterexample import Failing
from conformance.judging.rounding import Precision
from conformance.ops.spec import CLAUSES
from conformance.cases.case import Case
from conformance.judging.verdicts import Outcome

SECONDS = 1.5
"""Time spent at most on the contrast, and as much on leaving things out before."""

SHOWN = 8
"""Changes listed at most of each kind."""

_NO_VERDICT = (ValueError, TypeError, CandidateError, NotServed, Undecided, TooManyToDecide)
"""Raised where a changed case is no legal call, or cannot be decided."""


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
    enough = time.monotonic() + SECONDS
    found: Dict[bool, List[str]] = {True: [], False: []}
    for change, other, floats in changes(judged.op, precision, case):
        if other.dialect != case.dialect and found[False][-1:] == [AS_IT_IS]:
            continue
        with contextlib.suppress(*_NO_VERDICT):
            found[_failing(judged, candidate, floats, other) is None].append(change)
        if time.monotonic() > enough:
            break
    return Contrast(tuple(found[True]), tuple(found[False]))


def smallest(judged: Property, candidate: Any, precision: Precision, failing: Failing) -> Failing:
    """A counterexample from which nothing can be left out that it does not need, as far as time allows."""
    enough, left = time.monotonic() + SECONDS, smaller(judged.op, failing.case)
    while time.monotonic() < enough and (case := next(left, None)) is not None:
        with contextlib.suppress(*_NO_VERDICT):
            found = _failing(judged, candidate, precision, case)
            if found is not None:
                failing, left = found, smaller(judged.op, case)
    return failing


def _failing(judged: Property, candidate: Any, precision: Precision, case: Case) -> Failing | None:
    """How the candidate breaks the clause on a case; None if it does not."""
    answer = ask(candidate, judged.op, case, precision, CLAUSES[judged.clause].gradient)
    try:
        judged.body(answer, case, Judge(precision, Outcome(judged.clause, judged.op, precision.dtype.name, ""), {}, {}))
    except Broken as error:
        return Failing(case, error, answer)
    return None

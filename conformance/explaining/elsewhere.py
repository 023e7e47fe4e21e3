"""Neighbours of a counterexample: a few fresh examples of every event, with the candidate's answers to them."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from typing import Any, Iterator, List, NamedTuple, Tuple

from conformance.ops.spec import Property
from conformance.trial.examples import Example, ask, drawn
from conformance.calling.errors import CandidateError, NotServed
from conformance.judging.judge import Broken, Judge, Undecided
from conformance.ops.assigner.legal_sets import TooManyToDecide
from conformance.judging.rounding import PRECISIONS, Precision
from conformance.ops.spec import CLAUSES
from conformance.judging.verdicts import Outcome

SECONDS = 1.5
"""Time spent at most on asking, and as much on judging one clause."""

NAMES = 8
"""Events listed at most."""


class Neighbour(NamedTuple):
    """An example and the event it was drawn for."""

    event: str
    example: Example


class Elsewhere(NamedTuple):
    """Neighbours that were judged, those of them that break, and the events of the one kind and of the other."""

    examples: int = 0
    broken: int = 0
    breaking: Tuple[str, ...] = ()
    conforming: Tuple[str, ...] = ()

    def __str__(self) -> str:
        """A line for the user, whose shorter list says what the fault depends on; "" if nothing was judged."""
        if not self.examples:
            return ""
        if self.broken in (0, self.examples):
            return f"elsewhere: breaks on {'all' if self.broken else 'none'} of {self.examples} other examples"
        only = len(self.breaking) <= len(self.conforming)
        events = self.breaking if only else self.conforming
        names = ", ".join(f"“{event}”" for event in events[:NAMES])
        names += f" and {len(events) - NAMES} more" if len(events) > NAMES else ""
        where = f", {'only with' if only else 'not with'} {names}" if events else ""
        return f"elsewhere: breaks on {self.broken} of {self.examples} other examples{where}"


def neighbours(judged: Property, candidate: Any, run: Any, outcome: Outcome) -> List[Neighbour]:
    """Asked once for all clauses that look at the same answers; those of its own event and of the events after it first."""
    key = (outcome.op, outcome.dtype, id(judged.cases))
    if key not in run.neighbours:
        enough = time.monotonic() + SECONDS
        found = run.neighbours[key] = []
        for neighbour in _asked(judged, candidate, run, outcome):
            found.append(neighbour)
            if time.monotonic() > enough:
                break
    return run.neighbours[key]


def _asked(judged: Property, candidate: Any, run: Any, outcome: Outcome) -> Iterator[Neighbour]:
    precision, gradient = PRECISIONS[outcome.dtype], CLAUSES[judged.clause].gradient
    few = replace(run, examples=3, seed=1 if run.seed is None else run.seed + 1)
    own = judged.events.index(outcome.event)
    for event in (*judged.events[own:], *judged.events[:own]):
        if judged.cases.possible(event, precision, candidate.served):
            # The first is the smallest there is, in every run.
            for case in drawn(few, outcome.op, event, outcome.dtype, judged.cases, candidate.served)[1:]:
                with contextlib.suppress(CandidateError, NotServed):
                    answer = ask(candidate, outcome.op, case, precision, gradient)
                    yield Neighbour(event, Example(case, answer, {}, {}))


def elsewhere(judged: Property, precision: Precision, found: List[Neighbour]) -> Elsewhere:
    """On which neighbours a clause breaks."""
    enough = time.monotonic() + SECONDS
    verdicts: List[Tuple[str, bool]] = []
    for event, example in found:
        with contextlib.suppress(Undecided, TooManyToDecide):
            verdicts.append((event, _breaks(judged, precision, example)))
        if time.monotonic() > enough:
            break
    breaking = tuple(dict.fromkeys(event for event, broken in verdicts if broken))
    conforming = tuple(dict.fromkeys(event for event, _ in verdicts if event not in breaking))
    return Elsewhere(len(verdicts), sum(broken for _, broken in verdicts), breaking, conforming)


def _breaks(judged: Property, precision: Precision, example: Example) -> bool:
    outcome = Outcome(judged.clause, judged.op, precision.dtype.name, "")
    try:
        judged.body(example.answer, example.case, Judge(precision, outcome, example.memo, example.expectations))
    except Broken:
        return True
    return False

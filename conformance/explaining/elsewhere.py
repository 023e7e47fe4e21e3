"""Elsewhere: the neighbours of a counterexample, a few fresh examples of every event, with the candidate's answers to them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Iterator, List, NamedTuple, Tuple

from conformance.calling.errors import CandidateError, NotServed
from conformance.explaining.in_common import Seen, in_common
from conformance.judging.rounding import EVERY_PRECISION, Precision
from conformance.judging.verdicts import Outcome
from conformance.ops.spec import CLAUSES, Property
from conformance.trial.asking import ask
from conformance.trial.examples import can_be_asked, drawn
from conformance.trial.trial import Example, Trial, verdict
from conformance.trial.work import Work

WORK = 150
"""Spent at most on asking, and as much on judging one clause."""

NAMES = 8
"""Events listed at most."""


class Neighbour(NamedTuple):
    """An example and the event it was drawn for."""

    event: str
    example: Example


class Elsewhere(NamedTuple):
    """Neighbours that were judged, those of them that break, the events in which some do, those in which none does, and
    what the wrong numbers have in common."""

    examples: int = 0
    broken: int = 0
    breaking: Tuple[str, ...] = ()
    conforming: Tuple[str, ...] = ()
    shared: str = ""

    def __str__(self) -> str:
        """A line for the user, whose shorter list says what the fault depends on; "" if nothing was judged."""
        if not self.examples:
            return ""
        if self.broken in (0, self.examples):
            return f"elsewhere: breaks on {'all' if self.broken else 'none'} of {self.examples} other examples{self._shared}"
        only = len(self.breaking) <= len(self.conforming)
        events = self.breaking if only else self.conforming
        names = ", ".join(f"“{event}”" for event in events[:NAMES])
        names += f" and {len(events) - NAMES} more" if len(events) > NAMES else ""
        where = f", {'only with' if only else 'not with'} {names}" if events else ""
        return f"elsewhere: breaks on {self.broken} of {self.examples} other examples{self._shared}{where}"

    @property
    def _shared(self) -> str:
        return f" ({self.shared})" if self.shared else ""


def neighbours(judged: Property, candidate: Any, run: Any, outcome: Outcome) -> List[Neighbour]:
    """Asked once for all clauses that look at the same answers; those of its own event and of the events after it first."""
    key = (outcome.op, outcome.dtype, id(judged.cases))
    if key not in run.neighbours:
        work, found = Work(WORK), run.neighbours.setdefault(key, [])
        for neighbour in _asked(judged, candidate, run, outcome):
            found.append(neighbour)
            if not work.spend(neighbour.example.case):
                break
    return run.neighbours[key]


def _asked(judged: Property, candidate: Any, run: Any, outcome: Outcome) -> Iterator[Neighbour]:
    precision, gradient = EVERY_PRECISION[outcome.dtype], CLAUSES[judged.clause].gradient
    few = replace(run, examples=3, seed=1 if run.seed is None else run.seed + 1)
    own = judged.events.index(outcome.event)
    for event in (*judged.events[own:], *judged.events[:own]):
        if event not in judged.cases.large and can_be_asked(judged.cases, event, precision, candidate):
            # The first is the smallest there is, in every run.
            for case in drawn(few, outcome.op, event, outcome.dtype, judged.cases, candidate.served)[1:]:
                try:
                    answer = ask(candidate, outcome.op, case, precision, gradient)
                except (CandidateError, NotServed):
                    continue
                yield Neighbour(event, Example(case, answer, {}, {}))


def elsewhere(judged: Property, precision: Precision, found: List[Neighbour], failing: Trial) -> Elsewhere:
    """On which neighbours a clause breaks as on the counterexample; those it cannot be judged on are not counted."""
    work, breaking, conforming, broken, examples = Work(WORK), [], [], 0, 0
    wrong = list(_wrong(failing))
    for event, example in found:
        tried = verdict(judged, example, precision)
        if tried.holds or tried.broken:
            examples, broken = examples + 1, broken + tried.broken
            (breaking if tried.broken else conforming).append(event)
            wrong += _wrong(tried)
        if not work.spend(example.case):
            break
    only = tuple(event for event in dict.fromkeys(conforming) if event not in breaking)
    shared = in_common(judged.op, CLAUSES[judged.clause].gradient, wrong)
    return Elsewhere(examples, broken, tuple(dict.fromkeys(breaking)), only, shared)


def _wrong(tried: Trial) -> Iterator[Seen]:
    finding = getattr(tried.error, "finding", None)
    if finding is not None and not tried.case.every:
        yield Seen(tried.case, finding)

"""From a clause to a test: draw cases of one event, call the candidate, judge its answer, keep the outcome."""

from __future__ import annotations

from typing import Any, List

from hypothesis import given
from hypothesis.errors import Flaky

from conformance.calling.errors import CandidateError, CandidateStopped, LayoutRefused
from conformance.cases.case import Case
from conformance.explaining.contrast import smallest
from conformance.explaining.inquiry import Findings, inquire
from conformance.judging.finding import Broken
from conformance.judging.rounding import EVERY_PRECISION
from conformance.judging.verdicts import BREAKS, ERROR, HALF, NOT_PROVIDED, Outcome
from conformance.ops.spec import CLAUSES, Property
from conformance.suite import replay_word
from conformance.suite.counterexample import recorded
from conformance.suite.explain import explain
from conformance.trial.examples import can_be_asked, examined_as, strategy_of
from conformance.trial.trial import BROKEN, REFUSED, UNDECIDED, Example, Trial, trial, verdict
from conformance.trial.work import Work
from refimpl import PRESETS

SHRINKING = 600
"""Work spent at most on making one counterexample smaller."""

FOLLOWING = 60
"""Work spent on that of a gradient whose value breaks, too: it is told with the value."""

PLAIN = 10
"""Bounds that a smallest counterexample is off by, if the first was: at the edge of its bound a hand cannot see a break."""

_UNSTEADY = "the same call gave different answers: state kept between calls, or chance\n"


FAULTS = (Broken, CandidateError)
"""What a trial that fails carries as its error."""


class ShrunkEnough(BaseException):
    """The counterexample found so far will do; Hypothesis lets it pass as it is no Exception."""


class EventNeverOccurred(Exception):
    """No example of a run showed the event it was drawn for: the run proves nothing."""


class Examination:
    """One clause of one op under one event: draws cases, asks the candidate, and writes what happened in the outcome.

    The clauses of an op look at the same examples: the first of them draws, and keeps those that gave an answer.
    After a break, `broken` are the counterexamples from the first to the smallest, and `findings` what they tell.
    """

    def __init__(self, judged: Property, candidate: Any, run: Any, outcome: Outcome) -> None:
        self.judged, self.candidate, self.run, self.outcome = judged, candidate, run, outcome
        self.precision, self.cases = EVERY_PRECISION[outcome.dtype], judged.cases
        self.gradient = CLAUSES[outcome.clause].gradient
        self.drawn: List[Example] = []
        self.shrinking: Work | None = None
        self.unsteady = False
        self.least = 0.0
        self.broken: List[Example] = []
        self.findings: Findings | None = None
        self.failing: Trial | None = None

    def conduct(self) -> None:
        outcome, run = self.outcome, self.run
        if outcome.op not in (self.candidate.differentiable if self.gradient else self.candidate.ops):
            outcome.verdict = NOT_PROVIDED
            return
        drawn_in = EVERY_PRECISION["float32"] if outcome.dtype in HALF else self.precision
        asked = run.asks(self.cases, outcome.event, outcome.dtype)
        if not asked or run.broken(outcome) or not can_be_asked(self.cases, outcome.event, drawn_in, self.candidate):
            return
        key = (outcome.op, outcome.event, outcome.dtype, id(self.cases))
        kept = run.examined.get(key)
        if kept is None and key in run.smallest:
            self._try_again(*run.smallest[key])
        if not self.failing and (kept is None or self._breaks_one_of(kept)):
            self._draw()
        if outcome.verdict in (BREAKS, ERROR):
            self.record()
            run.remember(outcome)
            if self.broken:
                run.smallest.setdefault(key, (self.broken[-1], self.drawn))
            return
        if outcome.refused:
            outcome.verdict = ERROR if outcome.examples else NOT_PROVIDED
            return
        run.examined.setdefault(key, self.drawn)
        if self.drawn and self._is_to_occur() and not any(self.cases.events[outcome.event](example.case) for example in self.drawn):
            raise EventNeverOccurred(f"{outcome.clause}: {outcome.event!r} in none of {len(self.drawn)} examples")
        if not outcome.examples:
            # It raised where it may; that alone shows nothing.
            outcome.verdict = NOT_PROVIDED

    def _is_to_occur(self) -> bool:
        """Whether each event can be drawn: a dialect of one's own may rule one out, as the numbers of a float type may."""
        return self.outcome.dtype not in HALF and self.candidate.preset in PRESETS.values()

    def record(self) -> None:
        """Write in the outcome how to see its failure again, and all that a report tells of it."""
        case = self.findings.case if self.findings else self.failing.case
        alone = self.findings is None or self.findings.alone
        command = replay_word.command(self.candidate, self.run, self.outcome, case, alone)
        self.outcome.detail += f"\n  replay: {command}"
        self.outcome.counterexample = recorded(self.outcome, self.failing, case, self.findings, command)

    def _try_again(self, smallest: Example, drawn: List[Example]) -> None:
        """Take the smallest counterexample of another clause if it is one of this, too; nothing is drawn then."""
        seen = verdict(self.judged, Example(smallest.case, smallest.answer, {}, {}), self.precision)
        if seen.broken:
            self._count(seen)
            self._note(seen)
            self.drawn = drawn
            self.look_into()

    def _breaks_one_of(self, kept: List[Example]) -> bool:
        """Whether the answers to another clause's examples break this one; they are then drawn anew, to shrink."""
        for example in kept:
            seen = verdict(self.judged, example, self.precision)
            self._count(seen)
            if seen.broken:
                self._note(seen)
                return True
        return False

    def _draw(self) -> None:
        outcome = self.outcome
        strategy = strategy_of(self.cases, outcome, self.candidate.served)
        known, self.failing = self.failing, None

        @examined_as(self.run, outcome, self.cases, self.run.database)
        @given(case=strategy)
        def examples(case: Case) -> None:
            self.look_at(case)

        try:
            examples()
        except (*FAULTS, ShrunkEnough):
            pass
        except Flaky:
            self.unsteady = True
        self.unsteady |= known is not None and self.failing is None
        self.failing = self.failing or known
        if self.failing and self.failing.broken:
            self.make_smallest()
            self.look_into()
        elif self.failing:
            outcome.detail = _UNSTEADY * self.unsteady + explain(outcome, self.failing.case, self.failing.error)

    def look_into(self) -> None:
        """Find out about a break what there is to find out, and write it in the outcome."""
        self.findings = inquire(
            self.judged, self.candidate, self.run, self.outcome, self.failing, self.broken, self.drawn
        )
        told = explain(self.outcome, self.findings.case, self.failing.error, self.findings.causes)
        self.outcome.detail = "\n  ".join([_UNSTEADY * self.unsteady + told, *self.findings.surroundings])

    def make_smallest(self) -> None:
        """Leave out of the counterexample what the break does not need."""
        if self.failing.broken:
            self.failing = smallest(self.judged, self.candidate, self.precision, self.failing, self.least)
            self.broken.append(self.failing.example)

    def look_at(self, case: Case) -> None:
        """Try one case; raise what is wrong with the answer, or why there is none."""
        if self.shrinking is not None and not self.shrinking.spend(case):
            raise ShrunkEnough
        seen = trial(self.judged, self.candidate, case, self.precision)
        if seen.answer is not None:
            self.drawn.append(seen.example)
        self._count(seen)
        if seen.fails and seen.excess >= self.least:
            self._note(seen)
            raise seen.error

    def _count(self, seen: Trial) -> None:
        self.outcome.add(seen.counted)
        self.outcome.examples += seen.answer is not None
        self.outcome.undecided_scenes += seen.state == UNDECIDED and self.outcome.event not in self.cases.large
        if seen.state == REFUSED and not isinstance(seen.error, LayoutRefused):
            self.outcome.refused += 1
            self.outcome.detail = str(seen.error)

    def _note(self, seen: Trial) -> None:
        """Remember a failure: the latest is the smallest so far."""
        self.failing = seen
        if seen.broken:
            self.broken.append(seen.example)
        if self.shrinking is None:
            self.least = min(seen.excess, PLAIN) if seen.broken else 0.0
            follows = self.gradient and self.run.value_breaks(self.outcome.op, self.outcome.clause)
            self.shrinking = Work(FOLLOWING if follows else SHRINKING)
        if isinstance(seen.error, CandidateStopped):
            # Every further example may take as long to hang, or to start the candidate anew.
            self.shrinking = Work(0)
        self.outcome.verdict = BREAKS if seen.state == BROKEN else ERROR

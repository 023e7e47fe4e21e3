"""From a clause to a test: draw cases of one event, call the candidate, judge its answer, keep the outcome."""

from __future__ import annotations

import math
import time
from typing import Any, List

from hypothesis import given
from hypothesis.errors import Flaky

from conformance.cases import word as replay
from conformance.explaining.contrast import smallest
from conformance.cases.describe import explain
from conformance.explaining.known_bugs import Seen
from conformance.ops.spec import Property
from conformance.trial.examples import Example, ask, examined_as, strategy_of
from conformance.calling.errors import CandidateError, CandidateStopped, NotServed
from conformance.explaining.inquiry import Findings, inquire
from conformance.judging.judge import Broken, Judge, Undecided
from conformance.ops.assigner.legal_sets import TooManyToDecide
from conformance.suite.counterexample import Failing, recorded
from conformance.judging.rounding import PRECISIONS
from conformance.ops.spec import CLAUSES
from conformance.cases.case import Case, Cases
from conformance.judging.verdicts import BREAKS, ERROR, NOT_PROVIDED, Outcome


SHRINK_SECONDS = 2
"""Time spent at most on making one counterexample smaller."""

_UNSTEADY = "the same call gave different answers: state kept between calls, or chance\n"


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
        self.precision, self.cases = PRECISIONS[outcome.dtype], judged.cases
        self.gradient = CLAUSES[outcome.clause].gradient
        self.drawn: List[Example] = []
        self.broken_since = math.inf
        self.broken: List[Seen] = []
        self.findings: Findings | None = None
        self.failing: Failing | None = None

    def conduct(self) -> None:
        outcome, run = self.outcome, self.run
        if outcome.op not in (self.candidate.differentiable if self.gradient else self.candidate.ops):
            outcome.verdict = NOT_PROVIDED
            return
        possible = self.cases.possible(outcome.event, self.precision, self.candidate.served)
        if not possible or run.broken(outcome):
            return
        key = (outcome.op, outcome.event, outcome.dtype, id(self.cases))
        kept = run.examined.get(key)
        if kept is None or self._breaks_one_of(kept):
            self._draw()
        if outcome.verdict in (BREAKS, ERROR):
            self.record()
            run.remember(outcome)
            return
        if outcome.refused:
            outcome.verdict = ERROR if outcome.examples else NOT_PROVIDED
            return
        run.examined.setdefault(key, self.drawn)
        if self.drawn and not any(self.cases.events[outcome.event](example.case) for example in self.drawn):
            raise EventNeverOccurred(f"{outcome.clause}: {outcome.event!r} in none of {len(self.drawn)} examples")

    def record(self) -> None:
        """Write in the outcome how to see its failure again, and all that a report tells of it."""
        again = replay.command(self.candidate, self.run, self.outcome, self.failing.case)
        self.outcome.detail += f"\n  replay: {again}"
        self.outcome.counterexample = recorded(self.outcome, self.failing, self.findings, again)

    def _breaks_one_of(self, kept: List[Example]) -> bool:
        """Whether the answers to another clause's examples break this one; they are then drawn anew, to shrink."""
        try:
            for example in kept:
                self._judge(example)
        except Broken as error:
            self.failing = Failing(example.case, error, example.answer)
            self.broken.append(Seen(example.case, example.answer))
            self.outcome.verdict, self.outcome.detail = BREAKS, _UNSTEADY + explain(self.outcome, example.case, error)
            return True
        return False

    def _draw(self) -> None:
        outcome = self.outcome
        strategy = strategy_of(self.cases, outcome, self.candidate.served)

        @examined_as(self.run, outcome, self.run.database)
        @given(case=strategy)
        def examples(case: Case) -> None:
            self.look_at(case)

        try:
            examples()
        except (Broken, CandidateError, ShrunkEnough):
            pass
        except Flaky:
            outcome.detail = _UNSTEADY + outcome.detail
        if self.broken:
            self.look_into()

    def look_into(self) -> None:
        """Find out about a break what there is to find out, and write it in the outcome."""
        self.make_smallest()
        self.findings = inquire(self.judged, self.candidate, self.run, self.outcome, self.broken, self.drawn)
        self.failing = self.failing._replace(case=self.findings.case)
        unsteady = _UNSTEADY * self.outcome.detail.startswith(_UNSTEADY)
        told = explain(self.outcome, self.failing.case, self.failing.error)
        self.outcome.detail = unsteady + "\n  ".join([told, *self.findings.lines])

    def make_smallest(self) -> None:
        """Leave out of the counterexample what the break does not need."""
        if isinstance(self.failing.error, Broken):
            self.failing = smallest(self.judged, self.candidate, self.precision, self.failing)
            self.broken.append(Seen(self.failing.case, self.failing.answer))

    def look_at(self, case: Case) -> None:
        """Ask the candidate, and judge its answer; raise Broken or CandidateError if that is wrong or missing."""
        if time.monotonic() > self.broken_since + SHRINK_SECONDS:
            raise ShrunkEnough
        try:
            example = Example(case, ask(self.candidate, self.outcome.op, case, self.precision, self.gradient), {}, {})
            self.drawn.append(example)
            self._judge(example)
        except NotServed as refusal:
            self.outcome.refused += 1
            self.outcome.detail = str(refusal)
        except (Broken, CandidateError) as error:
            answer = example.answer if isinstance(error, Broken) else None
            self.failing = Failing(case, error, answer)
            if isinstance(error, Broken):
                self.broken.append(Seen(case, answer))
            # After a stop, every further example may take as long to hang, or to start the candidate anew.
            now = -math.inf if isinstance(error, CandidateStopped) else time.monotonic()
            self.broken_since = min(self.broken_since, now)
            self.outcome.verdict = BREAKS if isinstance(error, Broken) else ERROR
            self.outcome.detail = explain(self.outcome, case, error)
            raise

    def _judge(self, example: Example) -> None:
        self.outcome.examples += 1
        try:
            self.judged.body(example.answer, example.case, Judge(self.precision, self.outcome, example.memo, example.expectations))
        except (Undecided, TooManyToDecide):
            self.outcome.undecided_scenes += 1

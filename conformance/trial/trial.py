"""Trial: does a clause break on an answer? The one place that says so.

An example is asked once and judged by each clause of its op; what the clauses compute about the case, or about the
answer, is computed once for all of them.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Dict, NamedTuple

import numpy as np

from conformance.calling.errors import CandidateError, NotServed
from conformance.cases.case import Case
from conformance.cases.probes.calls import NOT_FINITE
from conformance.judging.finding import Broken, Undecided
from conformance.judging.judge import Judge
from conformance.judging.rounding import EVERY_PRECISION, Precision
from conformance.judging.verdicts import HALF, Outcome
from conformance.ops.spec import CLAUSES, Property
from conformance.paper.numerals import reach
from conformance.trial import half
from conformance.trial.asking import ask

HOLDS, BROKEN, UNDECIDED, RAISED, REFUSED = "HOLDS", "BROKEN", "UNDECIDED", "RAISED", "REFUSED"


class Example(NamedTuple):
    """A case, the candidate's answer to it, and what the clauses have computed about the answer and about the case."""

    case: Case
    answer: Any
    memo: Dict[str, Any]
    expectations: Dict[str, Any]


class Trial(NamedTuple):
    """What came of one trial.

    Attributes
    ----------
    state : HOLDS, BROKEN, UNDECIDED, RAISED (it gave no answer that can be judged) or REFUSED (it does not serve this).
    example : that was judged; without an answer if it gave none.
    error : why it is BROKEN or RAISED, or what was REFUSED; None otherwise.
    counted : values and decisions looked at, and how near they came to their bounds.
    """

    state: str
    example: Example
    error: Exception | None
    counted: Outcome

    @property
    def case(self) -> Case:
        return self.example.case

    @property
    def answer(self) -> Any:
        return self.example.answer

    @property
    def holds(self) -> bool:
        return self.state == HOLDS

    @property
    def broken(self) -> bool:
        return self.state == BROKEN

    @property
    def excess(self) -> float:
        """By how many bounds the worst number of a break is off; ∞ where no number tells, or none is allowed."""
        finding = getattr(self.error, "finding", None)
        if finding is None:
            return math.inf
        _, expected, bound, got = finding.values[0]
        return reach(expected, bound, got)

    @property
    def fails(self) -> bool:
        """Whether the candidate is at fault: its answer is wrong, or it gave none."""
        return self.state in (BROKEN, RAISED)


def trial(judged: Property, candidate: Any, case: Case, precision: Precision) -> Trial:
    """Ask a candidate, and judge its answer by one clause."""
    try:
        answer = ask(candidate, judged.op, case, precision, CLAUSES[judged.clause].gradient)
    except NotServed as refusal:
        return Trial(REFUSED, Example(case, None, {}, {}), refusal, _fresh(judged, precision))
    except CandidateError as error:
        if case.manner == NOT_FINITE:
            # To raise is one of the two right answers to a number that is none.
            return Trial(HOLDS, Example(case, None, {}, {}), None, _fresh(judged, precision))
        return Trial(RAISED, Example(case, None, {}, {}), error, _fresh(judged, precision))
    return verdict(judged, Example(case, answer, {}, {}), precision)


def verdict(judged: Property, example: Example, precision: Precision, judge: Callable[..., Judge] = Judge) -> Trial:
    """Judge an answer by one clause.

    Parameters
    ----------
    judge : a `Judge`, or one that listens
    """
    counted = _fresh(judged, precision)
    try:
        judging = judge(precision, counted, example.memo, example.expectations)
        # A case that was made smaller may have lost the number that is none.
        unread = example.case.manner == NOT_FINITE and _not_a_number(example.case) is not None
        if unread and example.case.dialect.nan_is is not None:
            return Trial(HOLDS, example, None, counted)  # It says which number stands for none.
        body = _passes_it_on if unread else judged.body
        if counted.dtype in HALF and not unread:
            half.finite(example.answer, example.case, judging, counted.dtype, CLAUSES[judged.clause].gradient)
            body = body if half.decidable(judged.op) else half.nothing
        body(example.answer, example.case, judging)
    except Broken as error:
        return Trial(BROKEN, example, error, counted)
    except Undecided as error:
        return Trial(UNDECIDED, example, error, counted)
    return Trial(HOLDS, example, None, counted)


def _passes_it_on(answer: Any, case: Case, judge: Judge) -> None:
    """Not finite in, not finite out: a plausible number hides what is wrong with the input."""
    if all(np.isfinite(np.asarray(x, np.float64)).all() for x in answer):
        judge.fail(f"{', '.join(answer._fields)}: every number is finite, though {_not_a_number(case)} is not a number")
    judge.decided(1)


def _not_a_number(case: Case) -> str | None:
    """The argument that holds NaN, with the place of the first; None if none does."""
    for name, value in case.arguments.items():
        for level, array in enumerate(value if isinstance(value, list) else [value]):
            at = np.argwhere(np.isnan(np.asarray(array, np.float64)))
            if len(at):
                return name + (f"[{level}]" if isinstance(value, list) else "") + str(at[0].tolist())
    return None


def _fresh(judged: Property, precision: Precision) -> Outcome:
    name = next(name for name, known in EVERY_PRECISION.items() if known is precision)
    return Outcome(judged.clause, judged.op, name, "")

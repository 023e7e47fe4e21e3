"""Judging one answer: values against derived bounds, decisions against legal sets.

A judge raises `Broken` at the first violation and counts everything it looked at; it never sees a tolerance, only
numbers that carry their own error.
"""

from __future__ import annotations

import copy
from typing import Any, Callable, Dict, Iterable, Sequence, Tuple

import numpy as np

from conformance.judging.finding import Broken, Finding, Value, Wrong
from conformance.judging.rounding import KINKS, Precision, Rounded
from conformance.judging.verdicts import Outcome
from conformance.paper.numerals import outside

WIDEST = 0.01
"""A bound wider than this share of the range of an output decides nothing."""


SHOWN = 24
"""Values of a broken answer that are kept to be shown, the worst first."""


class Judge:
    """Judges one example under one clause and keeps count in the outcome of its test.

    Parameters
    ----------
    precision : the floats were given in
    outcome : to count in
    memo : what has been computed about the answer by other clauses
    expectations : what has been computed about the case, for this answer or another
    """

    def __init__(self, precision: Precision, outcome: Outcome, memo: Dict[str, Any], expectations: Dict[str, Any]) -> None:
        self.precision, self._outcome, self._memo, self._expectations = precision, outcome, memo, expectations

    @property
    def op(self) -> str:
        """The op that is judged."""
        return self._outcome.op

    def of_call(self, index: int) -> Judge:
        """The judge of one of several calls: what is computed about it is its own, what it looks at is counted here."""
        one = copy.copy(self)
        one._memo, one._expectations = (kept.setdefault(f"call {index}", {}) for kept in (self._memo, self._expectations))
        return one

    def once(self, name: str, compute: Callable[[], Any]) -> Any:
        """What `compute` gives about the answer, computed once for all clauses that look at it."""
        return _kept(self._memo, name, compute)

    def expected(self, compute: Callable[[], Any], name: str = "") -> Any:
        """What `compute` gives about the case alone, computed once for all answers to it and all clauses of that name."""
        return _kept(self._expectations, name or self._outcome.clause, compute)

    def values(
        self, name: str, got: Any, *expected: Rounded, span: Any = 1.0, legal: Any = 0.0, among: Any = True
    ) -> None:
        """Each value lies within the bound of one of the expected ones: the formula, or a licensed form of it.

        Parameters
        ----------
        got : array of the candidate
        expected : same shape
        span : range of the output, at least; a bound wider than `WIDEST` of it leaves the value undecided
        legal : how far from each expected value anything is right, at a kink; part of its bound
        among : mask of the values that are judged
        """
        got = np.asarray(got, np.float64)
        if got.shape != expected[0].shape:
            self.fail(f"{name}: expected shape {expected[0].shape}, got {got.shape}")
        fits, narrow, ratio = _compared(got, expected, span, legal)
        judged = np.broadcast_to(among, got.shape)
        wrong, decided = judged & ~fits.any(axis=0), judged & (fits & narrow).any(axis=0)
        if wrong.any():
            self._fail_values(name, got, expected[0], wrong, judged)
        self._count(int(judged.sum()), int((judged & ~decided).sum()))
        if decided.any():
            nearest = np.where(fits & narrow, ratio, np.inf).min(axis=0)[decided]
            self._outcome.worst = max(self._outcome.worst, float(nearest.max()))

    def either(self, name: str, got: Any, *forms: Callable[[], Rounded], span: Any = 1.0) -> None:
        """Each value is that of one of the forms, as in `values`; all but the first are asked only where it is not enough."""
        first = forms[0]()
        others = [form() for form in forms[1:]] if len(forms) > 1 and not enough(got, first, span) else []
        self.values(name, got, first, *others, span=span)

    def one_of(self, attempts: Iterable[Callable[[], None]]) -> None:
        """One of several judgements holds; what the others found is not noted.

        Raises
        ------
        Broken
            That of the first, if none holds.
        """
        worst, broken = self._outcome.worst, None
        for attempt in attempts:
            self._outcome.worst = worst
            try:
                return attempt()
            except Broken as error:
                broken = broken or (error, self._outcome.worst)
        error, self._outcome.worst = broken
        raise error

    def gradient(self, name: str, got: Any, *forms: Callable[[Precision], Rounded], span: Any = None) -> None:
        """Each value is that of one of the forms, or at a kink within the one-sided derivatives.

        Parameters
        ----------
        got : array of the candidate
        forms : the expected gradient, computed in a precision; all but the first are asked only where it is not enough
        span : as in `values`; None to measure each row of the gradient by its own largest value
        """
        first = forms[0](self.precision)
        if span is None:
            span = (np.abs(first.value) + first.error).max(axis=-1, keepdims=True, initial=0)
        with np.errstate(invalid="ignore"):
            # Not those near their bound: they may owe it to a kink, which is no error.
            settled = (np.abs(got - first.value) <= first.error / 2) & (first.error <= WIDEST * span)
        if settled.all():
            return self.values(name, got, first, span=span)
        kinks = forms[0](KINKS).error
        if enough(got, first, span, kinks):
            return self.values(name, got, first, span=span, legal=kinks)
        expected = [form(self.precision) for form in forms]
        legal = np.stack([form(KINKS).error for form in forms])
        self.values(name, got, *expected, span=span, legal=legal)

    def equal(self, name: str, got: Any, expected: Any, among: Any = True) -> None:
        """Labels, indices and masks, by value, `among` some: 1, 1.0 and True are the same."""
        got, expected = np.asarray(got, np.float64), np.asarray(expected, np.float64)
        if got.shape != expected.shape:
            self.fail(f"{name}: expected shape {expected.shape}, got {got.shape}")
        judged = np.broadcast_to(among, got.shape)
        wrong = judged & ~(got == expected)
        if wrong.any():
            self._fail_values(name, got, Rounded(expected, self.precision), wrong, judged)
        self._count(int(judged.sum()), 0)

    def truths(self, name: str, got: Any, margin: Rounded, above: float) -> None:
        """Strict thresholds `margin > above`: true is legal if the margin may be above, false if it may not."""
        self.decisions(name, got, margin.lo > above, margin.hi > above)

    def decisions(self, name: str, got: Any, must: np.ndarray, may: np.ndarray) -> None:
        """Each decision is true where it must be, and only where it may be."""
        yes = self.mask(name, got)
        wrong = (yes & ~may) | (~yes & must)
        if wrong.any():
            self._fail_values(name, yes, Rounded(must, self.precision), wrong)
        self._count(yes.size, int((may & ~must).sum()))

    def mask(self, name: str, got: Any) -> np.ndarray:
        """The mask as booleans; anything but 0 and 1 breaks the clause."""
        got = np.asarray(got)
        if not np.isin(got, (0, 1)).all():
            self.fail(f"{name}: expected a mask of 0 and 1, got {np.unique(got)[:5]}")
        return got.astype(bool)

    def decided(self, count: int) -> None:
        """Note that `count` discrete decisions were found legal."""
        self._count(count, 0)

    def fail(self, reason: str, finding: Finding | None = None) -> None:
        """Raise `Broken`."""
        raise Broken(reason, finding)

    def _fail_values(self, name: str, got: np.ndarray, expected: Rounded, wrong: np.ndarray, judged: Any = True) -> None:
        with np.errstate(invalid="ignore", divide="ignore"):
            excess = np.abs(got - expected.value) / expected.error
        excess = np.where(wrong, np.where(np.isnan(excess), np.inf, excess), -1)
        self._outcome.worst = max(self._outcome.worst, float(excess[wrong & (expected.error > 0)].max(initial=0)))
        of = int(np.broadcast_to(judged, wrong.shape).sum())
        order = np.argsort(-np.where(judged, excess, -2), axis=None, kind="stable")[: min(SHOWN, of)]
        places = [tuple(map(int, np.unravel_index(i, wrong.shape))) for i in order]
        values = tuple(Value(at, *(float(x[at]) for x in (expected.value, expected.error, got))) for at in places)
        at, value, bound, came = values[0]
        self.fail(
            f"{name}: {int(wrong.sum())} of {of} wrong; worst at {at if at else 'the scalar'}: {outside(value, bound, came)}",
            Finding(name, int(wrong.sum()), of, values, Wrong.of(got, expected.value, wrong)),
        )

    def _count(self, values: int, undecided: int) -> None:
        self._outcome.values += values
        self._outcome.undecided_values += undecided


def enough(got: Any, expected: Rounded, span: Any = 1.0, legal: Any = 0.0) -> bool:
    """Whether one expected value decides everything that came, and finds it right; parameters as in `Judge.values`."""
    if np.shape(got) != expected.shape:
        return False
    fits, narrow, _ = _compared(got, (expected,), span, legal)
    return bool((fits & narrow).all())


def _compared(got: np.ndarray, expected: Sequence[Rounded], span: Any, legal: Any) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each expected value: whether what came fits its bound, whether that decides anything, and how near it came."""
    with np.errstate(invalid="ignore", divide="ignore"):
        off = np.abs(got - np.stack([x.value for x in expected]))
        off = np.where(np.isinf(legal), off, np.maximum(off - legal, 0))
        error = np.stack([x.error for x in expected])
        bound = np.where(np.isinf(error), np.inf, np.maximum(error - legal, 0))
        narrow = np.isfinite(bound) & (bound <= WIDEST * np.stack([np.maximum(span, np.abs(x.value)) for x in expected]))
        fits = (off <= bound) | np.isinf(bound)
        return fits, narrow, np.where(off == 0, 0.0, off / bound)


def _kept(memo: Dict[str, Any], name: str, compute: Callable[[], Any]) -> Any:
    if name not in memo:
        memo[name] = compute()
    return memo[name]

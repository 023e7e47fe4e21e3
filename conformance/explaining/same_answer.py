"""The same answer: whether two answers to the same case are the same as far as the clauses of their op look.

Each clause is heard on both answers: every value it would have judged, with its bound, and what it would have said.
"""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple

import numpy as np

from conformance.cases.protocol import OPS
from conformance.ops.spec import Property
from conformance.judging.judge import Judge
from conformance.judging.rounding import Precision, Rounded
from conformance.cases.case import Case
from conformance.trial.trial import Example, verdict
from refimpl.signature import Operand

DECISIONS = ("mask", "index")
"""Kinds of result that are decisions: two answers with the same fault decide alike."""


class Heard(NamedTuple):
    """How far off the values are that a clause looked at, how far they may be, and what it said in the end."""

    values: List[np.ndarray]
    bounds: List[np.ndarray]
    said: str


class _Listener(Judge):
    """A judge that lets everything pass and remembers what it was shown."""

    def __init__(self, heard: Heard, *about: Any) -> None:
        super().__init__(*about)
        self.heard = heard

    def values(
        self, name: str, got: Any, *expected: Rounded, span: Any = 1.0, legal: Any = 0.0, among: Any = True
    ) -> None:
        bound = np.max(np.stack([x.error for x in expected]), axis=0)
        self._hear(np.where(among, _off(got, expected[0]), 0), bound + self._rounding(got))

    def gradient(self, name: str, got: Any, *forms: Any, span: Any = None) -> None:
        expected = forms[0](self.precision)
        self._hear(_off(got, expected), expected.error + self._rounding(got))

    def equal(self, name: str, got: Any, expected: Any, among: Any = True) -> None:
        self._hear(np.where(among, got, 0), np.zeros(np.shape(got)))

    def decisions(self, name: str, got: Any, must: np.ndarray, may: np.ndarray) -> None:
        self._hear(got, np.zeros(np.shape(got)))

    def _rounding(self, got: Any) -> np.ndarray:
        """Of a wrong number itself, which may be none of those that the right one is exact among."""
        return self.precision.u * np.where(np.isfinite(got), np.abs(got), 0)

    def _hear(self, got: Any, bound: np.ndarray) -> None:
        self.heard.values.append(np.asarray(got, np.float64))
        self.heard.bounds.append(bound)


def _off(got: Any, expected: Rounded) -> np.ndarray:
    """How far a value is off, for what is expected may come of other results of the answer; itself if it is no number."""
    with np.errstate(invalid="ignore", over="ignore"):
        off = got - expected.value
    return np.where(np.isfinite(off), off, got)


def heard(judged: Property, case: Case, answer: Any, precision: Precision, expected: Dict[str, Any]) -> Heard:
    """What a clause hears from an answer; `expected` holds what is known about the case."""
    found = Heard([], [], "")

    def listening(*about: Any) -> _Listener:
        return _Listener(found, *about)

    tried = verdict(judged, Example(case, answer, {}, expected), precision, listening)
    return found._replace(said=str(tried.error) if tried.broken else "" if tried.holds else "undecided")


def alike(a: Heard, b: Heard) -> bool:
    """Whether the clause heard the same from both: values within their bounds, and the same words."""
    if len(a.values) != len(b.values) or a.said != b.said:
        return False
    return all(_close(*triple) for triple in zip(a.values, b.values, a.bounds))


def decided_alike(op: str, first: Any, second: Any) -> bool:
    """Whether two answers made the same choices; one that counts where a mask is true is looked at there."""
    if isinstance(first, list):
        return all(decided_alike(op, *pair) for pair in zip(first, second))
    made = [operand for operand in OPS[op].gives if operand.kind in DECISIONS and hasattr(first, operand.name)]
    return all(np.array_equal(*(_decision(operand, answer, first) for answer in (first, second))) for operand in made)


def _decision(operand: Operand, answer: Any, first: Any) -> np.ndarray:
    found = np.asarray(getattr(answer, operand.name))
    if not operand.where:
        return found
    mask = np.asarray(getattr(first, operand.where), bool)
    return found[mask] if mask.shape == found.shape else found


def _close(a: np.ndarray, b: np.ndarray, bound: np.ndarray) -> bool:
    """Both may be off by the bound; not a number, or infinite, is like itself."""
    if a.shape != b.shape:
        return False
    with np.errstate(invalid="ignore"):
        return bool((((a == b) | (np.isnan(a) & np.isnan(b))) | (np.abs(a - b) <= 2 * bound)).all())

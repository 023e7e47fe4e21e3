"""Findings: what a judge says of an answer that breaks a clause, or of one it cannot judge."""

from __future__ import annotations

from typing import NamedTuple, Tuple

import numpy as np


class Value(NamedTuple):
    """One judged number: its index, what was expected, how far it may be off, and what came."""

    at: Tuple[int, ...]
    expected: float
    bound: float
    got: float


PLACES = 8
"""Places along an axis that are kept of what is wrong; of more than these, the first and the last."""


class Wrong(NamedTuple):
    """What is wrong, all in all: the least and the most that was expected, and that came; where along each axis it lies."""

    expected: Tuple[float, float]
    got: Tuple[float, float]
    along: Tuple[Tuple[int, ...], ...]

    @classmethod
    def of(cls, got: np.ndarray, expected: np.ndarray, wrong: np.ndarray) -> Wrong:
        """From what came and what was expected, arrays of one shape, and the mask of what is wrong, which is true somewhere."""
        along = [np.unique(places) for places in np.nonzero(wrong)] if wrong.ndim else []
        some = [places if len(places) <= PLACES else places[[0, -1]] for places in along]
        least_and_most = [(float(x[wrong].min()), float(x[wrong].max())) for x in (expected, got)]
        return cls(*least_and_most, tuple(tuple(places.tolist()) for places in some))


class Finding(NamedTuple):
    """The numbers of a break: what was judged, how many of how many are wrong, the worst of all, right or wrong, and all
    that are wrong in short."""

    name: str
    wrong: int
    of: int
    values: Tuple[Value, ...]
    all_wrong: Wrong | None = None


class Broken(AssertionError):
    """The answer breaks the clause; the text says where and by how much, `finding` the same as data if it is about numbers."""

    def __init__(self, reason: str, finding: Finding | None = None) -> None:
        super().__init__(reason)
        self.finding = finding


class Undecided(Exception):
    """No verdict on this example as a whole."""

"""Legal whole numbers: what may come out where a number that is known to a bound is rounded.

A rule that never falls as its argument rises, such as floor, ceil or round, gives every whole number from that of the
lower end to that of the upper. A number that is known exactly is decided, halves and all.
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

import numpy as np

Rule = Callable[[np.ndarray], np.ndarray]
"""Rounds floats to whole numbers, elementwise, and never falls."""


class WholeNumbers(NamedTuple):
    """least and most, int64 arrays of one shape: what lies between them, both included, is legal."""

    least: np.ndarray
    most: np.ndarray

    def holds(self, got: np.ndarray) -> np.ndarray:
        """Which elements of an array are legal."""
        return (np.asarray(got) >= self.least) & (np.asarray(got) <= self.most)

    def holds_turned(self, got: np.ndarray, turn: int) -> np.ndarray:
        """Which elements, all in [0, turn), are legal where numbers are taken modulo `turn`."""
        got = np.asarray(got)
        ahead = np.mod(got - self.least, turn)
        return (got >= 0) & (got < turn) & (ahead <= self.most - self.least)

    @property
    def decided(self) -> np.ndarray:
        """Where only one is legal."""
        return self.least == self.most


def whole_numbers(value: Any, rule: Rule) -> WholeNumbers:
    """What a rule may give on an error-carrying number.

    Parameters
    ----------
    value : (…) error-carrying number, with `lo` and `hi`
    rule : Rule

    Returns
    -------
    WholeNumbers
    """
    return WholeNumbers(*(np.asarray(rule(end), np.float64).astype(np.int64) for end in (value.lo, value.hi)))


def half_away(x: np.ndarray) -> np.ndarray:
    """The nearest whole number, halves away from zero."""
    whole = np.trunc(x)
    return whole + np.sign(x) * (np.abs(x - whole) >= 0.5)

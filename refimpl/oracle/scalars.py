"""The two kinds of number the oracle computes with."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from mpmath.ctx_mp import MPContext

DIGITS = 50
"""Working precision of values: the 17 digits of float64 twice over, with 16 to spare for cancellation."""

MP = MPContext()
MP.dps = DIGITS
"""A context of our own, so that nobody else's `mpmath.mp.dps` changes an expectation."""


def exact(x: Any) -> Any:
    """The number that x stands for, as a Fraction. An mpf stays what it is: `gradient` shifts inputs by less than a float can."""
    return x if isinstance(x, (Fraction, MP.mpf)) else Fraction(x) if isinstance(x, int) else Fraction(float(x))


def real(x: Any) -> Any:
    """The number that x stands for, as an mpf."""
    number = exact(x)
    return MP.mpf(number.numerator) / number.denominator if isinstance(number, Fraction) else number


def alike(*numbers: Any) -> list[Any]:
    """All numbers as one kind: Fractions, or mpf as soon as one of them is an mpf (the two kinds do not mix in arithmetic)."""
    kind = real if any(isinstance(number, MP.mpf) for number in numbers) else exact
    return [kind(number) for number in numbers]

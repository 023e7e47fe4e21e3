"""The two kinds of number the oracle computes with, and a gradient that knows no formula."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from mpmath.ctx_mp import MPContext

DIGITS = 50
"""Working precision: the 17 digits of float64 twice over, with 16 to spare for cancellation and for differencing."""

MP = MPContext()
MP.dps = DIGITS
"""A context of our own, so that nobody else's `mpmath.mp.dps` changes an expectation."""

STEP = Fraction(1, 10**15)
"""Of `gradient`: the h^2 truncation (1e-30) and the cancellation 10^-DIGITS / h (1e-35) are both far below float64."""


def exact(x: Any) -> Any:
    """The number that x stands for, as a Fraction. An mpf stays what it is: `gradient` shifts inputs by less than a float can."""
    return x if isinstance(x, (Fraction, MP.mpf)) else Fraction(x) if isinstance(x, int) else Fraction(float(x))


def real(x: Any) -> Any:
    """The number that x stands for, as a 50-digit mpf."""
    number = exact(x)
    return MP.mpf(number.numerator) / number.denominator if isinstance(number, Fraction) else number


def alike(*numbers: Any) -> list[Any]:
    """All numbers as one kind: Fractions, or mpf as soon as one of them is an mpf (the two kinds do not mix in arithmetic)."""
    kind = real if any(isinstance(number, MP.mpf) for number in numbers) else exact
    return [kind(number) for number in numbers]


def gradient(f: Callable[[list[Any]], Any], x: Sequence[Any], h: Any = STEP) -> list[Any]:
    """Differentiate f at x, one input at a time.

        df/dx[i] = (f(x + h e_i) - f(x - h e_i)) / 2h

    Exact for polynomials of degree two; otherwise off by h^2 f'''/6. At a kink this is the mean of the two one-sided
    derivatives, so keep x a few h away from corners that coincide and from clamped ends. Whatever f treats as a constant
    (ciou's alpha, an assignment) is the caller's to freeze.

    Parameters
    ----------
    f : takes a list of n mpf, gives one mpf
    x : (n,) numbers, taken over exactly
    h : the step

    Returns
    -------
    list of n mpf
    """
    point, step = [real(value) for value in x], real(h)
    slopes = []
    for i in range(len(point)):
        ahead = point[:i] + [point[i] + step] + point[i + 1:]
        behind = point[:i] + [point[i] - step] + point[i + 1:]
        slopes.append((f(ahead) - f(behind)) / (2 * step))
    return slopes

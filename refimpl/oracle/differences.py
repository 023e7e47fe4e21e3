"""Gradients that know no formula: differences at so many digits that neither the step nor the cancellation shows in float64.

Whatever a function treats as a constant (ciou's alpha, an assignment) is the caller's to freeze.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from refimpl.oracle.scalars import MP, real

Function = Callable[[list[Any]], Any]

WORKING_DIGITS = 150
"""Precision of the function while it is differenced."""

STEP = Fraction(1, 10**50)
"""Of a difference. Slopes turn over eps = 1e-7 where a box has no area; even there 1e-50 is a straight line."""

NOISE = Fraction(1, 10**90)
"""What cancellation, 10^-WORKING_DIGITS / STEP, leaves of a slope that is 0; a slope below it is taken for 0."""


class OneSided(NamedTuple):
    """The slopes before and after a point; they differ at a kink."""

    before: Any
    after: Any


def gradient(f: Function, x: Sequence[Any]) -> list[Any]:
    """Differentiate f at x, one input at a time.

        df/dx[i] = (f(x + h e_i) - f(x - h e_i)) / 2h

    Off by h^2 f'''/6. At a kink it is the mean of the two one-sided derivatives.

    Parameters
    ----------
    f : takes a list of n mpf, gives one mpf
    x : (n,) numbers, taken over exactly

    Returns
    -------
    list of n mpf
    """
    return [_above_noise((slopes.before + slopes.after) / 2) for slopes in one_sided(f, x)]


def one_sided(f: Function, x: Sequence[Any]) -> list[OneSided]:
    """Differentiate f at x from below and from above, one input at a time.

        before[i] = (f(x) - f(x - h e_i)) / h,   after[i] = (f(x + h e_i) - f(x)) / h

    Off by h f''/2. Parameters are those of `gradient`.

    Returns
    -------
    list of n pairs of mpf
    """
    with MP.workdps(WORKING_DIGITS):
        point, step = [real(value) for value in x], real(STEP)
        here, pairs = f(point), []
        for i in range(len(point)):
            behind = f(point[:i] + [point[i] - step] + point[i + 1:])
            ahead = f(point[:i] + [point[i] + step] + point[i + 1:])
            pairs.append(OneSided(_above_noise((here - behind) / step), _above_noise((ahead - here) / step)))
    return pairs


def _above_noise(slope: Any) -> Any:
    return slope if abs(slope) > real(NOISE) else 0 * slope

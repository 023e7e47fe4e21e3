"""Rounding rules: how a size becomes a whole number, exactly or as released code computes it.

A side times a ratio of sides is a rational number, and its rounding is decided. Released code computes the ratio in
float64 first and may end one pixel off: 116 · (320 / 116) is 320, but 87 · (320 / 116) is 240.00000000000003.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from refimpl.dialect import Dialect


def number(value: Any, *, dialect: Dialect) -> Any:
    """The number type sizes are computed in: Fraction, or float where the dialect follows released code.

    Parameters
    ----------
    value : int or float
    dialect : float_rule is read

    >>> from refimpl import YOLOV8
    >>> number(3, dialect=YOLOV8) / 2
    Fraction(3, 2)
    """
    return Fraction(value) if dialect.float_rule == "exact" else float(value)


def rounded(value: Any, how: str) -> int:
    """Round to a whole number.

    Parameters
    ----------
    value : Fraction or float
    how : "up" · "down" · "nearest" or "half_even", halves to the even neighbour · "half_up", halves upwards

    >>> [rounded(Fraction(5, 2), how) for how in ("up", "down", "nearest", "half_up")]
    [3, 2, 2, 3]
    """
    if how == "up":
        return math.ceil(value)
    if how == "half_up":
        return math.floor(value + Fraction(1, 2)) if isinstance(value, Fraction) else math.floor(value + 0.5)
    return math.floor(value) if how == "down" else round(value)

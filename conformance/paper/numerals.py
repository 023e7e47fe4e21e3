"""Numerals: how a number is written, the same wherever it stands on a page."""

from __future__ import annotations

import math
from typing import Tuple


def exact(number: float) -> str:
    """A value that may be compared with another: nine digits tell any two float32 apart."""
    return f"{number + 0.0:.9g}"


def bound(number: float) -> str:
    """An error, a bound or a ratio: two digits say how large."""
    return f"{number:.2g}"


def bounded(number: float, error: float) -> str:
    """A value and how far it may be off."""
    return f"{exact(number)} ± {bound(error)}" if error else f"{exact(number)} exactly"


def reach(expected: float, bound: float, got: float) -> float:
    """Error over bound; infinite where nothing may be off."""
    off = abs(got - expected)
    if off == 0:
        return 0.0
    return off / bound if bound > 0 and not math.isnan(off) else math.inf


def apart(a: float, b: float) -> Tuple[str, str]:
    """Two numbers in as many digits as tell one from the other, nine at least."""
    for digits in (9, 13, 17):
        told = f"{a:.{digits}g}", f"{b:.{digits}g}"
        if told[0] != told[1]:
            break
    return told


def outside(expected: float, bound: float, got: float) -> str:
    """What was expected, within which bound, and what came, in as many digits as show that it is outside."""
    told, got_told = apart(expected, got)
    for digits in (2, 9, 17):
        bound_told = f"{bound:.{digits}g}"
        if not abs(float(got_told) - float(told)) <= float(bound_told):
            break
    return f"expected {told}{f' ± {bound_told}' if bound else ''}, got {got_told}"

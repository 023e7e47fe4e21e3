"""Digits: numbers in as many of them as show what is said of them."""

from __future__ import annotations

from typing import Tuple


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

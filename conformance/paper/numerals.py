"""Numerals: how a number is written, the same wherever it stands on a page."""

from __future__ import annotations


def exact(number: float) -> str:
    """A value that may be compared with another: nine digits tell any two float32 apart."""
    return f"{number + 0.0:.9g}"


def bound(number: float) -> str:
    """An error, a bound or a ratio: two digits say how large."""
    return f"{number:.2g}"


def bounded(number: float, error: float) -> str:
    """A value and how far it may be off."""
    return f"{exact(number)} ± {bound(error)}" if error else f"{exact(number)} exactly"

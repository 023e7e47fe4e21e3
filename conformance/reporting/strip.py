"""The strip: how far the worst values of a break lie from what was expected, in units of what rounding may explain."""

from __future__ import annotations

import math
from typing import Any, Dict

from conformance.paper import numerals
from conformance.paper.markup import Markup, joined
from conformance.paper.marks import WIDTH, cross, label, legend, line, picture, rectangle, words
from conformance.cases.codec import of_number

ROWS = 8
"""Values shown."""

_LEFT, _HALF, _ROW = 4.0, (WIDTH - 8) / 2, 40


def strip(finding: Dict[str, Any], key: str) -> Markup:
    """A line for each of the worst values that are wrong: the band is the bound, the cross what came.

    The axis is logarithmic to both sides of the bound, and reaches as far as the worst value.
    """
    values = finding["values"][: min(ROWS, finding["wrong"])]
    reach = max([_reach(value) for value in values if math.isfinite(_reach(value))] + [10.0])
    told = f"{finding['name']}: {finding['wrong']} of {finding['of']} wrong, the worst {_ratio(values[0])}"
    text, top = words(0, [told])
    rows = joined(*(_row(value, reach, top + _ROW * i) for i, value in enumerate(values)))
    bottom = top + _ROW * len(values)
    meanings = ("cross", "what came"), ("ref", "expected; the band is what rounding may explain")
    marks, below = legend(bottom, *meanings)
    return picture(f"{key}-strip", "Error against bound", told, bottom + below, text, rows, marks)


def apart(expected: float, got: float, digits: int = 9) -> str:
    """The number that came, or, where it reads like the expected one, how far it is off."""
    shown = f"{got + 0.0:.{digits}g}"
    return f"off by {'+' * (got > expected)}{numerals.bound(got - expected)}" if shown == f"{expected:.{digits}g}" else shown


def _row(value: Dict[str, Any], reach: float, top: float) -> Markup:
    expected, bound, got = (of_number(value[field]) for field in ("expected", "bound", "got"))
    middle, y, ratio = _LEFT + _HALF, top + 26, _reach(value)
    off = 1.0 if not math.isfinite(ratio) else math.log10(1 + ratio) / math.log10(1 + reach)
    band = _HALF * math.log10(2) / math.log10(1 + reach) if bound else 0.0
    side = -1 if got < expected else 1
    allowed = numerals.bounded(expected, bound)
    return joined(
        label(_LEFT, top + 14, value["at"] or "", "small soft"),
        label(WIDTH - _LEFT, top + 14, f"{allowed} → {apart(expected, got)}", "small end"),
        rectangle(middle - band, y - 5, 2 * band, 10, "within"),
        line((_LEFT, y), (WIDTH - _LEFT, y), "axis"),
        line((middle, y - 6), (middle, y + 6), "ref"),
        cross(middle + side * off * 0.97 * _HALF, y),
    )


def _reach(value: Dict[str, Any]) -> float:
    """Error over bound; infinite where nothing may be off."""
    return numerals.reach(*(of_number(value[field]) for field in ("expected", "bound", "got")))


def _ratio(value: Dict[str, Any]) -> str:
    return f"{numerals.bound(_reach(value))} times its bound" if math.isfinite(_reach(value)) else "where no error is allowed"

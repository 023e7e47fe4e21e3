"""The strip: how far the worst values of a break lie from what was expected, in units of what rounding may explain."""

from __future__ import annotations

import math
from typing import Any, Dict

from conformance.reporting.markup import Markup, joined, tag
from conformance.reporting.numbers import of_number
from conformance.reporting.pictures.drawing import WIDTH, cross, legend, picture, segment, text

ROWS = 8
"""Values shown."""

_LEFT, _HALF, _ROW = 12.0, (WIDTH - 24) / 2, 44


def strip(finding: Dict[str, Any], key: str) -> Markup:
    """A line for each of the worst values: the band is the bound, the cross what came.

    The axis is logarithmic to both sides of the bound, and reaches as far as the worst value.
    """
    values = finding["values"][:ROWS]
    reach = max([_reach(value) for value in values if math.isfinite(_reach(value))] + [10.0])
    band = _HALF * math.log10(2) / math.log10(1 + reach)
    rows = joined(*(_row(finding["name"], value, reach, band, _ROW * i) for i, value in enumerate(values)))
    marks, tall = legend(
        _ROW * len(values),
        ("cross", "what came"),
        ("ref", "expected, with what rounding may explain around it"),
    )
    worst = values[0]
    told = f"{finding['name']}: {finding['wrong']} of {finding['of']} wrong, the worst {_ratio(worst)}."
    return picture(f"{key}-strip", "Error against bound", told, _ROW * len(values) + tall, rows, marks)


def _row(name: str, value: Dict[str, Any], reach: float, band: float, top: float) -> Markup:
    expected, bound, got = (of_number(value[field]) for field in ("expected", "bound", "got"))
    middle, y, ratio = _LEFT + _HALF, top + 30, _reach(value)
    off = _HALF if not math.isfinite(ratio) else _HALF * math.log10(1 + ratio) / math.log10(1 + reach)
    side = -1 if got < expected else 1
    allowed = f"{expected:.6g} ± {bound:.1g}" if bound else f"{expected:.6g}"
    return joined(
        text(_LEFT, top + 16, f"{name}{value['at'] if value['at'] else ''}", "small soft"),
        text(WIDTH - 12, top + 16, f"{allowed} → {got:.6g}", "small end"),
        tag("rect", x=middle - band, y=y - 5, width=2 * band, height=10, class_="within"),
        segment((_LEFT, y), (WIDTH - _LEFT, y), "axis"),
        segment((middle, y - 6), (middle, y + 6), "ref"),
        cross(middle + side * off * 0.98, y),
    )


def _reach(value: Dict[str, Any]) -> float:
    """Error over bound; infinite where nothing may be off."""
    expected, bound, got = (of_number(value[field]) for field in ("expected", "bound", "got"))
    off = abs(got - expected)
    if off == 0:
        return 0.0
    return off / bound if bound > 0 and not math.isnan(off) else math.inf


def _ratio(value: Dict[str, Any]) -> str:
    return f"{_reach(value):.2g} times its bound" if math.isfinite(_reach(value)) else "where no error is allowed"

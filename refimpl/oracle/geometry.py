"""Anchors, distances and the in-box test, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from refimpl.oracle.scalars import alike, exact

CLAMP_MARGIN = Fraction(1, 100)
"""A distance stops this far before the last bin, so that the bin right of it exists (arXiv:2006.04388 leaves the end open)."""


def make_anchors(feature_shapes: Sequence[tuple[int, int]], strides: Sequence[int]) -> tuple[list, list]:
    """Cell centres (x + 1/2, y + 1/2) of every level and their strides: levels as given, rows top down, cells left to right."""
    points, point_strides = [], []
    for (height, width), stride in zip(feature_shapes, strides):
        for y in range(height):
            for x in range(width):
                points.append((Fraction(2 * x + 1, 2), Fraction(2 * y + 1, 2)))
                point_strides.append(exact(stride))
    return points, point_strides


def dist2bbox(distance: Sequence[Any], anchor: Sequence[Any]) -> list[Any]:
    """The box that reaches (l, t, r, b) from one anchor: (x - l, y - t, x + r, y + b)."""
    left, top, right, bottom, x, y = alike(*distance, *anchor)
    return [x - left, y - top, x + right, y + bottom]


def last_distance(reg_max: int) -> Fraction:
    """R - 1 - 0.01, the largest distance that R bins express."""
    return reg_max - 1 - CLAMP_MARGIN


def clamp(value: Any, reg_max: int) -> Any:
    """value, kept within [0, R - 1 - 0.01]; without bins (R = 1) nothing is to be kept in."""
    if reg_max == 1:
        return value
    number, end = alike(value, last_distance(reg_max))
    return min(max(number, 0 * number), end)


def bbox2dist(anchor: Sequence[Any], box: Sequence[Any], reg_max: int) -> list[Any]:
    """The clamped distances (x - x1, y - y1, x2 - x, y2 - y) of one anchor to the sides of one box."""
    x, y, x1, y1, x2, y2 = alike(*anchor, *box)
    return [clamp(side, reg_max) for side in (x - x1, y - y1, x2 - x, y2 - y)]


def widened(low: Fraction, high: Fraction, shortest: Fraction) -> tuple[Fraction, Fraction]:
    """The interval of length `shortest` about the centre of [low, high]."""
    return (low + high - shortest) / 2, (low + high + shortest) / 2


def is_candidate(anchor: Sequence[Any], box: Sequence[Any], rules: Any) -> bool:
    """Does the anchor lie inside the box, further than inside_eps from all four sides? On the border is outside, or inside."""
    x, y, x1, y1, x2, y2 = (exact(number) for number in (*anchor, *box))
    if rules.widen_gts != "never":
        first, second = (exact(rules.strides[min(level, len(rules.strides) - 1)]) for level in (0, 1))
        below = second if rules.widen_gts == "to_second_stride" else first
        x1, x2 = widened(x1, x2, second) if x2 - x1 < below else (x1, x2)
        y1, y2 = widened(y1, y2, second) if y2 - y1 < below else (y1, y2)
    sides = (x - x1, y - y1, x2 - x, y2 - y)
    return min(sides) >= 0 if rules.inside_edges else min(sides) > exact(rules.inside_eps)


def is_within_range(anchor: Sequence[Any], box: Sequence[Any], stride: Any, reg_max: int) -> bool:
    """Can R bins express the distance to the farthest side, in cells?"""
    x, y, x1, y1, x2, y2 = (exact(number) for number in (*anchor, *box))
    return reg_max == 1 or max(x - x1, y - y1, x2 - x, y2 - y) / exact(stride) <= last_distance(reg_max)

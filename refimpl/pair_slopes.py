"""Slopes of pairs of boxes: ∂(x1, y1, x2, y2) of the first box of each pair, of all that the IoU family is made of.

Boxes are (N, 4) float arrays, xyxy; each function gives (N, 4). min, max and clamp have kinks: see `kinks.step`.
"""

from __future__ import annotations

from typing import Callable

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.dialect import Dialect
from refimpl.kinks import step
from refimpl.pairs import (
    ASPECT_FACTORS, angle as angle_of, aspect, aspect_sides, centre_distance, corners, enclosing_area, enclosing_sides,
    intersection_and_union, iou_and_union, over, sides, trade_off, unclamped_ciou
)  # fmt: skip


def _union_moves(box: FloatArray, other: FloatArray, dialect: Dialect) -> FloatArray | float:
    """Whether the union changes with its areas: 1, but 0 where it is held at ε."""
    if dialect.union_eps != "max":
        return 1
    return step(intersection_and_union(box, other, dialect)[1] - dialect.iou_eps)[:, np.newaxis]


def iou_slopes(box: FloatArray, other: FloatArray, dialect: Dialect) -> FloatArray:
    """∂IoU."""
    value, union = (x[:, np.newaxis] for x in iou_and_union(box, other, dialect))
    share = value * _union_moves(box, other, dialect)
    return over((1 + share) * intersection_slopes(box, other) - share * area_slopes(box, dialect), union)


def giou_slopes(box: FloatArray, other: FloatArray, dialect: Dialect) -> FloatArray:
    """∂GIoU."""
    value, union = (x[:, np.newaxis] for x in iou_and_union(box, other, dialect))
    width, height = enclosing_sides(box, other, dialect)
    enclosing, moves = enclosing_area(box, other, dialect)[:, np.newaxis], _union_moves(box, other, dialect)
    gap = over(enclosing - union, enclosing)
    by_intersection = (over(1 + value * moves, union) - over(moves, enclosing)) * intersection_slopes(box, other)
    by_area = (over(1, enclosing) - over(value, union)) * moves * area_slopes(box, dialect)
    by_enclosing = over(1 - gap, enclosing) * enclosing_slopes(box, other, height, width, dialect)
    if dialect.enclosing_eps == "max":
        by_enclosing = step(width * height - dialect.iou_eps)[:, np.newaxis] * by_enclosing
    return by_intersection + by_area - by_enclosing


def diou_slopes(box: FloatArray, other: FloatArray, dialect: Dialect) -> FloatArray:
    """∂DIoU."""
    return iou_slopes(box, other, dialect) - distance_slopes(box, other, dialect)


def ciou_slopes(
    box: FloatArray, other: FloatArray, dialect: Dialect, angle: Callable = angle_of, own: Callable | None = None
) -> FloatArray:
    """∂CIoU; `angle` gives θ of boxes under a dialect, and `own` ∂(θ − θ′) of boxes beside the others; None for ∂θ."""
    value, _ = iou_and_union(box, other, dialect)
    turn = angle(other, dialect) - angle(box, dialect)
    v = aspect(turn, dialect)
    alpha = trade_off(v, value, dialect)[:, np.newaxis]
    turning = own(box, other, dialect) if own else angle_slopes(box, dialect)
    v_slopes = -2 * ASPECT_FACTORS[dialect.aspect_factor] * turn[:, np.newaxis] * turning
    if dialect.constant_alpha:
        slopes = diou_slopes(box, other, dialect) - alpha * v_slopes
    else:
        by_iou = (1 - np.square(alpha)) * iou_slopes(box, other, dialect)
        slopes = by_iou - distance_slopes(box, other, dialect) - alpha * (2 - alpha) * v_slopes
    if dialect.ciou_range is None:
        return slopes
    low, high = dialect.ciou_range
    clamped = unclamped_ciou(box, other, dialect)[:, np.newaxis]
    return step(clamped - low) * step(high - clamped) * slopes


def intersection_slopes(box: FloatArray, other: FloatArray) -> FloatArray:
    """∂I: an edge counts where it is the inner one of the two, and where the boxes meet."""
    ax1, ay1, ax2, ay2 = corners(box)
    bx1, by1, bx2, by2 = corners(other)
    width = np.minimum(ax2, bx2) - np.maximum(ax1, bx1)
    height = np.minimum(ay2, by2) - np.maximum(ay1, by1)
    by_width, by_height = step(width) * np.maximum(height, 0), step(height) * np.maximum(width, 0)
    inner = step(ax1 - bx1), step(ay1 - by1), step(bx2 - ax2), step(by2 - ay2)
    return np.stack([-by_width * inner[0], -by_height * inner[1], by_width * inner[2], by_height * inner[3]], axis=-1)


def enclosing_slopes(
    box: FloatArray, other: FloatArray, by_width: FloatArray, by_height: FloatArray, dialect: Dialect
) -> FloatArray:
    """∂ of what grows with the enclosing sides as given: an edge counts where it is the outer one of the two."""
    ax1, ay1, ax2, ay2 = corners(box)
    bx1, by1, bx2, by2 = corners(other)
    if dialect.negative_hull == "zero":
        by_width = by_width * step(np.maximum(ax2, bx2) - np.minimum(ax1, bx1))
        by_height = by_height * step(np.maximum(ay2, by2) - np.minimum(ay1, by1))
    outer = step(bx1 - ax1), step(by1 - ay1), step(ax2 - bx2), step(ay2 - by2)
    return np.stack([-by_width * outer[0], -by_height * outer[1], by_width * outer[2], by_height * outer[3]], axis=-1)


def side_slopes(box: FloatArray, by_width: FloatArray, by_height: FloatArray, dialect: Dialect) -> FloatArray:
    """∂ of what grows with the sides x2 − x1 and y2 − y1 as given; one held at 0 does not grow."""
    x1, y1, x2, y2 = corners(box)
    if dialect.negative_sides == "zero":
        by_width, by_height = by_width * step(x2 - x1), by_height * step(y2 - y1)
    return np.stack([-by_width, -by_height, by_width, by_height], axis=-1)


def area_slopes(box: FloatArray, dialect: Dialect) -> FloatArray:
    """∂A."""
    w, h = sides(box, dialect)
    return side_slopes(box, h, w, dialect)


def angle_slopes(box: FloatArray, dialect: Dialect) -> FloatArray:
    """∂θ."""
    w, h = aspect_sides(box, dialect)
    square = np.square(w) + np.square(h)
    return side_slopes(box, over(h, square), over(-w, square), dialect)


def distance_slopes(box: FloatArray, other: FloatArray, dialect: Dialect) -> FloatArray:
    """∂(ρ²/c²)."""
    ax1, ay1, ax2, ay2 = corners(box)
    bx1, by1, bx2, by2 = corners(other)
    width, height = enclosing_sides(box, other, dialect)
    diagonal = (np.square(width) + np.square(height) + dialect.iou_eps)[:, np.newaxis]
    x, y = (ax1 + ax2 - bx1 - bx2) / 2, (ay1 + ay2 - by1 - by2) / 2
    centre = np.stack([x, y, x, y], axis=-1)
    share = centre_distance(box, other, dialect)[:, np.newaxis]
    return over(centre - share * enclosing_slopes(box, other, 2 * width, 2 * height, dialect), diagonal)

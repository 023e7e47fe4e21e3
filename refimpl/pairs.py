"""Pairs of boxes: sides, unions, enclosing boxes and angles, of which the IoU family is made.

Boxes are (…, 4) float arrays, xyxy; what depends on a decision takes the dialect.
"""

from __future__ import annotations

import math
from typing import Callable, Dict, Tuple

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.dialect import Dialect

TINY = float(np.finfo(np.float32).tiny)
"""Keeps 0 / 0 off where there is no ε."""


def corners(boxes: FloatArray) -> Tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """x1, y1, x2 and y2."""
    return boxes[..., 0], boxes[..., 1], boxes[..., 2], boxes[..., 3]


HEIGHT_EPS: Dict[str, Tuple[float, float]] = {
    "height": (1, 0), "aspect": (0, 1), "height_and_aspect": (1, 1), "none": (0, 0),
}  # fmt: skip
"""How often ε is added to a height: everywhere, and once more in the aspect ratio."""


def sides(boxes: FloatArray, dialect: Dialect) -> Tuple[FloatArray, FloatArray]:
    """w and h of areas."""
    x1, y1, x2, y2 = corners(boxes)
    w, h = x2 - x1, y2 - y1
    if dialect.negative_sides == "zero":
        w, h = np.maximum(w, 0), np.maximum(h, 0)
    return w, h + HEIGHT_EPS[dialect.side_eps][0] * dialect.iou_eps


def aspect_sides(boxes: FloatArray, dialect: Dialect) -> Tuple[FloatArray, FloatArray]:
    """w and h of the aspect ratio."""
    w, h = sides(boxes, dialect)
    return w, h + HEIGHT_EPS[dialect.side_eps][1] * dialect.iou_eps


def over(part: FloatArray, whole: FloatArray) -> FloatArray:
    """The quotient; 0 / 0, which only dialects without ε know, is not a number."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return part / whole


WITH_EPS: Dict[str, Callable[[FloatArray, float], FloatArray]] = {
    "plus": lambda area, eps: area + eps,
    "max": lambda area, eps: np.maximum(area, eps),
    "twice": lambda area, eps: area + 2 * eps,
    "none": lambda area, eps: area,
}
"""An area with its ε, of the union or of the enclosing box."""


def intersection_and_union(boxes1: FloatArray, boxes2: FloatArray, dialect: Dialect) -> Tuple[FloatArray, FloatArray]:
    """I, and U before its ε."""
    ax1, ay1, ax2, ay2 = corners(boxes1)
    bx1, by1, bx2, by2 = corners(boxes2)
    shared_width = np.maximum(np.minimum(ax2, bx2) - np.maximum(ax1, bx1), 0)
    shared_height = np.maximum(np.minimum(ay2, by2) - np.maximum(ay1, by1), 0)
    intersection = shared_width * shared_height
    w1, h1 = sides(boxes1, dialect)
    w2, h2 = sides(boxes2, dialect)
    return intersection, w1 * h1 + w2 * h2 - intersection


def iou_and_union(boxes1: FloatArray, boxes2: FloatArray, dialect: Dialect) -> Tuple[FloatArray, FloatArray]:
    """IoU, and U with its ε."""
    intersection, union = intersection_and_union(boxes1, boxes2, dialect)
    union = WITH_EPS[dialect.union_eps](union, dialect.iou_eps)
    return over(intersection, union), union


def enclosing_sides(boxes1: FloatArray, boxes2: FloatArray, dialect: Dialect) -> Tuple[FloatArray, FloatArray]:
    """Width and height of the smallest box around both."""
    ax1, ay1, ax2, ay2 = corners(boxes1)
    bx1, by1, bx2, by2 = corners(boxes2)
    width, height = np.maximum(ax2, bx2) - np.minimum(ax1, bx1), np.maximum(ay2, by2) - np.minimum(ay1, by1)
    return (np.maximum(width, 0), np.maximum(height, 0)) if dialect.negative_hull == "zero" else (width, height)


def enclosing_area(boxes1: FloatArray, boxes2: FloatArray, dialect: Dialect) -> FloatArray:
    """E with its ε."""
    width, height = enclosing_sides(boxes1, boxes2, dialect)
    return WITH_EPS[dialect.enclosing_eps](width * height, dialect.iou_eps)


def centre_distance(boxes1: FloatArray, boxes2: FloatArray, dialect: Dialect) -> FloatArray:
    """ρ² / c²: squared distance of the centres over the squared diagonal of the enclosing box."""
    ax1, ay1, ax2, ay2 = corners(boxes1)
    bx1, by1, bx2, by2 = corners(boxes2)
    rho2 = (np.square(bx1 + bx2 - ax1 - ax2) + np.square(by1 + by2 - ay1 - ay2)) / 4
    width, height = enclosing_sides(boxes1, boxes2, dialect)
    return over(rho2, np.square(width) + np.square(height) + dialect.iou_eps)


def angle(boxes: FloatArray, dialect: Dialect) -> FloatArray:
    """atan w/h, the aspect ratio as an angle."""
    w, h = aspect_sides(boxes, dialect)
    return np.arctan(over(w, h))


ASPECT_FACTORS = {"outside": 4 / math.pi**2, "inside": (4 / math.pi**2) ** 2}
"""4/π², or its square where it stands within the square of the angle."""


def aspect(turn: FloatArray, dialect: Dialect) -> FloatArray:
    """v, from the difference of the two angles."""
    return ASPECT_FACTORS[dialect.aspect_factor] * np.square(turn)


def _alpha_eps(v: FloatArray, value: FloatArray, eps: float) -> FloatArray:
    # IoU ≤ 1, so α ≤ v / (v + ε): an error analysis of the quotient alone cannot see it where 1 − IoU is about 0.
    return np.clip(v / (1 - value + v + eps), 0, v / np.maximum(v + eps, TINY))


def _alpha_floor(v: FloatArray, value: FloatArray, eps: float) -> FloatArray:
    return np.clip(v / np.maximum(1 - value + v, TINY), 0, np.clip(v / np.maximum(v, TINY), 0, 1))


def _alpha_gated(v: FloatArray, value: FloatArray, eps: float) -> FloatArray:
    return np.heaviside(value - 0.5, 0) * _alpha_floor(v, value, eps)


ALPHA_RULES: Dict[str, Callable[[FloatArray, FloatArray, float], FloatArray]] = {
    "eps": _alpha_eps, "floor": _alpha_floor, "gated": _alpha_gated,
}  # fmt: skip
"""α from v, the IoU and ε. Gated, v = 0 at IoU = 1 gives 0, where the source gives 0 / 0."""


def trade_off(v: FloatArray, value: FloatArray, dialect: Dialect) -> FloatArray:
    """α, from v and the IoU."""
    return ALPHA_RULES[dialect.alpha_rule](v, value, dialect.iou_eps)


def settled(
    value: FloatArray, boxes1: FloatArray, boxes2: FloatArray, dialect: Dialect, constant: float | None = None, sure: bool = True
) -> FloatArray:
    """What is said of pairs, with the dialect's number, or `constant`, in place of NaN.

    An error-carrying number has it where the union is 0 for certain, and an infinite bound where it may be; everywhere, if
    it is not `sure` what stands there.
    """
    if dialect.nan_is is None:
        return value
    constant = dialect.nan_is if constant is None else constant
    if isinstance(value, np.ndarray):
        return np.where(np.isnan(value), constant, value)
    if not sure:
        return value
    union = iou_and_union(boxes1, boxes2, dialect)[1]
    value[(union.lo == 0) & (union.hi == 0)] = constant
    return value


def unclamped_ciou(boxes1: FloatArray, boxes2: FloatArray, dialect: Dialect) -> FloatArray:
    """IoU − ρ²/c² − α·v."""
    value, _ = iou_and_union(boxes1, boxes2, dialect)
    v = aspect(angle(boxes2, dialect) - angle(boxes1, dialect), dialect)
    return value - (centre_distance(boxes1, boxes2, dialect) + trade_off(v, value, dialect) * v)

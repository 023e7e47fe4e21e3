"""SIoU, a measure of the box loss that turns on the angle between the centres.  arXiv:2205.12740

    SIoU = IoU − ½·(Δ + Ω)
    Δ = 2 − e^((Λ − 2)·ρx) − e^((Λ − 2)·ρy),   ρx = (dx / cw)²,   ρy = (dy / ch)²,   Λ = 2·|dx·dy| / (dx² + dy²)
    Ω = (1 − e^(−ωw))⁴ + (1 − e^(−ωh))⁴,   ωw = |w1 − w2| / max(w1, w2),   ωh likewise

with (dx, dy) from centre to centre, each plus ε, and (cw, ch) the sides of the enclosing box. The angle cost is written
sin(2·asin s) in the paper's sources, s the smaller of |dx| and |dy| over their hypotenuse; this is Λ.
"""

from __future__ import annotations

from typing import Tuple

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.dialect import Dialect
from refimpl.iou_gradients import PairGradient
from refimpl.kinks import sign, step
from refimpl.pair_slopes import enclosing_slopes, iou_slopes, side_slopes
from refimpl.pairs import aspect_sides, corners, enclosing_sides, iou_and_union, over, settled


def siou(boxes1: FloatArray, boxes2: FloatArray, *, dialect: Dialect) -> FloatArray:
    """IoU, less by the distance, the angle and the difference in shape.

    Parameters
    ----------
    boxes1, boxes2 : (N, 4) float, xyxy, one unit
    dialect : the fields that `iou` reads, and negative_hull

    Returns
    -------
    (N,) float64
    """
    value, _ = iou_and_union(boxes1, boxes2, dialect)
    (dx, cw), (dy, ch) = _apart(boxes1, boxes2, dialect)
    angle = _angle_cost(dx, dy)
    distance = 2 - np.exp((angle - 2) * np.square(over(dx, cw))) - np.exp((angle - 2) * np.square(over(dy, ch)))
    shape = sum(_power4(1 - np.exp(-_difference(a, b))) for a, b in _shapes(boxes1, boxes2, dialect))
    return settled(value - (distance + shape) / 2, boxes1, boxes2, dialect)


def siou_vjp(boxes1: FloatArray, boxes2: FloatArray, cotangent: FloatArray, *, dialect: Dialect) -> PairGradient:
    """Gradient of `siou` with respect to both boxes; nothing in it is a constant.

    Parameters
    ----------
    boxes1, boxes2, dialect : as in `siou`
    cotangent : (N,) float, gradient with respect to the values

    Returns
    -------
    PairGradient
    """
    iou1, iou2 = (iou_slopes(*pair, dialect) for pair in ((boxes1, boxes2), (boxes2, boxes1)))
    of_distance, of_shape = _distance_slopes(boxes1, boxes2, dialect), _shape_slopes(boxes1, boxes2, dialect)
    slopes = (iou - (a + b) / 2 for iou, a, b in zip((iou1, iou2), of_distance, of_shape))
    return PairGradient(*(cotangent[:, np.newaxis] * of_box for of_box in slopes))


def _apart(boxes1: FloatArray, boxes2: FloatArray, dialect: Dialect) -> Tuple[Tuple[FloatArray, FloatArray], ...]:
    """For each axis how far the centres are apart, plus ε, and the side of the enclosing box."""
    ax1, ay1, ax2, ay2 = corners(boxes1)
    bx1, by1, bx2, by2 = corners(boxes2)
    cw, ch = enclosing_sides(boxes1, boxes2, dialect)
    dx, dy = (bx1 + bx2 - ax1 - ax2) / 2 + dialect.iou_eps, (by1 + by2 - ay1 - ay2) / 2 + dialect.iou_eps
    return (dx, cw), (dy, ch)


def _angle_cost(dx: FloatArray, dy: FloatArray) -> FloatArray:
    return over(2 * np.abs(dx * dy), np.square(dx) + np.square(dy))


def _shapes(boxes1: FloatArray, boxes2: FloatArray, dialect: Dialect) -> Tuple[Tuple[FloatArray, FloatArray], ...]:
    """Both widths, and both heights."""
    (w1, h1), (w2, h2) = aspect_sides(boxes1, dialect), aspect_sides(boxes2, dialect)
    return (w1, w2), (h1, h2)


def _difference(a: FloatArray, b: FloatArray) -> FloatArray:
    """|a − b| / max(a, b)."""
    return over(np.abs(a - b), np.maximum(a, b))


def _power4(x: FloatArray) -> FloatArray:
    return np.square(np.square(x))


def _distance_slopes(boxes1: FloatArray, boxes2: FloatArray, dialect: Dialect) -> Tuple[FloatArray, FloatArray]:
    """∂Δ by the corners of both boxes."""
    (dx, cw), (dy, ch) = axes = _apart(boxes1, boxes2, dialect)
    angle, square = _angle_cost(dx, dy), np.square(dx) + np.square(dy)
    turn, by_angle, by_centre, by_side = angle - 2, 0, [], []
    for apart, side in axes:
        share = np.square(over(apart, side))
        near = np.exp(turn * share)
        by_angle = by_angle - near * share
        by_centre.append(-2 * turn * near * over(apart, np.square(side)))
        by_side.append(2 * turn * near * over(share, side))
    x = by_centre[0] + by_angle * over(2 * np.abs(dy) * sign(dx) - 2 * angle * dx, square)
    y = by_centre[1] + by_angle * over(2 * np.abs(dx) * sign(dy) - 2 * angle * dy, square)
    centre = np.stack([x, y, x, y], axis=-1) / 2
    first, second = (enclosing_slopes(*pair, *by_side, dialect) for pair in ((boxes1, boxes2), (boxes2, boxes1)))
    return first - centre, second + centre


def _shape_slopes(boxes1: FloatArray, boxes2: FloatArray, dialect: Dialect) -> Tuple[FloatArray, FloatArray]:
    """∂Ω by the corners of both boxes."""
    (w1, w2), (h1, h2) = _shapes(boxes1, boxes2, dialect)
    first = side_slopes(boxes1, _by_first(w1, w2), _by_first(h1, h2), dialect)
    return first, side_slopes(boxes2, _by_first(w2, w1), _by_first(h2, h1), dialect)


def _by_first(a: FloatArray, b: FloatArray) -> FloatArray:
    """∂(1 − e^(−ω))⁴ / ∂a."""
    omega, largest = _difference(a, b), np.maximum(a, b)
    near = np.exp(-omega)
    by_omega = 4 * (1 - near) * np.square(1 - near) * near
    return by_omega * over(sign(a - b) - omega * step(a - b), largest)

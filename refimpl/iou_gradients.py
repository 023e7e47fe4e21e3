"""Gradients of the IoU family with respect to the corners of both boxes.

Each measure is symmetric in its two boxes, so the slopes ∂(x1, y1, x2, y2) are written for the first box and taken
twice. min, max and clamp have kinks where corners are equal and where boxes touch: see `kinks.step`. Where a box has
no area, atan w/h turns by 1/ε per unit of w: gradients of order 10⁶ are right there.
"""

from __future__ import annotations

import math
from typing import Callable, NamedTuple

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.dialect import Dialect
from refimpl.iou import (
    _angle,
    _aspect,
    _centre_distance,
    _corners,
    _enclosing_sides,
    _iou_and_union,
    _sides,
    _trade_off,
    ciou,
    diou,
    giou,
    iou,
)
from refimpl.kinks import step
from refimpl.protocol import vjp


class PairGradient(NamedTuple):
    """boxes1 (N, 4) and boxes2 (N, 4)."""

    boxes1: FloatArray
    boxes2: FloatArray


@vjp(iou)
def iou_vjp(boxes1: FloatArray, boxes2: FloatArray, cotangent: FloatArray, *, dialect: Dialect) -> PairGradient:
    """Gradient of `iou` with respect to both boxes.  [IOU-1g]

        ∂IoU = ((1 + IoU)·∂I − IoU·∂A) / U

    with A the area w·h of the box, from IoU = I / U and ∂U = ∂A − ∂I.

    Parameters
    ----------
    boxes1, boxes2 : (N, 4) float, xyxy, one unit
    cotangent : (N,) float, gradient with respect to the values
    dialect : iou_eps is read

    Returns
    -------
    PairGradient

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    return _pulled_back(_iou_slopes, boxes1, boxes2, cotangent, dialect)


@vjp(giou)
def giou_vjp(boxes1: FloatArray, boxes2: FloatArray, cotangent: FloatArray, *, dialect: Dialect) -> PairGradient:
    """Gradient of `giou` with respect to both boxes.  [IOU-2g]

        ∂GIoU = ((1 + IoU)/U − 1/E)·∂I + (1/E − IoU/U)·∂A − (1 − gap)/E·∂E,   gap = (E − U) / E

    from ∂gap = ((1 − gap)·∂E − ∂U) / E. Parameters, Returns and Raises are those of `iou_vjp`.
    """
    return _pulled_back(_giou_slopes, boxes1, boxes2, cotangent, dialect)


@vjp(diou)
def diou_vjp(boxes1: FloatArray, boxes2: FloatArray, cotangent: FloatArray, *, dialect: Dialect) -> PairGradient:
    """Gradient of `diou` with respect to both boxes.  [IOU-3g]

        ∂DIoU = ∂IoU − (∂ρ² − ρ²/c²·∂c²) / c²

    Parameters, Returns and Raises are those of `iou_vjp`.
    """
    return _pulled_back(_diou_slopes, boxes1, boxes2, cotangent, dialect)


@vjp(ciou)
def ciou_vjp(boxes1: FloatArray, boxes2: FloatArray, cotangent: FloatArray, *, dialect: Dialect) -> PairGradient:
    """Gradient of `ciou` with respect to both boxes.  [IOU-4g]

        ∂CIoU = ∂DIoU − α·∂v,   ∂v = 8/π² · (θ2 − θ1) · ∂(θ2 − θ1),   θ = atan w/h,   ∂θ = (h·∂w − w·∂h) / (w² + h²)

    α is a constant, as in the sources. Where the dialect differentiates it (`constant_alpha` False), α = v / D with
    D = 1 − IoU + v + ε gives ∂(α·v) = α·(2 − α)·∂v + α²·∂IoU in place of α·∂v.

    Parameters
    ----------
    boxes1, boxes2 : (N, 4) float, xyxy, one unit
    cotangent : (N,) float, gradient with respect to the values
    dialect : iou_eps and constant_alpha are read

    Returns
    -------
    PairGradient

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    return _pulled_back(_ciou_slopes, boxes1, boxes2, cotangent, dialect)


def _pulled_back(
    slopes: Callable, boxes1: FloatArray, boxes2: FloatArray, cotangent: FloatArray, dialect: Dialect
) -> PairGradient:
    pairs = np.concatenate([boxes1, boxes2], axis=0), np.concatenate([boxes2, boxes1], axis=0)
    both, g, count = slopes(*pairs, dialect), cotangent[:, np.newaxis], len(boxes1)
    return PairGradient(g * both[:count], g * both[count:])


def _iou_slopes(box: FloatArray, other: FloatArray, dialect: Dialect) -> FloatArray:
    value, union = (x[:, np.newaxis] for x in _iou_and_union(box, other, dialect.iou_eps))
    return ((1 + value) * _intersection_slopes(box, other) - value * _area_slopes(box, dialect.iou_eps)) / union


def _giou_slopes(box: FloatArray, other: FloatArray, dialect: Dialect) -> FloatArray:
    value, union = (x[:, np.newaxis] for x in _iou_and_union(box, other, dialect.iou_eps))
    width, height = _enclosing_sides(box, other)
    enclosing = (width * height + dialect.iou_eps)[:, np.newaxis]
    gap = (enclosing - union) / enclosing
    by_intersection = ((1 + value) / union - 1 / enclosing) * _intersection_slopes(box, other)
    by_area = (1 / enclosing - value / union) * _area_slopes(box, dialect.iou_eps)
    return by_intersection + by_area - (1 - gap) / enclosing * _enclosing_slopes(box, other, height, width)


def _diou_slopes(box: FloatArray, other: FloatArray, dialect: Dialect) -> FloatArray:
    return _iou_slopes(box, other, dialect) - _distance_slopes(box, other, dialect.iou_eps)


def _ciou_slopes(box: FloatArray, other: FloatArray, dialect: Dialect, angle: Callable = _angle) -> FloatArray:
    """`angle` gives θ of boxes and eps."""
    eps = dialect.iou_eps
    value, _ = _iou_and_union(box, other, eps)
    turn = angle(other, eps) - angle(box, eps)
    v = _aspect(turn)
    alpha = _trade_off(v, value, eps)[:, np.newaxis]
    v_slopes = -8 / math.pi**2 * turn[:, np.newaxis] * _angle_slopes(box, eps)
    if dialect.constant_alpha:
        return _diou_slopes(box, other, dialect) - alpha * v_slopes
    by_iou = (1 - np.square(alpha)) * _iou_slopes(box, other, dialect)
    return by_iou - _distance_slopes(box, other, eps) - alpha * (2 - alpha) * v_slopes


def _intersection_slopes(box: FloatArray, other: FloatArray) -> FloatArray:
    """∂I: an edge counts where it is the inner one of the two, and where the boxes meet."""
    ax1, ay1, ax2, ay2 = _corners(box)
    bx1, by1, bx2, by2 = _corners(other)
    width = np.minimum(ax2, bx2) - np.maximum(ax1, bx1)
    height = np.minimum(ay2, by2) - np.maximum(ay1, by1)
    by_width, by_height = step(width) * np.maximum(height, 0), step(height) * np.maximum(width, 0)
    inner = step(ax1 - bx1), step(ay1 - by1), step(bx2 - ax2), step(by2 - ay2)
    return np.stack([-by_width * inner[0], -by_height * inner[1], by_width * inner[2], by_height * inner[3]], axis=-1)


def _enclosing_slopes(box: FloatArray, other: FloatArray, by_width: FloatArray, by_height: FloatArray) -> FloatArray:
    """∂ of what grows with the enclosing sides as given: an edge counts where it is the outer one of the two."""
    ax1, ay1, ax2, ay2 = _corners(box)
    bx1, by1, bx2, by2 = _corners(other)
    outer = step(bx1 - ax1), step(by1 - ay1), step(ax2 - bx2), step(ay2 - by2)
    return np.stack([-by_width * outer[0], -by_height * outer[1], by_width * outer[2], by_height * outer[3]], axis=-1)


def _side_slopes(by_width: FloatArray, by_height: FloatArray) -> FloatArray:
    """∂ of what grows with the sides x2 − x1 and y2 − y1 as given."""
    return np.stack([-by_width, -by_height, by_width, by_height], axis=-1)


def _area_slopes(box: FloatArray, eps: float) -> FloatArray:
    w, h = _sides(box, eps)
    return _side_slopes(h, w)


def _angle_slopes(box: FloatArray, eps: float) -> FloatArray:
    w, h = _sides(box, eps)
    square = np.square(w) + np.square(h)
    return _side_slopes(h / square, -w / square)


def _distance_slopes(box: FloatArray, other: FloatArray, eps: float) -> FloatArray:
    """∂(ρ²/c²)."""
    ax1, ay1, ax2, ay2 = _corners(box)
    bx1, by1, bx2, by2 = _corners(other)
    width, height = _enclosing_sides(box, other)
    diagonal = (np.square(width) + np.square(height) + eps)[:, np.newaxis]
    x, y = (ax1 + ax2 - bx1 - bx2) / 2, (ay1 + ay2 - by1 - by2) / 2
    centre = np.stack([x, y, x, y], axis=-1)
    share = _centre_distance(box, other, eps)[:, np.newaxis]
    return (centre - share * _enclosing_slopes(box, other, 2 * width, 2 * height)) / diagonal

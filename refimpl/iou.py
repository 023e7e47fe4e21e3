"""The IoU family: IoU, GIoU, DIoU and CIoU of box pairs.

Heights carry the dialect's `iou_eps` (h = y2 − y1 + ε, in areas too) and widths do not, as the sources have it: a box
of zero area therefore gives a finite value. An inverted box takes part with its signed width and height; its
intersection with anything is 0.
"""

from __future__ import annotations

import math
from typing import Tuple

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.dialect import Dialect
from refimpl.protocol import op


_TINY = float(np.finfo(np.float64).tiny)
"""Keeps 0 / 0 off where a dialect has no ε."""


@op("boxes1~: N 4 xyxy, boxes2~: N 4 xyxy -> values~: N")
def iou(boxes1: FloatArray, boxes2: FloatArray, *, dialect: Dialect) -> FloatArray:
    """Intersection over union of each pair of boxes.  [IOU-1]

        IoU = I / U,   I = max(0, Δx) · max(0, Δy),   U = w1·h1 + w2·h2 − I + ε

    Parameters
    ----------
    boxes1, boxes2 : (N, 4) float, xyxy, one unit
    dialect : iou_eps is read

    Returns
    -------
    (N,) float64, in [0, 1] for upright boxes

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    return _iou_and_union(boxes1, boxes2, dialect.iou_eps)[0]


@op("boxes1~: N 4 xyxy, boxes2~: N 4 xyxy -> values~: N")
def giou(boxes1: FloatArray, boxes2: FloatArray, *, dialect: Dialect) -> FloatArray:
    """Generalised IoU: less by the share of the enclosing box that neither covers.  [IOU-2, arXiv:1902.09630 eq. 1]

        GIoU = IoU − (E − U) / E,   E = (width · height of the enclosing box) + ε

    Parameters, Returns and Raises are those of `iou`; values in [−1, 1] for upright boxes.

    Parameters
    ----------
    boxes1, boxes2 : (N, 4) float, xyxy, one unit
    dialect : iou_eps is read

    Returns
    -------
    (N,) float64
    """
    value, union = _iou_and_union(boxes1, boxes2, dialect.iou_eps)
    width, height = _enclosing_sides(boxes1, boxes2)
    enclosing = width * height + dialect.iou_eps
    return value - (enclosing - union) / enclosing


@op("boxes1~: N 4 xyxy, boxes2~: N 4 xyxy -> values~: N")
def diou(boxes1: FloatArray, boxes2: FloatArray, *, dialect: Dialect) -> FloatArray:
    """Distance IoU: less by the squared centre distance over the squared enclosing diagonal.  [IOU-3, arXiv:1911.08287 eq. 7]

        DIoU = IoU − ρ² / c²,   c² = (enclosing width)² + (enclosing height)² + ε

    Parameters
    ----------
    boxes1, boxes2 : (N, 4) float, xyxy, one unit
    dialect : iou_eps is read

    Returns
    -------
    (N,) float64, in [−1, 1] for upright boxes
    """
    value, _ = _iou_and_union(boxes1, boxes2, dialect.iou_eps)
    return value - _centre_distance(boxes1, boxes2, dialect.iou_eps)


@op("boxes1~: N 4 xyxy, boxes2~: N 4 xyxy -> values~: N")
def ciou(boxes1: FloatArray, boxes2: FloatArray, *, dialect: Dialect) -> FloatArray:
    """Complete IoU: DIoU, less by the difference in aspect ratio.  [IOU-4, arXiv:1911.08287 eq. 8–11]

        CIoU = IoU − ρ²/c² − α·v,   v = 4/π² · (atan w2/h2 − atan w1/h1)²,   α = v / (1 − IoU + v + ε)

    The value is not clamped: far boxes reach about −1.5.

    Parameters
    ----------
    boxes1, boxes2 : (N, 4) float, xyxy, one unit
    dialect : iou_eps is read

    Returns
    -------
    (N,) float64

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    return _ciou(boxes1, boxes2, dialect.iou_eps)


def _corners(boxes: FloatArray) -> Tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    return boxes[..., 0], boxes[..., 1], boxes[..., 2], boxes[..., 3]


def _sides(boxes: FloatArray, eps: float) -> Tuple[FloatArray, FloatArray]:
    x1, y1, x2, y2 = _corners(boxes)
    return x2 - x1, y2 - y1 + eps


def _iou_and_union(boxes1: FloatArray, boxes2: FloatArray, eps: float) -> Tuple[FloatArray, FloatArray]:
    ax1, ay1, ax2, ay2 = _corners(boxes1)
    bx1, by1, bx2, by2 = _corners(boxes2)
    shared_width = np.maximum(np.minimum(ax2, bx2) - np.maximum(ax1, bx1), 0)
    shared_height = np.maximum(np.minimum(ay2, by2) - np.maximum(ay1, by1), 0)
    intersection = shared_width * shared_height
    w1, h1 = _sides(boxes1, eps)
    w2, h2 = _sides(boxes2, eps)
    union = w1 * h1 + w2 * h2 - intersection + eps
    return intersection / union, union


def _enclosing_sides(boxes1: FloatArray, boxes2: FloatArray) -> Tuple[FloatArray, FloatArray]:
    ax1, ay1, ax2, ay2 = _corners(boxes1)
    bx1, by1, bx2, by2 = _corners(boxes2)
    return np.maximum(ax2, bx2) - np.minimum(ax1, bx1), np.maximum(ay2, by2) - np.minimum(ay1, by1)


def _centre_distance(boxes1: FloatArray, boxes2: FloatArray, eps: float) -> FloatArray:
    """ρ² / c²: squared distance of the centres over the squared diagonal of the enclosing box."""
    ax1, ay1, ax2, ay2 = _corners(boxes1)
    bx1, by1, bx2, by2 = _corners(boxes2)
    rho2 = (np.square(bx1 + bx2 - ax1 - ax2) + np.square(by1 + by2 - ay1 - ay2)) / 4
    width, height = _enclosing_sides(boxes1, boxes2)
    return rho2 / (np.square(width) + np.square(height) + eps)


def _ciou(boxes1: FloatArray, boxes2: FloatArray, eps: float) -> FloatArray:
    value, _ = _iou_and_union(boxes1, boxes2, eps)
    v = _aspect(_angle(boxes2, eps) - _angle(boxes1, eps))
    return value - (_centre_distance(boxes1, boxes2, eps) + _trade_off(v, value, eps) * v)


def _angle(boxes: FloatArray, eps: float) -> FloatArray:
    """atan w/h, the aspect ratio as an angle."""
    w, h = _sides(boxes, eps)
    return np.arctan(w / h)


def _aspect(turn: FloatArray) -> FloatArray:
    """v, from the difference of the two angles."""
    return 4 / math.pi**2 * np.square(turn)


def _trade_off(v: FloatArray, value: FloatArray, eps: float) -> FloatArray:
    """α, from v and the IoU."""
    # IoU ≤ 1, so α ≤ v / (v + ε); an error analysis of the quotient alone cannot see it where 1 − IoU is about 0.
    return np.clip(v / (1 - value + v + eps), 0, v / np.maximum(v + eps, _TINY))

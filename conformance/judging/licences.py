"""Formula licences: other ways to write a formula that are right in exact arithmetic and round differently.

Each runs on error-carrying numbers; an answer within the bound of the reference or of a licensed form conforms.
"""

from __future__ import annotations

import functools
import math
from typing import Tuple

import numpy as np

from conformance.judging.rounding import Precision, Rounded
from refimpl import Dialect, dist2bbox
from refimpl.iou import _aspect, _centre_distance, _iou_and_union, _sides, _trade_off
from refimpl.iou_gradients import PairGradient, _ciou_slopes, _pulled_back


def widened(expected: Rounded, off: np.ndarray) -> Rounded:
    """The expected value with a bound that covers what lies `off` by so much, for what is computed from it."""
    return Rounded(expected.value, expected.precision, expected.error + off)


def decode_by_log_softmax(pred_dist: Rounded, anchor_points: Rounded, *, dialect: Dialect) -> Rounded:
    """Σ_i i · exp(x_i − log Σ exp(x)): the logits themselves, not their differences, set the rounding.  [DEC-3]"""
    logits = pred_dist.reshape(pred_dist.shape[:2] + (4, dialect.reg_max))
    largest = logits.max(axis=-1, keepdims=True)
    log_sum = largest + np.log(np.exp(logits - largest).sum(axis=-1, keepdims=True))
    probability = np.exp(logits - log_sum)
    return dist2bbox((probability * np.arange(dialect.reg_max)).sum(axis=-1), anchor_points)


def bce_slack(logits: Rounded) -> np.ndarray:
    """How far (1 − z)·x + softplus(−x) may lie from the reference: same shape as `logits`.  [BCE-1]

    Rounding 1 − z, the product and the sum moves it by 6u·|x| where the reference has no error at z = 0; and
    `torch.nn.functional.softplus` leaves out log(1 + exp(−|x|)) past |x| = 20 by default.
    """
    size = np.abs(logits.value)
    return 6 * logits.precision.u * size + np.where(size > 20, np.exp(-size), 0)


def bce_gradient_slack(logits: np.ndarray, precision: Precision) -> Tuple[np.ndarray, np.ndarray]:
    """How far the gradient may lie from σ(x) − z, by a kink and otherwise: two arrays shaped as `logits`.  [BCE-1g]

    Differentiated term by term, max(x, 0) and |x| have kinks at 0 that cancel in the sum, but not where a framework
    takes one side of the one and the middle of the other. (1 − z) − σ(−x) rounds 1 − z; softplus as in `bce_slack`.
    """
    size = np.abs(logits)
    return np.where(size == 0, 0.5, 0.0), 6 * precision.u + np.where(size > 20, np.exp(-size), 0)


def ciou_vjp_by_arctan2(
    boxes1: Rounded, boxes2: Rounded, cotangent: Rounded, *, dialect: Dialect
) -> PairGradient:
    """The gradient of `ciou_by_arctan2`.  [IOU-4g]"""
    slopes = functools.partial(_ciou_slopes, angle=angle_by_arctan2)
    return _pulled_back(slopes, boxes1, boxes2, cotangent, dialect)


def ciou_by_arctan2(boxes1: Rounded, boxes2: Rounded, *, dialect: Dialect) -> Rounded:
    """Angles as atan2(w, h): the same for upright boxes, and off by ±π where a height is negative.  [IOU-4]"""
    eps = dialect.iou_eps
    value, _ = _iou_and_union(boxes1, boxes2, eps)
    v = _aspect(angle_by_arctan2(boxes2, eps) - angle_by_arctan2(boxes1, eps))
    return value - (_centre_distance(boxes1, boxes2, eps) + _trade_off(v, value, eps) * v)


def angle_by_arctan2(boxes: Rounded, eps: float) -> Rounded:
    """atan2(w, h), with h = y2 − y1 + ε:  (N, 4) -> (N,)."""
    w, h = _sides(boxes, eps)
    return np.arctan(w / h) + math.pi * np.where(h.value < 0, np.where(w.value < 0, -1.0, 1.0), 0.0)

"""Formula licences: other ways to write a formula that are right in exact arithmetic and round differently.

Each runs on error-carrying numbers; an answer within the bound of the reference or of a licensed form conforms.
"""

from __future__ import annotations

import math

import numpy as np

from conformance.rounding import Rounded
from refimpl import Dialect, dist2bbox
from refimpl.iou import _centre_distance, _iou_and_union, _sides


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


def ciou_by_arctan2(boxes1: Rounded, boxes2: Rounded, *, dialect: Dialect) -> Rounded:
    """Angles as atan2(w, h): the same for upright boxes, and off by ±π where a height is negative.  [IOU-4]"""
    value, _ = _iou_and_union(boxes1, boxes2, dialect.iou_eps)
    angles = []
    for boxes in (boxes1, boxes2):
        w, h = _sides(boxes, dialect.iou_eps)
        angles.append(np.arctan(w / h) + math.pi * np.where(h.value < 0, np.where(w.value < 0, -1.0, 1.0), 0.0))
    v = 4 / math.pi**2 * np.square(angles[1] - angles[0])
    alpha = np.clip(v / (1 - value + v + dialect.iou_eps), 0, 1)
    return value - (_centre_distance(boxes1, boxes2, dialect.iou_eps) + alpha * v)

"""Formula licences of CIoU: angles as atan2(w, h), right where boxes are upright, and ±π off where they are not."""

from __future__ import annotations

import functools
import math

import numpy as np

from conformance.judging.rounding import Rounded
from refimpl import Dialect
from refimpl.iou import _aspect, _centre_distance, _iou_and_union, _sides, _trade_off
from refimpl.iou_gradients import PairGradient, _ciou_slopes, _pulled_back


def ciou_by_arctan2(boxes1: Rounded, boxes2: Rounded, *, dialect: Dialect) -> Rounded:
    """Angles as atan2(w, h): the same for upright boxes, and off by ±π where a height is negative.  [IOU-4]"""
    eps = dialect.iou_eps
    value, _ = _iou_and_union(boxes1, boxes2, eps)
    v = _aspect(angle_by_arctan2(boxes2, eps) - angle_by_arctan2(boxes1, eps))
    return value - (_centre_distance(boxes1, boxes2, eps) + _trade_off(v, value, eps) * v)


def ciou_vjp_by_arctan2(boxes1: Rounded, boxes2: Rounded, cotangent: Rounded, *, dialect: Dialect) -> PairGradient:
    """The gradient of `ciou_by_arctan2`.  [IOU-4g]"""
    slopes = functools.partial(_ciou_slopes, angle=angle_by_arctan2)
    return _pulled_back(slopes, boxes1, boxes2, cotangent, dialect)


def angle_by_arctan2(boxes: Rounded, eps: float) -> Rounded:
    """atan2(w, h), with h = y2 − y1 + ε:  (N, 4) -> (N,)."""
    w, h = _sides(boxes, eps)
    return np.arctan(w / h) + math.pi * np.where(h.value < 0, np.where(w.value < 0, -1.0, 1.0), 0.0)

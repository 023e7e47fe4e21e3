"""Formula licences of CIoU: angles as atan2(w, h), right where boxes are upright, and ±π off where they are not."""

from __future__ import annotations

import functools
import math

import numpy as np

from conformance.judging.rounding import Rounded
from refimpl import Dialect
from refimpl.iou_gradients import PairGradient, pulled_back
from refimpl.pair_slopes import ciou_slopes
from refimpl.pairs import aspect, aspect_sides, centre_distance, iou_and_union, trade_off


def ciou_by_arctan2(boxes1: Rounded, boxes2: Rounded, *, dialect: Dialect) -> Rounded:
    """Angles as atan2(w, h): the same for upright boxes, and off by ±π where a height is negative.  [IOU-4]"""
    value, _ = iou_and_union(boxes1, boxes2, dialect)
    v = aspect(angle_by_arctan2(boxes2, dialect) - angle_by_arctan2(boxes1, dialect), dialect)
    return value - (centre_distance(boxes1, boxes2, dialect) + trade_off(v, value, dialect) * v)


def ciou_vjp_by_arctan2(boxes1: Rounded, boxes2: Rounded, cotangent: Rounded, *, dialect: Dialect) -> PairGradient:
    """The gradient of `ciou_by_arctan2`.  [IOU-4g]"""
    slopes = functools.partial(ciou_slopes, angle=angle_by_arctan2)
    return pulled_back(slopes, boxes1, boxes2, cotangent, dialect)


def angle_by_arctan2(boxes: Rounded, dialect: Dialect) -> Rounded:
    """atan2(w, h), with h = y2 − y1 + ε:  (N, 4) -> (N,)."""
    w, h = aspect_sides(boxes, dialect)
    return np.arctan(w / h) + math.pi * np.where(h.value < 0, np.where(w.value < 0, -1.0, 1.0), 0.0)

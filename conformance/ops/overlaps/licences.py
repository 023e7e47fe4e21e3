"""Formula licences of CIoU: angles as atan2(w, h), right where boxes are upright, and ±π off where they are not; and one
angle between two boxes in place of the difference of two. And a range that CIoU is beyond by rounding only."""

from __future__ import annotations

import dataclasses
import functools
import math

import numpy as np

from conformance.judging.rounding import Rounded
from refimpl import Dialect
from refimpl.iou_gradients import PairGradient, pulled_back
from refimpl.pair_slopes import ciou_slopes, side_slopes
from refimpl.pairs import aspect, aspect_sides, centre_distance, iou_and_union, over, trade_off, unclamped_ciou


def ciou_by_arctan2(boxes1: Rounded, boxes2: Rounded, *, dialect: Dialect) -> Rounded:
    """Angles as atan2(w, h): the same for upright boxes, and off by ±π where a height is negative.  [IOU-4]"""
    value, _ = iou_and_union(boxes1, boxes2, dialect)
    v = aspect(angle_by_arctan2(boxes2, dialect) - angle_by_arctan2(boxes1, dialect), dialect)
    return value - (centre_distance(boxes1, boxes2, dialect) + trade_off(v, value, dialect) * v)


def ciou_vjp_by_arctan2(boxes1: Rounded, boxes2: Rounded, cotangent: Rounded, *, dialect: Dialect) -> PairGradient:
    """The gradient of `ciou_by_arctan2`.  [IOU-4g]"""
    slopes = functools.partial(ciou_slopes, angle=angle_by_arctan2)
    return pulled_back(slopes, boxes1, boxes2, cotangent, dialect, sure=False)


def angle_by_arctan2(boxes: Rounded, dialect: Dialect) -> Rounded:
    """atan2(w, h), with h = y2 − y1 + ε:  (N, 4) -> (N,)."""
    w, h = aspect_sides(boxes, dialect)
    return np.arctan(w / h) + math.pi * np.where(h.value < 0, np.where(w.value < 0, -1.0, 1.0), 0.0)


def ciou_vjp_by_one_angle(boxes1: Rounded, boxes2: Rounded, cotangent: Rounded, *, dialect: Dialect) -> PairGradient:
    """The gradient where θ − θ′ is atan((w·h′ − w′·h) / (h·h′ + w·w′)), by the rule for quotients.  [IOU-4g]"""
    return pulled_back(functools.partial(ciou_slopes, own=slopes_of_one_angle), boxes1, boxes2, cotangent, dialect, sure=False)


def ciou_vjp_within_its_range(boxes1: Rounded, boxes2: Rounded, cotangent: Rounded, *, dialect: Dialect) -> PairGradient:
    """The gradient where CIoU is beyond the ends of its range only if it is so without rounding.  [IOU-4g]"""
    slopes = ciou_slopes if dialect.ciou_range is None else slopes_within_the_range
    return pulled_back(slopes, boxes1, boxes2, cotangent, dialect, sure=False)


def slopes_within_the_range(box: Rounded, other: Rounded, dialect: Dialect) -> Rounded:
    """∂CIoU by the first box, 0 where CIoU is beyond the range:  (N, 4), (N, 4) -> (N, 4)."""
    low, high = dialect.ciou_range
    exact = unclamped_ciou(box.value, other.value, dialect)[:, np.newaxis]
    within = (low <= exact) & (exact <= high)
    return within * ciou_slopes(box, other, dataclasses.replace(dialect, ciou_range=None))


def slopes_of_one_angle(box: Rounded, other: Rounded, dialect: Dialect) -> Rounded:
    """∂(θ − θ′) by the first box:  (N, 4), (N, 4) -> (N, 4)."""
    (w, h), (w2, h2) = aspect_sides(box, dialect), aspect_sides(other, dialect)
    along, across = h * h2 + w * w2, w * h2 - w2 * h
    square = np.square(along) + np.square(across)
    return side_slopes(box, over(h2 * along - across * w2, square), over(-w2 * along - across * h2, square), dialect)

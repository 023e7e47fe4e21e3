"""Formula licences of the decode: right in exact arithmetic, and rounded differently."""

from __future__ import annotations

import numpy as np

from conformance.judging.rounding import Rounded, widened
from refimpl import Dialect, decode_boxes, decode_boxes_vjp, dist2bbox, dist2bbox_vjp


def decode_in_either_form(pred_dist: Rounded, anchor_points: Rounded, *, dialect: Dialect) -> Rounded:
    """The boxes as the parts of a whole take them, within what differences of logits and log Σ exp make of them.

    The bound about the middle bin is not among them: of many bins it is so wide that a whole could not be decided.
    """
    found = decode_boxes(pred_dist, anchor_points, dialect=dialect)
    other = decode_by_log_sum(pred_dist, anchor_points, dialect=dialect)
    return widened(found, np.abs(other.value - found.value) + other.error)


def decode_by_log_sum(pred_dist: Rounded, anchor_points: Rounded, *, dialect: Dialect) -> Rounded:
    """Σ_i i · p_i under p = exp(x − log Σ exp(x)).  [DEC-3]"""
    return _decoded(pred_dist, anchor_points, 0, dialect)


def decode_about_the_middle(pred_dist: Rounded, anchor_points: Rounded, *, dialect: Dialect) -> Rounded:
    """c + Σ_i (i − c) · p_i about the middle bin c, which rounds a short distance as it does a long one.  [DEC-3]"""
    return _decoded(pred_dist, anchor_points, (dialect.reg_max - 1) / 2, dialect)


def _decoded(pred_dist: Rounded, anchor_points: Rounded, about: float, dialect: Dialect) -> Rounded:
    if dialect.reg_max == 1:
        return decode_boxes(pred_dist, anchor_points, dialect=dialect)
    bins = np.arange(dialect.reg_max) - about
    return dist2bbox((_by_log_sum(pred_dist, dialect) * bins).sum(axis=-1) + about, anchor_points)


def decode_vjp_by_log_sum(
    pred_dist: Rounded, anchor_points: Rounded, cotangent: Rounded, *, dialect: Dialect
) -> Rounded:
    """p_j · (j − d) under p = exp(x − log Σ exp(x)), a sum that may be gathered bin by bin.  [DEC-3g]"""
    if dialect.reg_max == 1:
        return decode_boxes_vjp(pred_dist, anchor_points, cotangent, dialect=dialect)
    probability, bins = _by_log_sum(pred_dist, dialect, steps=dialect.reg_max), np.arange(dialect.reg_max)
    distances = (probability * bins).sum(axis=-1)
    to_distance = dist2bbox_vjp(distances, anchor_points, cotangent)
    slopes = probability * (bins - distances[..., np.newaxis])
    return (to_distance[..., np.newaxis] * slopes).reshape(pred_dist.shape)


def _by_log_sum(pred_dist: Rounded, dialect: Dialect, steps: int = 0) -> Rounded:
    """exp(x − log Σ exp(x)), (B, A, 4, R): the logits themselves, not their differences, set the rounding, and once more in
    each step in which log Σ exp is gathered."""
    logits = pred_dist.reshape(pred_dist.shape[:2] + (4, dialect.reg_max))
    largest = logits.max(axis=-1, keepdims=True)
    log_sum = largest + np.log(np.exp(logits - largest).sum(axis=-1, keepdims=True))
    return np.exp(logits - widened(log_sum, steps * log_sum.precision.u * np.abs(log_sum.value)))

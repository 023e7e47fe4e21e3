"""Formula licences of the decode: right in exact arithmetic, and rounded differently."""

from __future__ import annotations

import functools
from typing import Any, Callable

import numpy as np

from conformance.judging.rounding import Rounded, widened
from refimpl import Dialect, decode_boxes, dist2bbox


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


def gathered_bin_by_bin(vjp: Callable[..., Any]) -> Callable[..., Any]:
    """A gradient by `pred_dist`, where log Σ exp(x) may have been gathered bin by bin, each step of which rounds.

    All bins of a side are off by the same factor then, as if their logits had been off by as much.  [DEC-3g, DFL-1g]
    """

    @functools.wraps(vjp)
    def form(pred_dist: Rounded, *others: Any, dialect: Dialect, **named: Any) -> Any:
        return vjp(gathered(pred_dist, dialect), *others, dialect=dialect, **named)

    return form


def gathered(pred_dist: Rounded, dialect: Dialect) -> Rounded:
    """Logits (..., 4R) that are off by what R steps of log Σ exp(x) round; the logits themselves without bins."""
    if dialect.reg_max == 1:
        return pred_dist
    sides = pred_dist.value.reshape(pred_dist.shape[:-1] + (4, dialect.reg_max))
    steps = dialect.reg_max * pred_dist.precision.u * np.abs(np.logaddexp.reduce(sides, axis=-1, keepdims=True))
    return widened(pred_dist, np.broadcast_to(steps, sides.shape).reshape(pred_dist.shape))


def _by_log_sum(pred_dist: Rounded, dialect: Dialect) -> Rounded:
    """exp(x − log Σ exp(x)), (B, A, 4, R): the logits themselves, not their differences, set the rounding."""
    logits = pred_dist.reshape(pred_dist.shape[:2] + (4, dialect.reg_max))
    largest = logits.max(axis=-1, keepdims=True)
    log_sum = largest + np.log(np.exp(logits - largest).sum(axis=-1, keepdims=True))
    return np.exp(logits - log_sum)

"""Formula licences of the decode: right in exact arithmetic, and rounded differently."""

from __future__ import annotations

import numpy as np

from conformance.judging.rounding import Rounded
from refimpl import Dialect, decode_boxes, dist2bbox


def decode_in_any_form(pred_dist: Rounded, anchor_points: Rounded, *, dialect: Dialect) -> Rounded:
    """The boxes, within what each right way to take the expectation makes of them.  [DEC-3]

    Under exp(x − log Σ exp(x)) the logits themselves, not their differences, set the rounding; an expectation about the
    middle bin c, c + Σ_i (i − c) · p_i, rounds a short distance as it does a long one.
    """
    found = decode_boxes(pred_dist, anchor_points, dialect=dialect)
    if dialect.reg_max == 1:
        return found
    logits = pred_dist.reshape(pred_dist.shape[:2] + (4, dialect.reg_max))
    largest = logits.max(axis=-1, keepdims=True)
    log_sum = largest + np.log(np.exp(logits - largest).sum(axis=-1, keepdims=True))
    probability, bins, middle = np.exp(logits - log_sum), np.arange(dialect.reg_max), (dialect.reg_max - 1) / 2
    forms = [(probability * bins).sum(axis=-1), (probability * (bins - middle)).sum(axis=-1) + middle]
    others = [dist2bbox(distances, anchor_points) for distances in forms]
    reach = [np.abs(other.value - found.value) + other.error for other in others]
    return Rounded(found.value, found.precision, np.maximum.reduce([found.error, *reach]))

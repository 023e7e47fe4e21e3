"""Formula licences of the decode: right in exact arithmetic, and rounded differently."""

from __future__ import annotations

import numpy as np

from conformance.judging.rounding import Rounded
from refimpl import Dialect, dist2bbox


def decode_by_log_softmax(pred_dist: Rounded, anchor_points: Rounded, *, dialect: Dialect) -> Rounded:
    """Σ_i i · exp(x_i − log Σ exp(x)): the logits themselves, not their differences, set the rounding.  [DEC-3]"""
    logits = pred_dist.reshape(pred_dist.shape[:2] + (4, dialect.reg_max))
    largest = logits.max(axis=-1, keepdims=True)
    log_sum = largest + np.log(np.exp(logits - largest).sum(axis=-1, keepdims=True))
    probability = np.exp(logits - log_sum)
    return dist2bbox((probability * np.arange(dialect.reg_max)).sum(axis=-1), anchor_points)

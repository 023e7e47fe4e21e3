"""Formula licences of the losses: how far right forms of the cross-entropy may lie from the reference."""

from __future__ import annotations

from typing import Tuple

import numpy as np

from conformance.judging.rounding import Precision, Rounded


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

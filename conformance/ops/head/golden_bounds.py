"""Bounds of golden detection losses and of their gradients."""

from __future__ import annotations

from typing import Any, Dict

import numpy as np

from conformance.cases.case import Case
from conformance.judging.rounding import FLOAT32, Precision
from conformance.ops.head.legal_batches import legal_gradients, legal_losses
from refimpl.maps import levels_of

Arrays = Dict[str, np.ndarray]


def _detection_loss(case: Case, expected: Any, precision: Precision) -> Arrays:
    """Bounds of the loss that follows from the one legal assignment.

    Those of float64 are those of float32, scaled: errors grow no slower than u. The suite's own hold differences
    between two forms of the softmax, which in float64 are nothing but the machine's own rounding.
    """
    losses = legal_losses(case, FLOAT32)
    if len(losses) != 1:
        raise ValueError(f"expected a batch with one legal assignment, got {len(losses)}")
    total, scale = len(case.feature_maps[0]) * losses[0].sum(), precision.u / FLOAT32.u
    return {"total": total.error * scale, "components": losses[0].error * scale}


def _detection_gradient(case: Case, expected: Any, precision: Precision) -> Arrays:
    """Bounds of the gradient that follows from the one legal assignment: kinks, and rounding scaled as in the loss."""
    gradients = legal_gradients(case, FLOAT32)
    if len(gradients) != 1:
        raise ValueError(f"expected a batch with one legal assignment, got {len(gradients)}")
    (gradient,) = gradients
    error = np.concatenate([gradient.bins.error, gradient.logits.error], axis=-1)
    kinks = np.concatenate(gradient.legal, axis=-1)
    shapes = [level.shape[2:] for level in case.feature_maps]
    levels = levels_of(kinks + (error - kinks) * precision.u / FLOAT32.u, shapes)
    return {f"feature_maps.{i}": level for i, level in enumerate(levels)}


BOUNDS = {"detection_loss": _detection_loss, "detection_loss_vjp": _detection_gradient}

"""Bounds of golden detection losses and of their gradients."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

import numpy as np

from conformance.cases.case import Case
from conformance.judging.rounding import FLOAT32, Precision
from conformance.ops.head.legal_batches import legal_gradients, legal_losses
from refimpl.maps import levels_of

Arrays = Dict[str, np.ndarray]


def _detection_loss(case: Case, expected: Any, precision: Precision) -> Arrays:
    """Bounds of the loss that follows from the one legal assignment."""
    components = the_only(legal_losses(case, FLOAT32))
    total = len(case.feature_maps[0]) * components.sum()
    return {"total": scaled(total.error, precision), "components": scaled(components.error, precision)}


def _detection_gradient(case: Case, expected: Any, precision: Precision) -> Arrays:
    return {f"feature_maps.{i}": level for i, level in enumerate(slope_bounds(case, precision))}


def slope_bounds(case: Case, precision: Precision) -> List[np.ndarray]:
    """Bounds of the gradient that follows from the one legal assignment: kinks, and rounding scaled as in the loss."""
    gradient = the_only(legal_gradients(case, FLOAT32))
    error = np.concatenate([gradient.bins.error, gradient.logits.error], axis=-1)
    kinks = np.concatenate(gradient.legal, axis=-1)
    shapes = [level.shape[2:] for level in case.feature_maps]
    return levels_of(kinks + scaled(error - kinks, precision), shapes)


def the_only(legal: Sequence[Any]) -> Any:
    """What follows from the one legal assignment of a batch."""
    if len(legal) != 1:
        raise ValueError(f"expected a batch with one legal assignment, got {len(legal)}")
    return legal[0]


def scaled(error: np.ndarray, precision: Precision) -> np.ndarray:
    """Bounds of float32 as those of a precision: errors grow no slower than u.

    The suite's own of float64 hold differences between two forms of the softmax, which there are nothing but the
    machine's own rounding.
    """
    return error * (precision.u / FLOAT32.u)


BOUNDS = {"detection_loss": _detection_loss, "detection_loss_vjp": _detection_gradient}

"""Bounds of golden losses of two heads, and of their gradients."""

from __future__ import annotations

from typing import Any, Dict

import numpy as np

from conformance.cases.case import Case
from conformance.judging.rounding import FLOAT32, Precision
from conformance.ops.end_to_end.heads import HEADS, head, weighted, weights
from conformance.ops.head.golden_bounds import scaled, slope_bounds, the_only
from conformance.ops.head.legal_batches import legal_losses

Arrays = Dict[str, np.ndarray]


def _end_to_end_loss(case: Case, expected: Any, precision: Precision) -> Arrays:
    many, one = (legal_losses(head(case, index), FLOAT32) for index in (0, 1))
    total, components = the_only(weighted(case, many, one, FLOAT32)), the_only(one)
    return {"total": scaled(total.error, precision), "components": scaled(components.error, precision)}


def _end_to_end_gradient(case: Case, expected: Any, precision: Precision) -> Arrays:
    of_heads = [head(case, i, weight * case.cotangent) for i, weight in enumerate(weights(case, FLOAT32))]
    return {
        f"{name}.{i}": level for name, batch in zip(HEADS, of_heads) for i, level in enumerate(slope_bounds(batch, precision))
    }


BOUNDS = {"end_to_end_loss": _end_to_end_loss, "end_to_end_loss_vjp": _end_to_end_gradient}

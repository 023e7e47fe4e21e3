"""Bounds of golden gradients of the cross-entropy."""

from __future__ import annotations

from typing import Any, Dict

import numpy as np

from conformance.cases.case import Case
from conformance.judging.rounding import Precision
from conformance.ops.losses.licences import bce_gradient_slack
from refimpl import bce_loss_vjp


def _bce_gradient(case: Case, expected: Any, precision: Precision) -> Dict[str, np.ndarray]:
    """The reference's own bound and what other forms may be off by, at the kinks of their terms and elsewhere."""
    own = bce_loss_vjp(**case.rounded(precision), dialect=case.dialect).error
    return {"logits": own + np.abs(case.cotangent) * sum(bce_gradient_slack(case.logits, precision))}


BOUNDS = {"bce_loss_vjp": _bce_gradient}

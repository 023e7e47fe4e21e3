"""Binary cross-entropy, the classification loss, and the sigmoid."""

from __future__ import annotations

from typing import Any, Tuple

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.dialect import Dialect
from refimpl.protocol import op, vjp


@op("logits~: ... logit, targets: ... probability -> loss~: ... nonnegative")
def bce_loss(logits: FloatArray, targets: FloatArray, *, dialect: Dialect | None = None) -> FloatArray:
    """Binary cross-entropy of logits against soft targets, elementwise.  [BCE-1]

        BCE = max(x, 0) − x·z + log(1 + exp(−|x|))

    equal to −z·log σ(x) − (1 − z)·log(1 − σ(x)), and finite for every finite x.

    Parameters
    ----------
    logits, targets : float, one shape; targets in [0, 1]
    dialect : unused; every op takes it

    Returns
    -------
    float64 of that shape, >= 0

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    return _bce(logits, targets, np.exp(-np.abs(logits)))


@vjp(bce_loss)
def bce_loss_vjp(
    logits: FloatArray, targets: FloatArray, cotangent: FloatArray, *, dialect: Dialect | None = None
) -> FloatArray:
    """Gradient of `bce_loss` with respect to the logits.  [BCE-1g]

        ∂BCE/∂x = σ(x) − z

    from −z·log σ(x) − (1 − z)·log(1 − σ(x)) and σ' = σ·(1 − σ). The targets are constants.

    Parameters
    ----------
    logits, targets : as in `bce_loss`
    cotangent : float, the same shape, gradient with respect to the losses
    dialect : unused; every op takes it

    Returns
    -------
    float64 of that shape

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    return cotangent * (sigmoid(logits) - targets)


def bce_loss_and_slope(logits: FloatArray, targets: FloatArray) -> Tuple[FloatArray, FloatArray]:
    """`bce_loss` and its derivative σ(x) − z, elementwise: one exponential serves both.

    Parameters
    ----------
    logits, targets : as in `bce_loss`

    Returns
    -------
    two float arrays of that shape
    """
    e = np.exp(-np.abs(logits))
    return _bce(logits, targets, e), _sigmoid(logits, e) - targets


def sigmoid(x: FloatArray) -> FloatArray:
    """Turn logits into probabilities without overflow: no exponent is positive.

        σ(x) = exp(min(x, 0)) / (1 + e),   e = exp(−|x|)

    Parameters
    ----------
    x : float array, logits

    Returns
    -------
    float array of that shape, in [0, 1]
    """
    return _sigmoid(x, np.exp(-np.abs(x)))


class Probabilities:
    """Scores σ(logits), each computed when it is asked for: an assigner reads those of its candidates only."""

    def __init__(self, logits: FloatArray) -> None:
        self.logits = logits

    def __getitem__(self, index: Any) -> FloatArray:
        return sigmoid(self.logits[index])


def _bce(x: FloatArray, z: FloatArray, e: FloatArray) -> FloatArray:
    """The formula of `bce_loss`, with e = exp(−|x|)."""
    return np.maximum(x, 0) - x * z + np.log1p(e)


def _sigmoid(x: FloatArray, e: FloatArray) -> FloatArray:
    """The formula of `sigmoid`, with e = exp(−|x|)."""
    return np.exp(np.minimum(x, 0)) / (1 + e)

"""Distribution Focal Loss: the loss pulls the mass of R bins to the two around the target distance."""

from __future__ import annotations

import numpy as np

from refimpl.arrays import FloatArray, like
from refimpl.decode import log_softmax, softmax
from refimpl.dialect import Dialect
from refimpl.errors import DialectError
from refimpl.protocol import op, vjp


@op("pred_dist~: N 4R logit, target: N 4 ltrb grid -> loss~: N nonnegative")
def dfl_loss(pred_dist: FloatArray, target: FloatArray, *, dialect: Dialect) -> FloatArray:
    """Cross-entropy against the two bins around each target distance, mean of the four sides.  [DFL-1, DFL-2, arXiv:2006.04388 eq. 6]

        DFL = ¼ Σ_side Σ_i w_i(t) · (−log softmax(logits)_i),   w_i(t) = max(0, 1 − |t − i|)

    w is 1 − (t − ⌊t⌋) for bin ⌊t⌋, t − ⌊t⌋ for the next and 0 elsewhere: 5.3 puts 0.7 on bin 5 and 0.3 on bin 6.
    A target on a bin puts all its weight there. Targets are first clamped to [0, R − 1 − 0.01] (seed 004).

    Parameters
    ----------
    pred_dist : (N, 4R) float, logits
    target : (N, 4) float, ltrb, grid
    dialect : reg_max is read

    Returns
    -------
    (N,) float64, >= 0

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    weights = _bin_weights(target, dialect)
    log_p = log_softmax(pred_dist.reshape((-1, 4, dialect.reg_max)))
    return (weights * -log_p).sum(axis=-1).sum(axis=-1) / 4


@vjp(dfl_loss)
def dfl_loss_vjp(pred_dist: FloatArray, target: FloatArray, cotangent: FloatArray, *, dialect: Dialect) -> FloatArray:
    """Gradient of `dfl_loss` with respect to the logits.  [DFL-1g]

        ∂DFL/∂x_j = ¼ · (softmax(logits)_j − w_j(t))

    from ∂(−log p_i)/∂x_j = p_j − [i = j] and Σ_i w_i = 1. The target, hence its two bins and their weights, is
    constant.

    Parameters
    ----------
    pred_dist, target : as in `dfl_loss`
    cotangent : (N,) float, gradient with respect to the losses
    dialect : reg_max is read

    Returns
    -------
    (N, 4R) float64

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    probability = softmax(pred_dist.reshape((-1, 4, dialect.reg_max)))
    slopes = (probability - _bin_weights(target, dialect)) / 4
    return (cotangent[:, np.newaxis, np.newaxis] * slopes).reshape(pred_dist.shape)


def _bin_weights(target: FloatArray, dialect: Dialect) -> FloatArray:
    """w_i(t) = max(0, 1 − |t − i|) of the clamped target: (…,) -> (…, R)."""
    if dialect.reg_max == 1:
        raise DialectError("dialect: expected bins, reg_max of at least 2, got reg_max 1")
    t = np.clip(target, 0, dialect.largest_distance)
    return np.maximum(1 - np.abs(t[..., np.newaxis] - like(target, np.arange(dialect.reg_max))), 0)

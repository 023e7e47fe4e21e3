"""Decoding: a predicted distance is the expectation of R bins, whose logits the head gives."""

from __future__ import annotations

import numpy as np

from refimpl.arrays import FloatArray, like
from refimpl.boxes import dist2bbox, dist2bbox_vjp
from refimpl.dialect import Dialect
from refimpl.protocol import op, vjp


@op("pred_dist~: B A 4R logit, anchor_points: A 2 xy grid -> boxes~: B A 4 xyxy grid")
def decode_boxes(pred_dist: FloatArray, anchor_points: FloatArray, *, dialect: Dialect) -> FloatArray:
    """Decode bin logits into boxes: each distance is the expectation of its R bins.  [DEC-3, arXiv:2006.04388 eq. 4]

        d = Σ_i i · softmax(logits)_i,   i = 0 … R − 1,   then `dist2bbox`

    The 4R channels are the bins of l, then of t, r and b. Without bins (R = 1) they are the distances themselves.

    Parameters
    ----------
    pred_dist : (B, A, 4R) float, logits
    anchor_points : (A, 2) float, xy, grid
    dialect : reg_max is read

    Returns
    -------
    (B, A, 4) float64, xyxy, grid

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    if dialect.reg_max == 1:
        return dist2bbox(pred_dist, anchor_points)
    logits = pred_dist.reshape(pred_dist.shape[:2] + (4, dialect.reg_max))
    sides = [_expectation(logits[..., side, :]) for side in range(4)]  # A quarter at a time stays in the cache.
    return dist2bbox(np.stack(sides, axis=-1), anchor_points)


@vjp(decode_boxes)
def decode_boxes_vjp(
    pred_dist: FloatArray, anchor_points: FloatArray, cotangent: FloatArray, *, dialect: Dialect
) -> FloatArray:
    """Gradient of `decode_boxes` with respect to the logits.  [DEC-3g]

        ∂d/∂x_j = p_j · (j − d),   p = softmax(logits)

    from ∂p_i/∂x_j = p_i · ([i = j] − p_j) and d = Σ_i i · p_i; what reaches d comes through `dist2bbox`.

    Parameters
    ----------
    pred_dist, anchor_points : as in `decode_boxes`
    cotangent : (B, A, 4) float, gradient with respect to the boxes
    dialect : reg_max is read

    Returns
    -------
    (B, A, 4R) float64

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    to_distance = dist2bbox_vjp(cotangent, anchor_points, cotangent)
    if dialect.reg_max == 1:
        return to_distance
    logits, to_distance = pred_dist.reshape(pred_dist.shape[:2] + (4, dialect.reg_max)), to_distance[..., np.newaxis]
    bins, p = like(logits, np.arange(dialect.reg_max)), softmax(logits)
    distance = (p * bins).sum(axis=-1)[..., np.newaxis]
    return (to_distance * p * (bins - distance)).reshape(pred_dist.shape)


def _expectation(logits: FloatArray) -> FloatArray:
    """Σ_i i · softmax(logits)_i over the last axis; shifted by the largest logit, so that nothing overflows."""
    mass = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return (mass * like(mass, np.arange(logits.shape[-1]))).sum(axis=-1) / mass.sum(axis=-1)


def softmax(logits: FloatArray) -> FloatArray:
    """exp(x) / Σ exp(x) over the last axis."""
    return np.exp(log_softmax(logits))


def log_softmax(logits: FloatArray) -> FloatArray:
    """x − log Σ exp(x) over the last axis; shifted by the largest logit, so that nothing overflows."""
    largest = logits.max(axis=-1, keepdims=True)
    return logits - (largest + np.log(np.exp(logits - largest).sum(axis=-1, keepdims=True)))

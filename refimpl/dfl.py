"""Distribution Focal Loss: a distance is the expectation of R bins; the loss pulls mass to the two bins around it."""

from __future__ import annotations

import numpy as np

from refimpl import _check
from refimpl._check import FloatArray
from refimpl.boxes import dist2bbox, dist2bbox_vjp
from refimpl.dialect import Dialect


def decode_boxes(pred_dist: FloatArray, anchor_points: FloatArray, *, dialect: Dialect) -> FloatArray:
    """Decode bin logits into boxes: each distance is the expectation of its R bins.  [DEC-3, arXiv:2006.04388 eq. 4]

        d = Σ_i i · softmax(logits)_i,   i = 0 … R − 1,   then `dist2bbox`

    The 4R channels are the bins of l, then of t, r and b.

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
    ShapeError, NumberTypeError
        If an argument is not as above.
    """
    pred_dist, anchor_points = _check.floats("pred_dist", pred_dist), _check.floats("anchor_points", anchor_points)
    sizes = {"R": dialect.reg_max}
    _check.shapes(sizes, pred_dist=(pred_dist, "B A 4R"), anchor_points=(anchor_points, "A 2"))
    logits = pred_dist.reshape(pred_dist.shape[:2] + (4, dialect.reg_max))
    return dist2bbox(_expectation(logits), anchor_points)


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
    ShapeError, NumberTypeError
        If an argument is not as above.
    """
    pred_dist, cotangent = _check.floats("pred_dist", pred_dist), _check.floats("cotangent", cotangent)
    _check.shapes({"R": dialect.reg_max}, pred_dist=(pred_dist, "B A 4R"), cotangent=(cotangent, "B A 4"))
    logits = pred_dist.reshape(pred_dist.shape[:2] + (4, dialect.reg_max))
    to_distance = dist2bbox_vjp(cotangent, anchor_points, cotangent)[..., np.newaxis]
    bins, p = _check.like(logits, np.arange(dialect.reg_max)), _softmax(logits)
    distance = (p * bins).sum(axis=-1)[..., np.newaxis]
    return (to_distance * p * (bins - distance)).reshape(pred_dist.shape)


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
    ShapeError, NumberTypeError
        If an argument is not as above.
    """
    pred_dist, target = _check.floats("pred_dist", pred_dist), _check.floats("target", target)
    _check.shapes({"R": dialect.reg_max}, pred_dist=(pred_dist, "N 4R"), target=(target, "N 4"))
    log_p = _log_softmax(pred_dist.reshape((-1, 4, dialect.reg_max)))
    return (_bin_weights(target, dialect) * -log_p).sum(axis=-1).sum(axis=-1) / 4


def dfl_loss_vjp(pred_dist: FloatArray, target: FloatArray, cotangent: FloatArray, *, dialect: Dialect) -> FloatArray:
    """Gradient of `dfl_loss` with respect to the logits.  [DFL-1g]

        ∂DFL/∂x_j = ¼ · (softmax(logits)_j − w_j(t))

    from ∂(−log p_i)/∂x_j = p_j − [i = j] and Σ_i w_i = 1. The target, hence its two bins and their weights, is constant.

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
    ShapeError, NumberTypeError
        If an argument is not as above.
    """
    pred_dist, target = _check.floats("pred_dist", pred_dist), _check.floats("target", target)
    cotangent = _check.floats("cotangent", cotangent)
    _check.shapes({"R": dialect.reg_max}, pred_dist=(pred_dist, "N 4R"), target=(target, "N 4"), cotangent=(cotangent, "N"))
    probability = _softmax(pred_dist.reshape((-1, 4, dialect.reg_max)))
    slopes = (probability - _bin_weights(target, dialect)) / 4
    return (cotangent[:, np.newaxis, np.newaxis] * slopes).reshape(pred_dist.shape)


def _bin_weights(target: FloatArray, dialect: Dialect) -> FloatArray:
    """w_i(t) = max(0, 1 − |t − i|) of the clamped target: (…,) -> (…, R)."""
    t = np.clip(target, 0, dialect.largest_distance)
    return np.maximum(1 - np.abs(t[..., np.newaxis] - _check.like(target, np.arange(dialect.reg_max))), 0)


def _expectation(logits: FloatArray) -> FloatArray:
    """Σ_i i · softmax(logits)_i over the last axis; shifted by the largest logit, so that nothing overflows."""
    mass = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return (mass * _check.like(mass, np.arange(logits.shape[-1]))).sum(axis=-1) / mass.sum(axis=-1)


def _softmax(logits: FloatArray) -> FloatArray:
    """exp(x) / Σ exp(x) over the last axis."""
    return np.exp(_log_softmax(logits))


def _log_softmax(logits: FloatArray) -> FloatArray:
    """x − log Σ exp(x) over the last axis; shifted by the largest logit, so that nothing overflows."""
    largest = logits.max(axis=-1, keepdims=True)
    return logits - (largest + np.log(np.exp(logits - largest).sum(axis=-1, keepdims=True)))

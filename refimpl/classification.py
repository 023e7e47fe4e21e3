"""The classification loss of every anchor and class: the binary cross-entropy, or another that is made of it."""

from __future__ import annotations

from typing import Callable, Dict, Iterator, Tuple

import numpy as np

from refimpl.arrays import FloatArray, like
from refimpl.bce import bce_loss, bce_loss_and_slope, sigmoid
from refimpl.dialect import Dialect
from refimpl.tal import Assignment

VARIFOCAL = (0.75, 2)
"""Weight and exponent of the score where there is no object, as in arXiv:2008.13367."""


def classification_loss(logits: FloatArray, assigned: Assignment, *, dialect: Dialect) -> FloatArray:
    """Sum the classification loss over all anchors and classes, before S and the gain.  [DET-2]

    Parameters
    ----------
    logits : (B, A, C) float
    assigned : what each anchor is to learn
    dialect : cls_loss, class_weights and num_classes are read

    Returns
    -------
    scalar float
    """
    loss_of, _ = CLS_LOSSES[dialect.cls_loss]
    total = np.zeros_like(logits, shape=())
    for piece, *given in _pieces(logits, assigned, dialect):
        total = total + _weighed(loss_of(*given), piece, dialect).sum()
    return total


def classification_loss_and_slope(
    logits: FloatArray, assigned: Assignment, slopes: FloatArray, *, dialect: Dialect
) -> FloatArray:
    """The same, and its slope by each logit, which is written into `slopes`.  [DET-2g]

    Parameters
    ----------
    logits, assigned, dialect : as in `classification_loss`
    slopes : (B, A, C) float, written in place, times cls_gain

    Returns
    -------
    scalar float
    """
    _, loss_and_slope_of = CLS_LOSSES[dialect.cls_loss]
    total = np.zeros_like(logits, shape=())
    for piece, *given in _pieces(logits, assigned, dialect):
        loss, slope = (_weighed(x, piece, dialect) for x in loss_and_slope_of(*given))
        total = total + loss.sum()
        slopes[..., piece] = dialect.cls_gain * slope
    return total


def _weighed(values: FloatArray, piece: slice, dialect: Dialect) -> FloatArray:
    """Values of some classes times their weights, if the dialect has any."""
    return values if dialect.class_weights is None else like(values, dialect.class_weights[piece]) * values


AT_ONCE = 8 * 8400
"""So many numbers stay in the processor's cache: 8 classes of 8,400 anchors."""


def _pieces(logits: FloatArray, assigned: Assignment, dialect: Dialect) -> Iterator[Tuple]:
    """A few classes at a time: which, their logits, their targets, and what is labelled."""
    labelled = _labelled(assigned, dialect) if dialect.cls_loss == "varifocal" else assigned.target_scores
    anchors = logits.shape[0] * logits.shape[1]
    step = max(AT_ONCE // max(anchors, 1), 1)
    for start in range(0, dialect.num_classes, step):
        piece = slice(start, start + step)
        yield piece, logits[..., piece], assigned.target_scores[..., piece], labelled[..., piece]


def _labelled(assigned: Assignment, dialect: Dialect) -> np.ndarray:
    """1 for the class of each positive anchor's owner, be its score 0 or not: (B, A, C)."""
    classes = np.arange(dialect.num_classes)
    return (assigned.fg_mask[..., np.newaxis] & (assigned.target_labels[..., np.newaxis] == classes)).astype(np.float64)


def _bce(x: FloatArray, z: FloatArray, labelled: np.ndarray) -> FloatArray:
    return bce_loss(x, z)


def _bce_and_slope(x: FloatArray, z: FloatArray, labelled: np.ndarray) -> Tuple[FloatArray, FloatArray]:
    return bce_loss_and_slope(x, z)


def _varifocal(x: FloatArray, z: FloatArray, labelled: np.ndarray) -> FloatArray:
    """w · BCE with w = ¾σ² where there is no object, and the score z where there is."""
    factor, gamma = VARIFOCAL
    return (factor * np.power(sigmoid(x), gamma) * (1 - labelled) + z * labelled) * bce_loss(x, z)


def _varifocal_and_slope(x: FloatArray, z: FloatArray, labelled: np.ndarray) -> Tuple[FloatArray, FloatArray]:
    """The same and ∂ = w·(σ − z) + BCE·∂w, ∂w = 2·¾σ²·(1 − σ) where there is no object: the weight is differentiated."""
    factor, gamma = VARIFOCAL
    (loss, slope), p = bce_loss_and_slope(x, z), sigmoid(x)
    empty = factor * np.power(p, gamma) * (1 - labelled)
    weight, by_weight = empty + z * labelled, gamma * empty * (1 - p)
    return weight * loss, weight * slope + by_weight * loss


CLS_LOSSES: Dict[str, Tuple[Callable, Callable]] = {
    "bce": (_bce, _bce_and_slope), "varifocal": (_varifocal, _varifocal_and_slope),
}  # fmt: skip
"""Loss, and loss and slope, of logits, their targets, and 1 where an object is labelled."""

"""Losses: the classification term, and the box and distribution terms of the foreground."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from refimpl import _check
from refimpl._check import FloatArray
from refimpl.boxes import bbox2dist
from refimpl.dfl import dfl_loss
from refimpl.dialect import Dialect
from refimpl.iou import ciou


class BoxLoss(NamedTuple):
    """box and dfl, scalars before gains."""

    box: FloatArray
    dfl: FloatArray


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
    ShapeError, NumberTypeError
        If an argument is not as above.
    """
    logits, targets = _check.floats("logits", logits), _check.floats("targets", targets)
    if logits.shape != targets.shape:
        raise _check.ShapeError(f"targets: expected shape {logits.shape} as logits have, got {targets.shape}")
    return np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))


def bbox_loss(
    pred_dist: FloatArray,
    pred_bboxes: FloatArray,
    anchor_points: FloatArray,
    target_bboxes: FloatArray,
    target_scores: FloatArray,
    target_scores_sum: FloatArray,
    fg_mask: np.ndarray,
    *,
    dialect: Dialect,
) -> BoxLoss:
    """Box and distribution losses of the foreground anchors, weighted by their target scores.  [BOX-1, BOX-2]

        box = Σ_fg w_a · (1 − CIoU(pred_a, target_a)) / S
        dfl = Σ_fg w_a · DFL(pred_dist_a, bbox2dist(point_a, target_a)) / S,   w_a = Σ_c target_scores[a, c]

    Without foreground both are 0. The weight and S are constants for the gradient.

    Parameters
    ----------
    pred_dist : (B, A, 4R) float, logits
    pred_bboxes : (B, A, 4) float, xyxy, grid
    anchor_points : (A, 2) float, xy, grid
    target_bboxes : (B, A, 4) float, xyxy, grid; read on the foreground only
    target_scores : (B, A, C) float
    target_scores_sum : scalar float > 0, S
    fg_mask : (B, A) bool or 0/1
    dialect : reg_max and iou_eps are read

    Returns
    -------
    BoxLoss

    Raises
    ------
    ShapeError, NumberTypeError
        If an argument is not as above.
    """
    pred_dist, pred_bboxes = _check.floats("pred_dist", pred_dist), _check.floats("pred_bboxes", pred_bboxes)
    target_bboxes, fg_mask = _check.floats("target_bboxes", target_bboxes), _check.booleans("fg_mask", fg_mask)
    target_scores = _check.floats("target_scores", target_scores)
    anchor_points = _check.floats("anchor_points", anchor_points)
    _check.shapes(
        {"C": dialect.num_classes, "R": dialect.reg_max},
        pred_dist=(pred_dist, "B A 4R"),
        pred_bboxes=(pred_bboxes, "B A 4"),
        anchor_points=(anchor_points, "A 2"),
        target_bboxes=(target_bboxes, "B A 4"),
        target_scores=(target_scores, "B A C"),
        fg_mask=(fg_mask, "B A"),
    )
    image, anchor = np.nonzero(fg_mask)
    weight = target_scores[image, anchor].sum(axis=-1)
    target = target_bboxes[image, anchor]
    distance = bbox2dist(anchor_points[anchor], target, dialect=dialect)
    box = weight * (1 - ciou(pred_bboxes[image, anchor], target, dialect=dialect))
    dfl = weight * dfl_loss(pred_dist[image, anchor], distance, dialect=dialect)
    return BoxLoss(box.sum() / target_scores_sum, dfl.sum() / target_scores_sum)

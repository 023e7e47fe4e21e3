"""Gradient of the detection loss with respect to the head's raw outputs, alone or beside its value."""

from __future__ import annotations

from typing import List, Sequence, Tuple

import numpy as np

from refimpl import _check
from refimpl._check import FloatArray
from refimpl.bce import bce_loss_and_slope
from refimpl.detection import DetectionLoss, assigned_images, cached_pieces, total_loss
from refimpl.dfl import decode_boxes_vjp
from refimpl.dialect import Dialect
from refimpl.losses import bbox_loss, bbox_loss_vjp
from refimpl.tal import Assignment


def detection_loss_vjp(
    feature_maps: Sequence[FloatArray], targets: FloatArray, cotangent: FloatArray, *, dialect: Dialect
) -> List[FloatArray]:
    """Gradient of the total of `detection_loss` with respect to every feature map.  [DET-1g, DET-2g, DET-5g]

        ∂bins = B/S · (∂decode(box_gain · ∂box) + dfl_gain · ∂dfl),   ∂logits = B/S · cls_gain · (σ(x) − z)

    The assigner is outside the graph: targets, target scores z and S are constants.

    Parameters
    ----------
    feature_maps, targets : as in `detection_loss`
    cotangent : scalar float, gradient with respect to the total
    dialect : all fields are read

    Returns
    -------
    [(B, 4R + C, H, W) float64]·L

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.
    """
    _check.scalars(cotangent=cotangent)
    return _loss_and_gradient(feature_maps, targets, cotangent, dialect)[1]


def detection_loss_and_gradient(
    feature_maps: Sequence[FloatArray], targets: FloatArray, *, dialect: Dialect
) -> Tuple[DetectionLoss, List[FloatArray]]:
    """`detection_loss` and the gradient of its total, a step of training: one assignment serves both.

    Parameters
    ----------
    feature_maps, targets : as in `detection_loss`
    dialect : all fields are read

    Returns
    -------
    DetectionLoss and [(B, 4R + C, H, W) float64]·L

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.
    """
    return _loss_and_gradient(feature_maps, targets, 1.0, dialect)


def _loss_and_gradient(
    feature_maps: Sequence[FloatArray], targets: FloatArray, cotangent: FloatArray, dialect: Dialect
) -> Tuple[DetectionLoss, List[FloatArray]]:
    """The loss, and the gradient that the cotangent of its total pulls back."""
    gradients = [np.zeros_like(_check.floats(f"feature_maps[{i}]", level)) for i, level in enumerate(feature_maps)]
    sums, scores_sum = np.zeros_like(gradients[0], shape=3), np.zeros_like(gradients[0], shape=())
    for b, image in enumerate(assigned_images(feature_maps, targets, dialect=dialect)):
        of_image, gradient = image_loss_and_gradient(*image, dialect=dialect)
        sums, scores_sum = sums + of_image, scores_sum + image.assigned.target_scores.sum()
        merge_levels(gradient, [level[b : b + 1] for level in gradients])
    for level in gradients:
        level *= cotangent * len(level) / np.maximum(scores_sum, 1)
    return total_loss(sums, scores_sum, len(gradients[0]), dialect=dialect), gradients


def image_loss_and_gradient(
    pred_dist: FloatArray,
    logits: FloatArray,
    pred_bboxes: FloatArray,
    anchor_points: FloatArray,
    stride: FloatArray,
    assigned: Assignment,
    *,
    dialect: Dialect,
) -> Tuple[FloatArray, FloatArray]:
    """Sum the three terms over the anchors, and the gradient, gains applied, both before B and S.  [DET-1g, DET-2g, DET-5g]

    Parameters
    ----------
    pred_dist … assigned : the fields of an `AssignedImage`
    dialect : num_classes, reg_max, iou_eps, constant_alpha and the gains are read

    Returns
    -------
    (3,) float, box, cls, dfl; and (B, A, 4R + C) float
    """
    bins, cls = 4 * dialect.reg_max, np.zeros_like(logits, shape=())
    gradient = np.zeros_like(logits, shape=(*logits.shape[:2], bins + dialect.num_classes))
    for piece in cached_pieces(logits.shape[1]):
        loss, slope = bce_loss_and_slope(logits[:, piece], assigned.target_scores[:, piece])
        cls = cls + loss.sum()
        gradient[:, piece, bins:] = dialect.cls_gain * slope
    learning = np.flatnonzero(assigned.fg_mask.any(axis=0))  # The bins of other anchors learn nothing.
    points, dist, boxes = anchor_points[learning], pred_dist[:, learning], pred_bboxes[:, learning]
    one, by_box, by_dfl = (_check.like(logits, x) for x in (1.0, dialect.box_gain, dialect.dfl_gain))
    targets = assigned.target_bboxes[:, learning] / stride[learning]
    foreground = dist, boxes, points, targets, assigned.target_scores[:, learning], one, assigned.fg_mask[:, learning]
    box, dfl = bbox_loss(*foreground, dialect=dialect)
    of_loss, of_boxes = bbox_loss_vjp(*foreground, by_box, by_dfl, dialect=dialect)
    gradient[:, learning, :bins] = of_loss + decode_boxes_vjp(dist, points, of_boxes, dialect=dialect)
    return np.stack([box, cls, dfl]), gradient


def merge_levels(channels: FloatArray, levels: Sequence[FloatArray]) -> None:
    """Write the channels of all anchors into their levels: undo what `split_predictions` did.

    Parameters
    ----------
    channels : (B, A, 4R + C) float
    levels : [(B, 4R + C, H, W)] float, written in place
    """
    start = 0
    for level in levels:
        cells = level.shape[2] * level.shape[3]
        level[...] = np.moveaxis(channels[:, start : start + cells], -1, 1).reshape(level.shape)
        start += cells

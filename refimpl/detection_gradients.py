"""Gradient of the detection loss with respect to the head's raw outputs, alone or beside its value."""

from __future__ import annotations

from typing import List, Sequence, Tuple

import numpy as np

from refimpl.arrays import FloatArray, in_double, like
from refimpl.bce import bce_loss_and_slope
from refimpl.decode import decode_boxes_vjp
from refimpl.detection import AssignedImage, DetectionLoss, class_pieces, detection_loss, recipe
from refimpl.dialect import Dialect
from refimpl.losses import bbox_loss, bbox_loss_vjp
from refimpl.protocol import takes_as, vjp
from refimpl.tal import Assignment


@vjp(detection_loss)
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
    ContractError
        If an argument is not as above.
    """
    return _loss_and_gradient(feature_maps, targets, cotangent, dialect)[1]


@takes_as(detection_loss)
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
    ContractError
        If an argument is not as above.
    """
    return _loss_and_gradient(feature_maps, targets, 1.0, dialect)


def _loss_and_gradient(
    feature_maps: Sequence[FloatArray], targets: FloatArray, cotangent: FloatArray, dialect: Dialect
) -> Tuple[DetectionLoss, List[FloatArray]]:
    """The loss, and the gradient that the cotangent of its total pulls back."""
    gradients = [np.empty_like(in_double(level[:0]), shape=np.shape(level)) for level in feature_maps]

    def losses(b: int, image: AssignedImage) -> FloatArray:
        sums, gradient = image_loss_and_gradient(*image, dialect=dialect)
        merge_levels(gradient, [level[b : b + 1] for level in gradients])
        return sums

    loss, score_sum = recipe(feature_maps, targets, losses, dialect=dialect)
    for level in gradients:
        level *= cotangent * len(level) / score_sum
    return loss, gradients


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
    images, anchors, classes = logits.shape
    bins, cls = 4 * dialect.reg_max, np.zeros_like(logits, shape=())
    gradient = np.moveaxis(np.zeros_like(logits, shape=(images, bins + classes, anchors)), 1, -1)  # As the maps lie.
    of_logits = gradient[..., bins:]
    for piece in class_pieces(classes):
        loss, slope = bce_loss_and_slope(logits[..., piece], assigned.target_scores[..., piece])
        cls = cls + loss.sum()
        of_logits[..., piece] = dialect.cls_gain * slope
    learning = np.flatnonzero(assigned.fg_mask.any(axis=0))  # The bins of other anchors learn nothing.
    points, dist, boxes = anchor_points[learning], pred_dist[:, learning], pred_bboxes[:, learning]
    one, by_box, by_dfl = (like(logits, x) for x in (1.0, dialect.box_gain, dialect.dfl_gain))
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

"""Gradient of the detection loss with respect to the head's raw outputs, alone or beside its value."""

from __future__ import annotations

from typing import List, Sequence, Tuple

import numpy as np

from refimpl.arrays import FloatArray, in_double, like
from refimpl.classification import classification_loss_and_slope
from refimpl.decode import decode_boxes_vjp
from refimpl.detection import AssignedImage, DetectionLoss, detection_loss, recipe
from refimpl.dialect import Dialect
from refimpl.losses import bbox_loss, bbox_loss_vjp
from refimpl.maps import levels_of
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
    shapes, (images, channels) = [np.shape(level)[2:] for level in feature_maps], np.shape(feature_maps[0])[:2]
    lying = (images, channels, sum(height * width for height, width in shapes))
    gradient = np.moveaxis(np.zeros_like(in_double(feature_maps[0][:0]), shape=lying), 1, -1)

    def losses(b: int, image: AssignedImage) -> FloatArray:
        return image_loss_and_gradient(*image, dialect=dialect, into=gradient[b : b + 1])[0]

    loss, divisor = recipe(feature_maps, targets, losses, dialect=dialect)
    factor = cotangent * (images if dialect.times_batch else 1) / divisor
    levels = levels_of(gradient, shapes)
    for level in levels:
        level *= factor
    return loss, levels


def image_loss_and_gradient(
    pred_dist: FloatArray,
    logits: FloatArray,
    pred_bboxes: FloatArray,
    anchor_points: FloatArray,
    stride: FloatArray,
    assigned: Assignment,
    image_size: Tuple[int, int] | None = None,
    *,
    dialect: Dialect,
    into: FloatArray | None = None,
) -> Tuple[FloatArray, FloatArray]:
    """Sum the three terms over the anchors, and the gradient, gains applied, both before B and S.  [DET-1g, DET-2g, DET-5g]

    Parameters
    ----------
    pred_dist … image_size : the fields of an `AssignedImage`
    dialect : the fields of the losses, and constant_alpha, are read
    into : (B, A, 4R + C) float, zeros that become the gradient; made here if None

    Returns
    -------
    (3,) float, box, cls, dfl; and (B, A, 4R + C) float
    """
    images, anchors, classes = logits.shape
    bins = 4 * dialect.reg_max
    if into is None:
        into = np.moveaxis(np.zeros_like(logits, shape=(images, bins + classes, anchors)), 1, -1)  # As the maps lie.
    cls = classification_loss_and_slope(logits, assigned, into[..., bins:], dialect=dialect)
    learning = np.flatnonzero(assigned.fg_mask.any(axis=0))  # The bins of other anchors learn nothing.
    points, dist, boxes = anchor_points[learning], pred_dist[:, learning], pred_bboxes[:, learning]
    one, by_box, by_dfl = (like(logits, x) for x in (1.0, dialect.box_gain, dialect.dfl_gain))
    targets, strides = assigned.target_bboxes[:, learning] / stride[learning], stride[learning]
    foreground = dist, boxes, points, targets, assigned.target_scores[:, learning], one, assigned.fg_mask[:, learning]
    box, dfl = bbox_loss(*foreground, strides, image_size, dialect=dialect)
    of_loss, of_boxes = bbox_loss_vjp(*foreground, by_box, by_dfl, strides, image_size, dialect=dialect)
    into[:, learning, :bins] = of_loss + decode_boxes_vjp(dist, points, of_boxes, dialect=dialect)
    return np.stack([box, cls, dfl]), into

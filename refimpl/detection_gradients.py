"""Gradient of the detection loss with respect to the head's raw outputs."""

from __future__ import annotations

from typing import List, Sequence

import numpy as np

from refimpl import _check
from refimpl._check import FloatArray
from refimpl.bce import sigmoid
from refimpl.detection import assigned_images, cached_pieces
from refimpl.dfl import decode_boxes_vjp
from refimpl.dialect import Dialect
from refimpl.losses import bbox_loss_vjp
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
    gradients = [np.zeros_like(_check.floats(f"feature_maps[{i}]", level)) for i, level in enumerate(feature_maps)]
    scores_sum = 0
    for b, image in enumerate(assigned_images(feature_maps, targets, dialect=dialect)):
        scores_sum = scores_sum + image.assigned.target_scores.sum()
        merge_levels(image_gradient(*image, dialect=dialect), [level[b : b + 1] for level in gradients])
    factor = cotangent * len(gradients[0]) / np.maximum(scores_sum, 1)
    for level in gradients:
        level *= factor
    return gradients


def image_gradient(
    pred_dist: FloatArray,
    logits: FloatArray,
    pred_bboxes: FloatArray,
    anchor_points: FloatArray,
    stride: FloatArray,
    assigned: Assignment,
    *,
    dialect: Dialect,
) -> FloatArray:
    """Gradient of the three terms, gains applied, before B and S.  [DET-1g, DET-2g, DET-5g]

    Parameters
    ----------
    pred_dist … assigned : the fields of an `AssignedImage`
    dialect : num_classes, reg_max, iou_eps, constant_alpha and the gains are read

    Returns
    -------
    (B, A, 4R + C) float
    """
    target_bboxes, scores, fg_mask = assigned.target_bboxes / stride, assigned.target_scores, assigned.fg_mask
    one, bins = _check.like(logits, 1.0), 4 * dialect.reg_max
    by_box, by_dfl = (_check.like(logits, gain) for gain in (dialect.box_gain, dialect.dfl_gain))
    gradient = np.zeros_like(logits, shape=(*logits.shape[:2], bins + dialect.num_classes))
    learning = np.flatnonzero(fg_mask.any(axis=0))  # The bins of other anchors learn nothing.
    points, dist = anchor_points[learning], pred_dist[:, learning]
    others = (x[:, learning] for x in (target_bboxes, scores))
    of_loss, of_boxes = bbox_loss_vjp(
        dist, pred_bboxes[:, learning], points, *others, one, fg_mask[:, learning], by_box, by_dfl, dialect=dialect
    )
    gradient[:, learning, :bins] = of_loss + decode_boxes_vjp(dist, points, of_boxes, dialect=dialect)
    for piece in cached_pieces(logits.shape[1]):
        gradient[:, piece, bins:] = dialect.cls_gain * (sigmoid(logits[:, piece]) - scores[:, piece])
    return gradient


def merge_levels(channels: FloatArray, levels: Sequence[FloatArray]) -> None:
    """Write (B, A, 4R + C) into the levels (B, 4R + C, H, W): undo what `split_predictions` did."""
    start = 0
    for level in levels:
        cells = level.shape[2] * level.shape[3]
        level[...] = np.moveaxis(channels[:, start : start + cells], -1, 1).reshape(level.shape)
        start += cells

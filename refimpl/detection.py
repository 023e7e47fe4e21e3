"""The detection loss: from the head's raw outputs and the labelled boxes to one number."""

from __future__ import annotations

from typing import Callable, Dict, NamedTuple, Sequence, Tuple

import numpy as np

from refimpl.anchors import make_anchors
from refimpl.arrays import FloatArray, in_double, like
from refimpl.bce import Probabilities
from refimpl.classification import classification_loss
from refimpl.decode import decode_boxes
from refimpl.dialect import Dialect
from refimpl.losses import bbox_loss
from refimpl.maps import image_size, split_predictions
from refimpl.protocol import op
from refimpl.tal import Assignment, assign
from refimpl.targets import pad_targets
from refimpl.threads import of_each_image


class DetectionLoss(NamedTuple):
    """total, scalar; components (3,) box, cls, dfl after gains."""

    total: FloatArray
    components: FloatArray


class AssignedImage(NamedTuple):
    """What the head says about one image, B = 1, and what it is to learn.

    pred_dist (B, A, 4R) and logits (B, A, C); pred_bboxes (B, A, 4) xyxy, grid; anchor_points (A, 2) xy, grid; stride
    (A, 1), px per cell; the target boxes of `assigned` are in px; image_size (H, W) px, needed without bins.
    """

    pred_dist: FloatArray
    logits: FloatArray
    pred_bboxes: FloatArray
    anchor_points: FloatArray
    stride: FloatArray
    assigned: Assignment
    image_size: Tuple[int, int] | None = None


@op("feature_maps~: [B 4R+C H W logit]*L, targets: N 6 targets -> total~:, components: 3")
def detection_loss(feature_maps: Sequence[FloatArray], targets: FloatArray, *, dialect: Dialect) -> DetectionLoss:
    """The training loss of a batch, from the head's raw outputs and the labelled boxes.  [DET-1, DET-2, DET-3, DET-4]

        components = (box_gain · box, cls_gain · Σ BCE / S, dfl_gain · dfl),   S = max(Σ target_scores, 1)
        total = B · Σ components

    The 4R + C channels of a map are the bin logits, then the class logits. The image is as large as the first map
    times its stride. The assigner sees sigmoid scores and boxes in px; box and dfl are computed in grid units. The
    dialect decides on the losses of classes and boxes, on S, and whether B multiplies; `recipe` shows every step.

    Parameters
    ----------
    feature_maps : [(B, 4R + C, H, W) float]·L, logits
    targets : (N, 6) float: image, class, cx, cy, w, h as fractions of the image
    dialect : all fields are read

    Returns
    -------
    DetectionLoss

    Raises
    ------
    ContractError
        If an argument is not as above, or the maps are not those of one image.
    """
    return recipe(feature_maps, targets, lambda _, image: image_loss_sums(*image, dialect=dialect), dialect=dialect)[0]


def recipe(
    feature_maps: Sequence[FloatArray],
    targets: FloatArray,
    losses: Callable[[int, AssignedImage], FloatArray],
    *,
    dialect: Dialect,
) -> Tuple[DetectionLoss, FloatArray]:
    """The whole loss, step by step: anchors and targets; decode, assign and losses of each image; sums, S and gains.

    Parameters
    ----------
    feature_maps, targets : as in `detection_loss`
    losses : of the index of an image and of the image; gives (3,), the sums of its box, cls and dfl losses
    dialect : all fields are read

    Returns
    -------
    DetectionLoss, and S
    """
    shapes = [np.shape(level)[2:] for level in feature_maps]
    anchor_points, stride = make_anchors(shapes, dialect=dialect)
    images, size = len(feature_maps[0]), image_size(shapes, dialect=dialect)
    gt = pad_targets(targets, images, size, dialect=dialect)

    def of_image(b: int) -> Tuple[FloatArray, FloatArray]:
        pred_dist, logits = split_predictions([level[b : b + 1] for level in feature_maps], dialect=dialect)
        points, strides = like(logits, anchor_points), like(logits, stride)
        pred_bboxes = decode_boxes(pred_dist, points, dialect=dialect)
        predicted = Probabilities(logits), pred_bboxes * strides, points * strides
        assigned = assign(*predicted, *(rows[b : b + 1] for rows in gt), strides, dialect=dialect)
        image = AssignedImage(pred_dist, logits, pred_bboxes, points, strides, assigned, size)
        return losses(b, image), assigned.target_scores.sum()

    first = in_double(feature_maps[0])
    sums, scores_sum = np.zeros_like(first, shape=3), np.zeros_like(first, shape=())
    for of_one, scores in of_each_image(of_image, images, numbers=len(anchor_points) * np.shape(feature_maps[0])[1]):
        sums, scores_sum = sums + of_one, scores_sum + scores
    return total_loss(sums, scores_sum, images, dialect=dialect), NORMALISERS[dialect.normaliser](scores_sum)


NORMALISERS: Dict[str, Callable[[FloatArray], FloatArray]] = {
    "at_least_one": lambda scores_sum: np.maximum(scores_sum, 1),
    "if_positive": lambda scores_sum: scores_sum + (1 - np.heaviside(scores_sum, 0)),
}
"""The divisor S, of Σ target_scores; without any score it is 1 in both."""


def image_loss_sums(
    pred_dist: FloatArray,
    logits: FloatArray,
    pred_bboxes: FloatArray,
    anchor_points: FloatArray,
    stride: FloatArray,
    assigned: Assignment,
    image_size: Tuple[int, int] | None = None,
    *,
    dialect: Dialect,
) -> FloatArray:
    """Sum the three terms over the anchors of some images, before S and the gains.  [DET-1, DET-2, DET-3]

    Parameters
    ----------
    pred_dist … image_size : the fields of an `AssignedImage`
    dialect : the fields of the losses are read

    Returns
    -------
    (3,) float: box, cls, dfl
    """
    cls = classification_loss(logits, assigned, dialect=dialect)
    boxes = pred_dist, pred_bboxes, anchor_points, assigned.target_bboxes / stride
    weights = assigned.target_scores, like(logits, 1.0), assigned.fg_mask
    box, dfl = bbox_loss(*boxes, *weights, stride, image_size, dialect=dialect)
    return np.stack([box, cls, dfl])


def total_loss(sums: FloatArray, scores_sum: FloatArray, batch_size: int, *, dialect: Dialect) -> DetectionLoss:
    """Divide by S, apply the gains and multiply by the batch.  [DET-4]

    Parameters
    ----------
    sums : (3,) float: box, cls, dfl
    scores_sum : scalar float, Σ target_scores
    batch_size : B
    dialect : the gains, normaliser and times_batch are read

    Returns
    -------
    DetectionLoss
    """
    gains = like(sums, [dialect.box_gain, dialect.cls_gain, dialect.dfl_gain])
    components = sums / NORMALISERS[dialect.normaliser](scores_sum) * gains
    total = components.sum()
    return DetectionLoss(batch_size * total if dialect.times_batch else total, components)

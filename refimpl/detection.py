"""The detection loss: from the head's raw outputs and the labelled boxes to one number."""

from __future__ import annotations

from typing import Iterator, List, NamedTuple, Sequence, Tuple

import numpy as np

from refimpl import _check
from refimpl._check import FloatArray
from refimpl.anchors import make_anchors
from refimpl.bce import bce_loss, sigmoid
from refimpl.dfl import decode_boxes
from refimpl.dialect import Dialect
from refimpl.losses import bbox_loss
from refimpl.tal import Assignment, assign
from refimpl.targets import pad_targets


class DetectionLoss(NamedTuple):
    """total, scalar; components (3,) box, cls, dfl after gains."""

    total: FloatArray
    components: FloatArray


def detection_loss(feature_maps: Sequence[FloatArray], targets: FloatArray, *, dialect: Dialect) -> DetectionLoss:
    """The training loss of a batch, from the head's raw outputs and the labelled boxes.  [DET-1, DET-2, DET-3, DET-4]

        components = (box_gain · box, cls_gain · Σ BCE / S, dfl_gain · dfl),   S = max(Σ target_scores, 1)
        total = B · Σ components

    The 4R + C channels of a map are the bin logits, then the class logits. The image is as large as the first map
    times its stride. The assigner sees sigmoid scores and boxes in px; box and dfl are computed in grid units.

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
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.
    """
    first = _check.floats("feature_maps[0]", feature_maps[0])
    sums, scores_sum = np.zeros_like(first, shape=3), np.zeros_like(first, shape=())
    for image in assigned_images(feature_maps, targets, dialect=dialect):
        sums = sums + image_loss_sums(*image, dialect=dialect)
        scores_sum = scores_sum + image.assigned.target_scores.sum()
    return total_loss(sums, scores_sum, len(first), dialect=dialect)


class AssignedImage(NamedTuple):
    """What the head says about one image, B = 1, and what it is to learn.

    pred_dist (B, A, 4R) and logits (B, A, C); pred_bboxes (B, A, 4) xyxy, grid; anchor_points (A, 2) xy, grid; stride
    (A, 1), px per cell; the target boxes of `assigned` are in px.
    """

    pred_dist: FloatArray
    logits: FloatArray
    pred_bboxes: FloatArray
    anchor_points: FloatArray
    stride: FloatArray
    assigned: Assignment


def assigned_images(
    feature_maps: Sequence[FloatArray], targets: FloatArray, *, dialect: Dialect
) -> Iterator[AssignedImage]:
    """Check the arguments of `detection_loss`, then decode and assign one image after the other.

    Parameters
    ----------
    feature_maps, targets : as in `detection_loss`
    dialect : all fields but the gains are read

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.
    """
    maps = [_check.floats(f"feature_maps[{i}]", level) for i, level in enumerate(feature_maps)]
    sizes = {"C": dialect.num_classes, "R": dialect.reg_max}
    for i, level in enumerate(maps):
        sizes["B"] = _check.shapes(sizes, **{f"feature_maps[{i}]": (level, "B 4R+C H W")})["B"]
    shapes = [level.shape[2:] for level in maps]
    anchor_points, stride = make_anchors(shapes, dialect=dialect)
    batch_size, image_size = len(maps[0]), tuple(side * dialect.strides[0] for side in shapes[0])
    gt = pad_targets(targets, batch_size, image_size, dialect=dialect)
    for b in range(batch_size):
        image = slice(b, b + 1)
        pred_dist, logits = split_predictions([level[image] for level in maps], dialect=dialect)
        points, strides = _check.like(logits, anchor_points), _check.like(logits, stride)
        pred_bboxes = decode_boxes(pred_dist, points, dialect=dialect)
        scores, own = scores_of(logits, gt.gt_labels[image]), [rows[image] for rows in gt]
        assigned = assign(scores, pred_bboxes * strides, points * strides, *own, dialect=dialect)
        yield AssignedImage(pred_dist, logits, pred_bboxes, points, strides, assigned)


def split_predictions(feature_maps: Sequence[FloatArray], *, dialect: Dialect) -> Tuple[FloatArray, FloatArray]:
    """Flatten the levels, y then x, and split the channels into bin logits and class logits.  [DET-1, DET-2]

    Parameters
    ----------
    feature_maps : [(B, 4R + C, H, W) float]·L
    dialect : reg_max is read

    Returns
    -------
    (B, A, 4R) and (B, A, C), in the number type of the maps
    """
    flat = [level.reshape((*level.shape[:2], level.shape[2] * level.shape[3])) for level in feature_maps]
    channels = np.concatenate([np.moveaxis(level, 1, -1) for level in flat], axis=1)
    return channels[..., : 4 * dialect.reg_max], channels[..., 4 * dialect.reg_max :]


def scores_of(logits: FloatArray, gt_labels: np.ndarray) -> FloatArray:
    """Scores of the classes that have a box, 0 for the others: the assigner reads no others.

    Parameters
    ----------
    logits : (B, A, C) float
    gt_labels : (B, G, 1) int64

    Returns
    -------
    (B, A, C) float, probabilities
    """
    present = np.unique(gt_labels)
    scores = np.zeros_like(logits)
    scores[..., present] = sigmoid(logits[..., present])
    return scores


def image_loss_sums(
    pred_dist: FloatArray,
    logits: FloatArray,
    pred_bboxes: FloatArray,
    anchor_points: FloatArray,
    stride: FloatArray,
    assigned: Assignment,
    *,
    dialect: Dialect,
) -> FloatArray:
    """Sum the three terms over the anchors of some images, before S and the gains.  [DET-1, DET-2, DET-3]

    Parameters
    ----------
    pred_dist … assigned : the fields of an `AssignedImage`
    dialect : num_classes, reg_max and iou_eps are read

    Returns
    -------
    (3,) float: box, cls, dfl
    """
    pieces = cached_pieces(logits.shape[1])
    cls = sum(bce_loss(logits[:, piece], assigned.target_scores[:, piece]).sum() for piece in pieces)
    target_bboxes = assigned.target_bboxes / stride
    scores, fg_mask = assigned.target_scores, assigned.fg_mask
    box, dfl = bbox_loss(pred_dist, pred_bboxes, anchor_points, target_bboxes, scores, 1.0, fg_mask, dialect=dialect)
    return np.stack([box, cls, dfl])


def cached_pieces(anchors: int) -> List[slice]:
    """Split the anchors into pieces that stay in the processor's cache: half the time of one piece."""
    return [slice(start, start + 512) for start in range(0, anchors, 512)]


def total_loss(sums: FloatArray, scores_sum: FloatArray, batch_size: int, *, dialect: Dialect) -> DetectionLoss:
    """Divide by S = max(Σ target_scores, 1), apply the gains and multiply by the batch.  [DET-4]

    Parameters
    ----------
    sums : (3,) float: box, cls, dfl
    scores_sum : scalar float, Σ target_scores
    batch_size : B
    dialect : the gains are read

    Returns
    -------
    DetectionLoss
    """
    gains = _check.like(sums, [dialect.box_gain, dialect.cls_gain, dialect.dfl_gain])
    components = sums / np.maximum(scores_sum, 1) * gains
    return DetectionLoss(batch_size * components.sum(), components)

"""Losses: classification, box and distribution focal terms, and their sum over a batch."""

from __future__ import annotations

from typing import NamedTuple, Sequence, Tuple

import numpy as np

from refimpl import _check
from refimpl._check import FloatArray
from refimpl.anchors import make_anchors
from refimpl.boxes import bbox2dist
from refimpl.dfl import decode_boxes, dfl_loss
from refimpl.dialect import Dialect
from refimpl.iou import ciou
from refimpl.tal import assign
from refimpl.targets import pad_targets


class BoxLoss(NamedTuple):
    """box and dfl, scalars before gains."""

    box: FloatArray
    dfl: FloatArray


class DetectionLoss(NamedTuple):
    """total, scalar; components (3,) box, cls, dfl after gains."""

    total: FloatArray
    components: FloatArray


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


def detection_loss(
    feature_maps: Sequence[FloatArray], targets: FloatArray, *, dialect: Dialect
) -> DetectionLoss:
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
    maps = [_check.floats(f"feature_maps[{i}]", level) for i, level in enumerate(feature_maps)]
    shapes = [np.shape(level)[2:] for level in maps]
    anchor_points, stride = make_anchors(shapes, dialect=dialect)
    batch_size, image_size = len(maps[0]), tuple(side * dialect.strides[0] for side in shapes[0])
    gt = pad_targets(targets, batch_size, image_size, dialect=dialect)
    sums, scores_sum = np.zeros_like(maps[0], shape=3), np.zeros_like(maps[0], shape=())
    for b in range(batch_size):
        image = slice(b, b + 1)
        pred_dist, logits = split_predictions([level[image] for level in maps], dialect=dialect)
        points, strides = _check.like(logits, anchor_points), _check.like(logits, stride)
        pred_bboxes = decode_boxes(pred_dist, points, dialect=dialect)
        scores, own = scores_of(logits, gt.gt_labels[image]), [rows[image] for rows in gt]
        assigned = assign(scores, pred_bboxes * strides, points * strides, *own, dialect=dialect)
        sums = sums + image_loss_sums(pred_dist, logits, pred_bboxes, points, strides, assigned, dialect)
        scores_sum = scores_sum + assigned.target_scores.sum()
    return total_loss(sums, scores_sum, batch_size, dialect=dialect)


def split_predictions(feature_maps: Sequence[FloatArray], *, dialect: Dialect) -> Tuple[FloatArray, FloatArray]:
    """Flatten the levels, y then x, and split the channels:  -> bin logits (B, A, 4R), class logits (B, A, C).  [DET-1, DET-2]"""
    sizes = {"C": dialect.num_classes, "R": dialect.reg_max}
    for i, level in enumerate(feature_maps):
        sizes["B"] = _check.shapes(sizes, **{f"feature_maps[{i}]": (level, "B 4R+C H W")})["B"]
    flat = [level.reshape((*level.shape[:2], level.shape[2] * level.shape[3])) for level in feature_maps]
    channels = np.concatenate([np.moveaxis(level, 1, -1) for level in flat], axis=1)
    return channels[..., : 4 * dialect.reg_max], channels[..., 4 * dialect.reg_max :]


def scores_of(logits: FloatArray, gt_labels: np.ndarray) -> FloatArray:
    """Sigmoid scores of the classes that have a box, 0 for others: the assigner reads no others.  (B, A, C) -> (B, A, C)."""
    present = np.unique(gt_labels)
    scores = np.zeros_like(logits)
    scores[..., present] = sigmoid(logits[..., present])
    return scores


def image_loss_sums(pred_dist, logits, pred_bboxes, anchor_points, stride, assigned, dialect: Dialect) -> FloatArray:
    """Sums over one or more images, before S and gains:  box, cls, dfl -> (3,).  [DET-1, DET-2, DET-3]"""
    # In pieces of some anchors, which stay in the processor's cache: half the time of one piece.
    pieces = [slice(start, start + 512) for start in range(0, logits.shape[1], 512)]
    cls = sum(bce_loss(logits[:, piece], assigned.target_scores[:, piece]).sum() for piece in pieces)
    box, dfl = bbox_loss(
        pred_dist,
        pred_bboxes,
        anchor_points,
        assigned.target_bboxes / stride,
        assigned.target_scores,
        1.0,
        assigned.fg_mask,
        dialect=dialect,
    )
    return np.stack([box, cls, dfl])


def total_loss(sums: FloatArray, scores_sum: FloatArray, batch_size: int, *, dialect: Dialect) -> DetectionLoss:
    """Divide by S, apply the gains and multiply by the batch:  (3,), scalar -> DetectionLoss.  [DET-4]"""
    gains = _check.like(sums, [dialect.box_gain, dialect.cls_gain, dialect.dfl_gain])
    components = sums / np.maximum(scores_sum, 1) * gains
    return DetectionLoss(batch_size * components.sum(), components)


def sigmoid(x: FloatArray) -> FloatArray:
    """σ(x) = max(e, [x ≥ 0]) / (1 + e) with e = exp(−|x|): no exponent is positive, so nothing overflows."""
    e = np.exp(-np.abs(x))
    return np.maximum(e, np.heaviside(x, 1)) / (1 + e)

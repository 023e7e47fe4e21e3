"""The detection loss: from the head's raw outputs and the labelled boxes to one number."""

from __future__ import annotations

from typing import Callable, List, NamedTuple, Sequence, Tuple

import numpy as np

from refimpl.anchors import make_anchors
from refimpl.arrays import FloatArray, in_double, like
from refimpl.bce import Probabilities, bce_loss
from refimpl.decode import decode_boxes
from refimpl.dialect import Dialect
from refimpl.errors import ShapeError
from refimpl.losses import bbox_loss
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
    (A, 1), px per cell; the target boxes of `assigned` are in px.
    """

    pred_dist: FloatArray
    logits: FloatArray
    pred_bboxes: FloatArray
    anchor_points: FloatArray
    stride: FloatArray
    assigned: Assignment


@op("feature_maps~: [B 4R+C H W logit]*L, targets: N 6 targets -> total~:, components: 3")
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
        own = [rows[b : b + 1] for rows in gt]
        assigned = assign(Probabilities(logits), pred_bboxes * strides, points * strides, *own, dialect=dialect)
        image = AssignedImage(pred_dist, logits, pred_bboxes, points, strides, assigned)
        return losses(b, image), assigned.target_scores.sum()

    first = in_double(feature_maps[0])
    sums, scores_sum = np.zeros_like(first, shape=3), np.zeros_like(first, shape=())
    for of_one, scores in of_each_image(of_image, images, numbers=len(anchor_points) * np.shape(feature_maps[0])[1]):
        sums, scores_sum = sums + of_one, scores_sum + scores
    return total_loss(sums, scores_sum, images, dialect=dialect), np.maximum(scores_sum, 1)


def image_size(shapes: Sequence[Tuple[int, int]], *, dialect: Dialect) -> Tuple[int, int]:
    """Size of the network input: the first map times its stride.  [DET-1]

    Parameters
    ----------
    shapes : [(H, W)]·L of the feature maps
    dialect : strides are read

    Returns
    -------
    (H, W), px

    Raises
    ------
    ShapeError
        If the maps are not those of one image, to a cell at its edge.
    """
    for side in range(2):
        least, most = -np.inf, np.inf
        for i, (shape, stride) in enumerate(zip(shapes, dialect.strides)):
            low, high = (shape[side] - 2) * stride, (shape[side] + 1) * stride  # Rounded up, or off by a cell.
            if not max(low, least) < min(high, most):
                came = ", ".join(f"({h}, {w})" for h, w in shapes[: i + 1])
                raise ShapeError(f"feature_maps[{i}]: expected maps of one image at strides {dialect.strides}, got {came}")
            least, most = max(low, least), min(high, most)
    height, width = shapes[0]
    return height * dialect.strides[0], width * dialect.strides[0]


def split_predictions(feature_maps: Sequence[FloatArray], *, dialect: Dialect) -> Tuple[FloatArray, FloatArray]:
    """Flatten the levels, y then x, and split the channels into bin logits and class logits.  [DET-1, DET-2]

    Memory stays as the maps have it, one channel after the other: only the view is (B, A, channels).

    Parameters
    ----------
    feature_maps : [(B, 4R + C, H, W) float]·L
    dialect : reg_max is read

    Returns
    -------
    (B, A, 4R) and (B, A, C), in float64 or the number type of the maps
    """
    flat = [in_double(level).reshape((*level.shape[:2], level.shape[2] * level.shape[3])) for level in feature_maps]
    channels = np.moveaxis(np.concatenate(flat, axis=-1), 1, -1)
    return channels[..., : 4 * dialect.reg_max], channels[..., 4 * dialect.reg_max :]


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
    scores, fg_mask = assigned.target_scores, assigned.fg_mask
    pieces = class_pieces(dialect.num_classes)
    cls = sum(bce_loss(logits[..., piece], scores[..., piece], dialect=dialect).sum() for piece in pieces)
    target_bboxes = assigned.target_bboxes / stride
    box, dfl = bbox_loss(pred_dist, pred_bboxes, anchor_points, target_bboxes, scores, 1.0, fg_mask, dialect=dialect)
    return np.stack([box, cls, dfl])


def class_pieces(classes: int) -> List[slice]:
    """Split the classes into pieces that stay in the processor's cache."""
    return [slice(start, start + 8) for start in range(0, classes, 8)]


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
    gains = like(sums, [dialect.box_gain, dialect.cls_gain, dialect.dfl_gain])
    components = sums / np.maximum(scores_sum, 1) * gains
    return DetectionLoss(batch_size * components.sum(), components)

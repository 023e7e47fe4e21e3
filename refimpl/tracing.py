"""The recipe stage by stage: every array between the head's raw outputs and the loss, by name.

This is `detection_loss` once more, written as one plain sequence over the whole batch: the page to read a number off,
to step through with a debugger, or to lay beside the intermediate tensors of an implementation.
"""

from __future__ import annotations

from typing import Any, Dict, Sequence

import numpy as np

from refimpl.anchors import make_anchors
from refimpl.arrays import FloatArray
from refimpl.bce import sigmoid
from refimpl.classification import classification_loss
from refimpl.decode import decode_boxes
from refimpl.detection import NORMALISERS, detection_loss
from refimpl.dialect import Dialect
from refimpl.losses import bbox_loss
from refimpl.maps import image_size, split_predictions
from refimpl.protocol import takes_as
from refimpl.scores import target_scores
from refimpl.tal import Assignment, owned_targets, stages
from refimpl.targets import pad_targets


@takes_as(detection_loss)
def trace(feature_maps: Sequence[FloatArray], targets: FloatArray, *, dialect: Dialect) -> Dict[str, Any]:
    """Run the recipe of `detection_loss` and keep what every stage gives.

    Parameters
    ----------
    feature_maps, targets : as in `detection_loss`
    dialect : all fields are read

    Returns
    -------
    dict, in the order of the recipe
        anchor_points (A, 2) grid; stride_tensor (A, 1) px; image_size (2,) px; pred_dist (B, A, 4R); logits and pd_scores
        (B, A, C); pred_bboxes (B, A, 4) grid; pd_bboxes (B, A, 4) px; gt_labels (B, G, 1); gt_bboxes (B, G, 4) px; mask_gt
        (B, G, 1); inside, metric, overlaps, claimed and mask_pos (B, G, A); target_gt_idx, fg_mask and target_labels (B, A);
        target_bboxes (B, A, 4) px; target_scores (B, A, C); S; box, cls and dfl, sums by S before gains; components (3,); total

    Raises
    ------
    ContractError
        If an argument is not as above.

    >>> import numpy as np, refimpl
    >>> maps = [np.zeros((1, 144, side, side)) for side in (8, 4, 2)]
    >>> steps = trace(maps, [[0, 3, 0.5, 0.5, 0.4, 0.4]], dialect="YOLOV8")
    >>> steps["inside"].sum(axis=-1).tolist(), int(steps["fg_mask"].sum()), round(float(steps["total"]), 3)
    ([[20]], 10, 2332.029)
    """
    # Where the anchors are, and what is labelled.
    shapes = [np.shape(level)[2:] for level in feature_maps]
    anchor_points, stride_tensor = make_anchors(shapes, dialect=dialect)
    size = image_size(shapes, dialect=dialect)
    gt_labels, gt_bboxes, mask_gt = pad_targets(targets, len(feature_maps[0]), size, dialect=dialect)

    # What the head predicts.
    pred_dist, logits = split_predictions(feature_maps, dialect=dialect)
    pd_scores = sigmoid(logits)
    pred_bboxes = decode_boxes(pred_dist, anchor_points, dialect=dialect)
    pd_bboxes, points = pred_bboxes * stride_tensor, anchor_points * stride_tensor

    # Which anchor learns which box, and how strongly.
    given = pd_scores, pd_bboxes, points, gt_labels, gt_bboxes, mask_gt, stride_tensor
    inside, alignment, claimed, owners = stages(*given, dialect=dialect)
    scores = target_scores(alignment, owners, gt_labels, claimed, dialect=dialect)
    target_labels, target_bboxes = owned_targets(owners.target_gt_idx, gt_labels, gt_bboxes, dialect=dialect)
    assigned = Assignment(target_labels, target_bboxes, scores, owners.fg_mask, owners.target_gt_idx)

    # What it costs.
    divisor = NORMALISERS[dialect.normaliser](scores.sum())
    boxes = pred_dist, pred_bboxes, anchor_points, target_bboxes / stride_tensor, scores
    box, dfl = bbox_loss(*boxes, divisor, owners.fg_mask, stride_tensor, size, dialect=dialect)
    cls = classification_loss(logits, assigned, dialect=dialect) / divisor
    components = np.array([dialect.box_gain * box, dialect.cls_gain * cls, dialect.dfl_gain * dfl])
    total = components.sum() * (len(logits) if dialect.times_batch else 1)

    return {
        "anchor_points": anchor_points, "stride_tensor": stride_tensor, "image_size": np.array(size),
        "pred_dist": pred_dist, "logits": logits, "pd_scores": pd_scores,
        "pred_bboxes": pred_bboxes, "pd_bboxes": pd_bboxes, "gt_labels": gt_labels, "gt_bboxes": gt_bboxes, "mask_gt": mask_gt,
        "inside": inside, **alignment._asdict(), "claimed": claimed, **owners._asdict(),
        "target_labels": target_labels, "target_bboxes": target_bboxes, "target_scores": scores,
        "S": divisor, "box": box, "cls": cls, "dfl": dfl, "components": components, "total": total,
    }  # fmt: skip

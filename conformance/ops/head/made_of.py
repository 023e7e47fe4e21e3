"""What the detection loss is made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from conformance.cases.case import Case
from conformance.ops.assigner.made_of import of_assign
from conformance.ops.assigner.scenes import reach
from conformance.ops.head.sizes import image_size
from conformance.ops.losses.made_of import of_bbox_loss
from conformance.ops.made_of import Answer, Stages, Whole, named
from refimpl.bce import sigmoid
from refimpl.detection import NORMALISERS, split_predictions


def of_detection(case: Case, answer: Answer) -> Stages:
    size, shapes = image_size(case), [level.shape[2:] for level in case.feature_maps]
    pred_dist, logits = split_predictions(case.feature_maps, dialect=case.dialect)
    yield named("make_anchors", shapes)
    points, stride = answer("make_anchors", shapes)
    boxes = answer("decode_boxes", pred_dist, points)
    yield named("dist2bbox", np.concatenate([points - boxes[..., :2], boxes[..., 2:] - points], axis=-1), points)
    yield named("decode_boxes", pred_dist, points)
    yield named("pad_targets", case.targets, len(logits), size)
    gt = answer("pad_targets", case.targets, len(logits), size)
    assigning = named("assign", sigmoid(logits), boxes * stride, points * stride, *gt, *reach(case.dialect, stride).values())
    yield from of_assign(Case.of(case.dialect, assigning[1]), answer)
    _, target, scores, fg_mask, _ = answer(assigning[0], *assigning[1].values())
    yield named("bce_loss", logits, scores)
    scores_sum = NORMALISERS[case.dialect.normaliser](scores.sum())
    told = (stride, size) if case.dialect.reg_max == 1 else ()
    losing = named("bbox_loss", pred_dist, boxes, points, target / stride, scores, scores_sum, fg_mask, *told)
    yield from of_bbox_loss(Case.of(case.dialect, losing[1]), answer)


def stride(self: Any, feature_maps: Any, targets: Any) -> np.ndarray:
    """px per cell of each anchor (A, 1)."""
    return self.make_anchors([level.shape[2:] for level in feature_maps])[1]


CALLS = ("make_anchors", "decode_boxes", "pad_targets", "assign", "bce_loss", "bbox_loss")

MADE_OF = {"detection_loss": Whole(CALLS, of_detection, stride)}

"""The shapes of what each op returns, for a case."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Tuple

from conformance.cases.case import Case


def _anchors(case: Case) -> int:
    return sum(height * width for height, width in case.feature_shapes)


def _pairs(case: Case) -> List[Tuple[int, ...]]:
    return [(len(case.boxes1),)]


SHAPES: Dict[str, Callable[[Case], Any]] = {
    "make_anchors": lambda c: [(_anchors(c), 2), (_anchors(c), 1)],
    "dist2bbox": lambda c: [c.distance.shape],
    "bbox2dist": lambda c: [c.bboxes.shape],
    "decode_boxes": lambda c: [c.pred_dist.shape[:2] + (4,)],
    "iou": _pairs,
    "giou": _pairs,
    "diou": _pairs,
    "ciou": _pairs,
    "pad_targets": lambda c: None,
    "candidates_in_gts": lambda c: [c.gt_bboxes.shape[:2] + c.anchor_points.shape[:1]],
    "alignment_metric": lambda c: [c.mask.shape] * 2,
    "select_topk": lambda c: [c.metric.shape],
    "resolve_conflicts": lambda c: [c.mask_pos[:, 0].shape] * 2 + [c.mask_pos.shape],
    "assign": lambda c: [
        c.pd_scores.shape[:2],
        c.pd_bboxes.shape,
        c.pd_scores.shape,
        c.pd_scores.shape[:2],
        c.pd_scores.shape[:2],
    ],
    "bce_loss": lambda c: [c.logits.shape],
    "dfl_loss": lambda c: [c.target.shape[:1]],
    "bbox_loss": lambda c: [(), ()],
    "detection_loss": lambda c: [(), (3,)],
}
"""Shapes of the results, in the order of the protocol; padded targets are checked by their clauses."""

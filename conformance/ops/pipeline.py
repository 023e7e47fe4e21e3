"""The pipeline: the ops that a whole is made of, in their order, each with its arguments.

What an op passes on to those after it is answered by the reference or by a candidate.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterator, Tuple

import numpy as np

import refimpl
from conformance.calling.candidate import Candidate
from conformance.calling.errors import CandidateError, NotServed
from conformance.cases.protocol import PROTOCOL
from conformance.judging.rounding import Precision
from conformance.ops.cases import Case
from conformance.ops.head.cases import image_size
from refimpl import Dialect
from refimpl.bce import sigmoid
from refimpl.detection import split_predictions

Answer = Callable[..., Any]
"""`(op, *arguments)` to what the op returns, as the reference returns it."""

Stages = Iterator[Tuple[str, Dict[str, Any]]]
"""Ops with their arguments by name."""


def of_reference(dialect: Dialect) -> Answer:
    """Every op is answered by the reference."""
    return lambda op, *values: getattr(refimpl, op)(*values, dialect=dialect)


def of_candidate(candidate: Candidate, dialect: Dialect, precision: Precision) -> Answer:
    """The ops the candidate offers are answered by itself, the others, and what it cannot answer, by the reference."""
    reference = of_reference(dialect)

    def answer(op: str, *values: Any) -> Any:
        expected = reference(op, *values)
        if op not in candidate.ops:
            return expected
        try:
            got = candidate.call(op, dialect, [held(x, precision) for x in values], precision)
        except (CandidateError, NotServed):
            return expected
        if not isinstance(expected, tuple):
            return got[0].astype(expected.dtype)
        return type(expected)(*(x.astype(like.dtype) for x, like in zip(got, expected)))

    return answer


def held(value: Any, precision: Precision) -> Any:
    """Floats as the precision can hold them."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.astype(precision.dtype).astype(np.float64)
    return value


def _named(op: str, *values: Any) -> Tuple[str, Dict[str, Any]]:
    return op, dict(zip(PROTOCOL[op].arguments, values))


def _of_assign(case: Case, answer: Answer) -> Stages:
    if case.gt_bboxes.shape[1]:
        yield from _of_claims(case, answer)
    yield "assign", dict(case.arguments)


def _of_claims(case: Case, answer: Answer) -> Stages:
    """The steps of the assigner, which are made for one box at least."""
    scores, boxes, points, gt_labels, gt_boxes, mask_gt = (case.arguments[name] for name in PROTOCOL["assign"].arguments)
    yield _named("candidates_in_gts", points, gt_boxes, mask_gt)
    inside = answer("candidates_in_gts", points, gt_boxes, mask_gt)
    b, g, a = np.nonzero(inside)
    yield from _of_overlaps(gt_boxes[b, g], boxes[b, a])
    yield _named("alignment_metric", scores, boxes, gt_labels, gt_boxes, inside)
    metric, overlaps = answer("alignment_metric", scores, boxes, gt_labels, gt_boxes, inside)
    yield _named("select_topk", metric, mask_gt)
    claimed = answer("select_topk", metric, mask_gt)
    yield _named("resolve_conflicts", claimed & inside if case.dialect.claims_inside else claimed, overlaps)


def _of_overlaps(boxes1: np.ndarray, boxes2: np.ndarray) -> Stages:
    """CIoU is made of DIoU, and that of IoU; of no pairs nothing is asked."""
    for op in ("iou", "diou", "ciou") if len(boxes1) else ():
        yield _named(op, boxes1, boxes2)


def _of_bbox_loss(case: Case, answer: Answer) -> Stages:
    at = np.nonzero(case.fg_mask)
    target, points = case.target_bboxes[at], case.anchor_points[at[1]]
    yield from _of_overlaps(case.pred_bboxes[at], target)
    if len(points):
        yield _named("bbox2dist", points, target)
        yield _named("dfl_loss", case.pred_dist[at], answer("bbox2dist", points, target))
    yield "bbox_loss", dict(case.arguments)


def _of_detection(case: Case, answer: Answer) -> Stages:
    size, shapes = image_size(case), [level.shape[2:] for level in case.feature_maps]
    pred_dist, logits = split_predictions(case.feature_maps, dialect=case.dialect)
    yield _named("make_anchors", shapes)
    points, stride = answer("make_anchors", shapes)
    boxes = answer("decode_boxes", pred_dist, points)
    yield _named("dist2bbox", np.concatenate([points - boxes[..., :2], boxes[..., 2:] - points], axis=-1), points)
    yield _named("decode_boxes", pred_dist, points)
    yield _named("pad_targets", case.targets, len(logits), size)
    gt = answer("pad_targets", case.targets, len(logits), size)
    assigning = _named("assign", sigmoid(logits), boxes * stride, points * stride, *gt)
    yield from _of_assign(Case(case.dialect, assigning[1]), answer)
    _, target, scores, fg_mask, _ = answer(assigning[0], *assigning[1].values())
    yield _named("bce_loss", logits, scores)
    scores_sum = np.maximum(scores.sum(), 1)
    losing = _named("bbox_loss", pred_dist, boxes, points, target / stride, scores, scores_sum, fg_mask)
    yield from _of_bbox_loss(Case(case.dialect, losing[1]), answer)


PIPELINES: Dict[str, Callable[[Case, Answer], Stages]] = {
    "assign": _of_assign,
    "bbox_loss": _of_bbox_loss,
    "detection_loss": _of_detection,
}
"""The ops that are made of others."""

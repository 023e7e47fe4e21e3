"""What the assigner is made of."""

from __future__ import annotations

import numpy as np

from conformance.cases.case import Case
from conformance.cases.protocol import OPS
from conformance.ops.made_of import Answer, Stages, Whole, named
from conformance.ops.overlaps.made_of import of_overlaps


def of_assign(case: Case, answer: Answer) -> Stages:
    if case.gt_bboxes.shape[1]:
        yield from of_claims(case, answer)
    yield "assign", dict(case.arguments)


def of_claims(case: Case, answer: Answer) -> Stages:
    """The steps of the assigner, which are made for one box at least."""
    scores, boxes, points, gt_labels, gt_boxes, mask_gt = (case.arguments[name] for name in OPS["assign"].arguments)
    yield named("candidates_in_gts", points, gt_boxes, mask_gt)
    inside = answer("candidates_in_gts", points, gt_boxes, mask_gt)
    b, g, a = np.nonzero(inside)
    yield from of_overlaps(gt_boxes[b, g], boxes[b, a])
    yield named("alignment_metric", scores, boxes, gt_labels, gt_boxes, inside)
    metric, overlaps = answer("alignment_metric", scores, boxes, gt_labels, gt_boxes, inside)
    yield named("select_topk", metric, mask_gt)
    claimed = answer("select_topk", metric, mask_gt)
    yield named("resolve_conflicts", claimed & inside if case.dialect.claims_inside else claimed, overlaps)


def of_metric(case: Case, answer: Answer) -> Stages:
    """The overlaps of the pairs on the mask, then the metric."""
    b, g, a = np.nonzero(case.mask)
    yield from of_overlaps(case.gt_bboxes[b, g], case.pd_bboxes[b, a])
    yield "alignment_metric", dict(case.arguments)


MADE_OF = {
    "alignment_metric": Whole(("ciou",), of_metric),
    "assign": Whole(("candidates_in_gts", "alignment_metric", "select_topk", "resolve_conflicts"), of_assign),
}

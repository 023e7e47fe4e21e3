"""What the losses of the foreground are made of."""

from __future__ import annotations

import numpy as np

from conformance.cases.case import Case
from conformance.ops.made_of import Answer, Stages, Whole, named
from conformance.ops.overlaps.made_of import of_overlaps


def of_bbox_loss(case: Case, answer: Answer) -> Stages:
    at = np.nonzero(case.fg_mask)
    target, points = case.target_bboxes[at], case.anchor_points[at[1]]
    yield from of_overlaps(case.pred_bboxes[at], target)
    if len(points):
        yield named("bbox2dist", points, target)
    if len(points) and case.dialect.reg_max > 1:
        yield named("dfl_loss", case.pred_dist[at], answer("bbox2dist", points, target))
    yield "bbox_loss", dict(case.arguments)


MADE_OF = {"bbox_loss": Whole(("ciou", "bbox2dist", "dfl_loss"), of_bbox_loss)}

"""Rules that other implementations follow on purpose: under the judged dialect they break clauses, yet are no bugs."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import having, under


@mutant(
    "alignment_metric", "the overlap is IoU, not CIoU", "TAL-2", "TAL-3",
    seen="PaddleDetection, super-gradients, YOLOv6 and luxonis-train", convention=True,
)  # fmt: skip
def overlap_of_iou(self, right, *arguments):
    return having(self, ciou=lambda _, *boxes: self.iou(*boxes)).alignment_metric(*arguments)


@mutant(
    "resolve_conflicts", "a contested anchor goes to the largest overlap among its claimants only", "TAL-5",
    seen="mmdet and keras-cv", convention=True,
)  # fmt: skip
def owner_among_claimants(self, right, mask_pos, overlaps):
    return right(mask_pos, np.where(mask_pos, overlaps, -1))


@mutant(
    "assign", "a contested anchor goes to the largest overlap of all boxes, whether they contain it or not", "TAL-1", "TAL-5",
    seen="Ultralytics before 8.0.52, mmyolo and YOLOv9", convention=True,
)  # fmt: skip
def owner_among_all_boxes(self, right, pd_scores, pd_bboxes, anchor_points, gt_labels, gt_bboxes, mask_gt):
    of_all = np.maximum(self.ciou(gt_bboxes[:, :, np.newaxis], pd_bboxes[:, np.newaxis]), 0) * mask_gt

    def by_all(resolve, claimed, _):
        return resolve(claimed, of_all)

    return having(self, resolve_conflicts=by_all).assign(
        pd_scores, pd_bboxes, anchor_points, gt_labels, gt_bboxes, mask_gt
    )


@mutant(
    "candidates_in_gts", "a side below the second stride is widened to it for the in-box test", "TAL-1",
    seen="the releases of Ultralytics from 8.4.128 on", dialect="ULTRALYTICS_8_4",
)  # fmt: skip
def sides_widened(self, right, *arguments):
    return under(self, widen_gts="to_second_stride").candidates_in_gts(*arguments)


@mutant(
    "assign", "claimed anchors outside the box become positives", "TAL-1", "TAL-4", "TAL-5",
    seen="LabelAssigner and its rewrites", dialect="LABEL_ASSIGNER",
)  # fmt: skip
def claims_outside_the_box(self, right, *arguments):
    return under(self, topk_among="all").assign(*arguments)

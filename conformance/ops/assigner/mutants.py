"""Faults that lie between the steps of the assigner: who is assigned what."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import having


@mutant(
    "assign", "a contested anchor goes to the largest metric, not overlap", "TAL-4", "TAL-5",
    seen="MultimediaTechLab YOLO before fd5413f",
)  # fmt: skip
def conflicts_by_metric(self, right, *arguments):
    metrics = []

    def rate(right, *arguments):
        metric, overlap = right(*arguments)
        metrics.append(metric)
        return metric, overlap

    def resolve(right, mask_pos, overlaps):
        return right(mask_pos, metrics[-1])

    return having(self, alignment_metric=rate, resolve_conflicts=resolve).assign(*arguments)


@mutant(
    "assign", "top-k runs over all anchors, and those outside the box are dropped after it", "TAL-4", "TAL-5",
    seen="mmdet",
)  # fmt: skip
def topk_before_the_in_box_test(self, right, *arguments):
    def rate(right, *arguments):
        *before, mask = arguments
        return right(*before, np.ones_like(mask))[0], right(*before, mask)[1]

    return having(self, alignment_metric=rate).assign(*arguments)


@mutant("assign", "anchors need not lie inside the box", "TAL-1", "TAL-4", seen="Badger")
def no_in_box_test(self, right, *arguments):
    def inside(right, anchor_points, gt_bboxes, mask_gt):
        return np.repeat(mask_gt, len(anchor_points), axis=-1)

    return having(self, candidates_in_gts=inside).assign(*arguments)


@mutant(
    "assign", "a box without candidates is given the anchor that predicts it best", "TAL-1", "TAL-4", "TAL-5",
    seen="LibreYOLO, MultimediaTechLab YOLO",
)  # fmt: skip
def one_anchor_ensured(self, right, pd_scores, pd_bboxes, *rest):
    def inside(right, anchor_points, gt_bboxes, mask_gt):
        found = right(anchor_points, gt_bboxes, mask_gt)
        metric, _ = self.alignment_metric(pd_scores, pd_bboxes, rest[1], gt_bboxes, np.ones_like(found))
        best = np.arange(found.shape[-1]) == metric.argmax(axis=-1)[..., np.newaxis]
        return found | (best & mask_gt & ~found.any(axis=-1, keepdims=True))

    return having(self, candidates_in_gts=inside).assign(pd_scores, pd_bboxes, *rest)


@mutant("assign", "masked boxes take part", "TAL-1")
def mask_of_boxes_ignored(self, right, *arguments):
    return right(*arguments[:-1], np.ones_like(arguments[-1]))


@mutant("assign", "masked boxes claim nothing, but win anchors that others contest", "TAL-5")
def masked_boxes_win_conflicts(self, right, *arguments):
    def inside(right, anchor_points, gt_bboxes, mask_gt):
        return right(anchor_points, gt_bboxes, np.ones_like(mask_gt))

    return having(self, candidates_in_gts=inside).assign(*arguments)


@mutant("assign", "boxes after the eighth take no part", "TAL-4", "TAL-5")
def eight_boxes_assigned(self, right, *arguments):
    *arguments, mask_gt = arguments
    return right(*arguments, mask_gt & (np.arange(mask_gt.shape[1])[:, np.newaxis] < 8))


@mutant("assign", "all images are rated by the boxes predicted in the first", "TAL-4", "TAL-5", "TAL-7")
def predictions_of_the_first_image(self, right, pd_scores, pd_bboxes, *rest):
    return right(pd_scores, np.broadcast_to(pd_bboxes[:1], pd_bboxes.shape), *rest)


@mutant("assign", "target boxes of all images are those of the first: the offset of the image is missing", "TAL-6")
def boxes_of_the_first_image(self, right, *arguments):
    labels, boxes, scores, fg_mask, owner = right(*arguments)
    gt_bboxes = arguments[4]
    return labels, gt_bboxes[0][owner] if gt_bboxes.shape[1] else boxes, scores, fg_mask, owner


@mutant("assign", "a contested anchor carries label and box of the first box that claims it", "TAL-6")
def targets_of_the_first_claimant(self, right, *arguments):
    claims = []

    def resolve(right, mask_pos, overlaps):
        claims.append(mask_pos)
        return right(mask_pos, overlaps)

    labels, boxes, *rest = having(self, resolve_conflicts=resolve).assign(*arguments)
    if not claims[0].shape[1]:
        return labels, boxes, *rest
    first, image = claims[0].argmax(axis=1), np.arange(len(labels))[:, np.newaxis]
    return arguments[3][image, first, 0], arguments[4][image, first], *rest


@mutant("assign", "labels count from 1, as with a background class in front", "TAL-6")
def labels_from_1(self, right, *arguments):
    labels, *rest = right(*arguments)
    return labels + 1, *rest


@mutant("assign", "target boxes are rounded to float32", "TAL-6")
def boxes_in_float32(self, right, *arguments):
    labels, boxes, *rest = right(*arguments)
    return labels, boxes.astype(np.float32), *rest


@mutant(
    "assign", "the index of the owner counts the boxes of the whole batch",
    "TAL-1", "TAL-4", "TAL-5", "TAL-6", "TAL-7",
)  # fmt: skip
def owner_in_the_batch(self, right, *arguments):
    *rest, owner = right(*arguments)
    return *rest, owner + np.arange(len(owner))[:, np.newaxis] * arguments[4].shape[1]

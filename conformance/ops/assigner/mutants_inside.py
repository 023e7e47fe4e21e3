"""Faults in the in-box test."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under


@mutant("candidates_in_gts", "an anchor on an edge of a box counts as inside", "TAL-1", seen="LibreYOLO", convention=True)
def edges_are_inside(self, right, *arguments):
    return under(self, inside_eps=-1e-30).candidates_in_gts(*arguments)


@mutant("candidates_in_gts", "the left and the upper edge belong to the box", "TAL-1")
def half_open_boxes(self, right, anchor_points, gt_bboxes, mask_gt):
    before_end = (anchor_points < gt_bboxes[:, :, np.newaxis, 2:]).all(axis=-1)
    return under(self, inside_eps=-1e-30).candidates_in_gts(anchor_points, gt_bboxes, mask_gt) & before_end


@mutant("candidates_in_gts", "an anchor must lie 0.01 px inside a box, not 1e-9", "TAL-1", seen="mmdet", convention=True)
def inside_by_a_hundredth(self, right, *arguments):
    return under(self, inside_eps=0.01).candidates_in_gts(*arguments)


@mutant("candidates_in_gts", "the in-box epsilon is 1e-8", "TAL-1")
def inside_eps_one_decade_up(self, right, *arguments):
    return under(self, inside_eps=10 * self.dialect.inside_eps).candidates_in_gts(*arguments)


@mutant("candidates_in_gts", "the in-box test has no epsilon", "TAL-1", seen="keras-cv", convention=True)
def inside_eps_zero(self, right, *arguments):
    return under(self, inside_eps=0).candidates_in_gts(*arguments)


@mutant("candidates_in_gts", "the in-box epsilon is 1 % too large", "TAL-1")
def inside_eps_1_percent_up(self, right, *arguments):
    return under(self, inside_eps=1.01 * self.dialect.inside_eps).candidates_in_gts(*arguments)


@mutant("candidates_in_gts", "the in-box test rounds its arguments to float32", "TAL-1")
def inside_in_float32(self, right, anchor_points, gt_bboxes, mask_gt):
    return right(anchor_points.astype(np.float32), gt_bboxes.astype(np.float32), mask_gt)


@mutant("candidates_in_gts", "the in-box test rounds its arguments to float16", "TAL-1")
def inside_in_float16(self, right, anchor_points, gt_bboxes, mask_gt):
    return right(anchor_points.astype(np.float16), gt_bboxes.astype(np.float16), mask_gt)


@mutant("candidates_in_gts", "anchors in cells are compared with boxes in px", "TAL-1", seen="yolocpp fa67259")
def inside_by_cells(self, right, anchor_points, gt_bboxes, mask_gt):
    return right(anchor_points / self.dialect.strides[0], gt_bboxes, mask_gt)


@mutant("candidates_in_gts", "x of an anchor is compared with y of the box", "TAL-1")
def inside_transposed(self, right, anchor_points, gt_bboxes, mask_gt):
    return right(anchor_points[:, ::-1], gt_bboxes, mask_gt)


@mutant("candidates_in_gts", "the lower edge of a box is not tested", "TAL-1")
def lower_edge_open(self, right, anchor_points, gt_bboxes, mask_gt):
    boxes = gt_bboxes.copy()
    boxes[..., 3] = np.maximum(boxes[..., 3], anchor_points[:, 1].max() + 1)
    return right(anchor_points, boxes, mask_gt)


@mutant("candidates_in_gts", "all images are tested with the boxes of the first", "TAL-1")
def inside_boxes_of_the_first_image(self, right, anchor_points, gt_bboxes, mask_gt):
    return right(anchor_points, np.broadcast_to(gt_bboxes[:1], gt_bboxes.shape), mask_gt)


@mutant(
    "candidates_in_gts", "a box whose coordinates sum to 0 or less holds no anchor", "TAL-1",
    seen="Ultralytics",
)  # fmt: skip
def coordinate_sum_gates_inside(self, right, anchor_points, gt_bboxes, mask_gt):
    return right(anchor_points, gt_bboxes, mask_gt & (gt_bboxes.sum(axis=-1, keepdims=True) > 0))


@mutant("candidates_in_gts", "the corners of an inverted box are put in order, so that it holds anchors", "TAL-1")
def inverted_boxes_hold_anchors(self, right, anchor_points, gt_bboxes, mask_gt):
    start, end = gt_bboxes[..., :2], gt_bboxes[..., 2:]
    return right(anchor_points, np.concatenate([np.minimum(start, end), np.maximum(start, end)], axis=-1), mask_gt)


@mutant(
    "candidates_in_gts", "a side below the first stride is widened to the second, as in 8.4.0 – 8.4.127", "TAL-1",
    seen="Ultralytics 8.4.0 – 8.4.127, luxonis-train",
)  # fmt: skip
def small_boxes_overtake(self, right, anchor_points, gt_bboxes, mask_gt):
    side, middle = gt_bboxes[..., 2:] - gt_bboxes[..., :2], (gt_bboxes[..., 2:] + gt_bboxes[..., :2]) / 2
    half = np.where(side < self.dialect.strides[0], self.dialect.strides[:2][-1], side) / 2
    boxes = np.concatenate([middle - half, middle + half], axis=-1)
    return under(self, widen_gts="never").candidates_in_gts(anchor_points, boxes, mask_gt)


@mutant(
    "candidates_in_gts", "anchor points of the first call with as many of them are kept for all calls", "TAL-1",
    seen="YOLOv6 generate_anchors",
)  # fmt: skip
def anchors_of_the_first_call(self, right, anchor_points, gt_bboxes, mask_gt):
    kept = vars(self).setdefault("kept", {})
    return right(kept.setdefault((anchor_points.shape, anchor_points.dtype), anchor_points), gt_bboxes, mask_gt)


@mutant("candidates_in_gts", "anchors after the 64th are never candidates", "TAL-1")
def sixty_four_anchors(self, right, *arguments):
    inside = right(*arguments)
    inside[..., 64:] = False
    return inside

"""Faults in the overlaps of suppression, and in what enters it."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.nms.mutant_steps import falling, overlaps, walk


@mutant("nms", "the overlap is the intersection over the smaller area", "NMS-3", "NMS-7")
@np.errstate(divide="ignore", invalid="ignore")
def nms_over_smaller_area(self, right, boxes, scores, iou_threshold):
    iou, areas = overlaps(self, boxes), (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    shared = iou / (1 + iou) * (areas[:, np.newaxis] + areas)
    return walk(falling(scores), shared / np.minimum(areas[:, np.newaxis], areas) > iou_threshold)


@mutant("nms", "the overlap is the intersection over both areas: the union counts it twice", "NMS-2", "NMS-7")
def nms_over_both_areas(self, right, boxes, scores, iou_threshold):
    iou = overlaps(self, boxes)
    return walk(falling(scores), iou / (1 + iou) > iou_threshold)


@mutant("nms", "the threshold is taken as the least distance: 1 - IoU is compared with it", "NMS-2", "NMS-3")
def nms_by_distance(self, right, boxes, scores, iou_threshold):
    return right(boxes, scores, 1 - iou_threshold)


@mutant("nms", "the threshold is lost and 0 is taken", "NMS-3", "NMS-7", seen="OpenVINO #33836")
def nms_threshold_lost(self, right, boxes, scores, iou_threshold):
    return right(boxes, scores, 0.0)


@mutant("nms", "the threshold is 1 percent higher", "NMS-2")
def nms_threshold_1_percent_off(self, right, boxes, scores, iou_threshold):
    return right(boxes, scores, iou_threshold * 1.01)


@mutant(
    "nms",
    "corners are taken for corner and size",
    "NMS-2",
    "NMS-3",
    "NMS-6",
    "NMS-7",
    seen="OpenCV #26945, openvino_notebooks #532",
)
def nms_of_xywh(self, right, boxes, scores, iou_threshold):
    return right(np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1), scores, iou_threshold)


@mutant("nms", "coordinates are cut to whole px", "NMS-2", "NMS-3", "NMS-7", "NMS-6", seen="OpenCV #17089")
def nms_of_whole_px(self, right, boxes, scores, iou_threshold):
    return right(np.trunc(boxes), scores, iou_threshold)


@mutant(
    "nms", "overlaps are computed in float16", "NMS-2", "NMS-3", "NMS-6", "NMS-7", seen="OpenVINO #18038, OpenCV #26269"
)
def nms_in_float16(self, right, boxes, scores, iou_threshold):
    with np.errstate(all="ignore"):
        return right(boxes.astype(np.float16), scores, iou_threshold)


@mutant("nms", "scores are compared in float16", "NMS-1")
def nms_scores_in_float16(self, right, boxes, scores, iou_threshold):
    return right(boxes, scores.astype(np.float16), iou_threshold)


@mutant("nms", "negative coordinates count as 0", "NMS-3", "NMS-2")
def nms_clipped_at_0(self, right, boxes, scores, iou_threshold):
    return right(np.maximum(boxes, 0), scores, iou_threshold)


@mutant("nms", "boxes apart in x and y overlap: two negative sides make a positive area", "NMS-3", "NMS-7")
@np.errstate(all="ignore")
def nms_negative_sides(self, right, boxes, scores, iou_threshold):
    low, high = np.maximum(boxes[:, np.newaxis, :2], boxes[:, :2]), np.minimum(boxes[:, np.newaxis, 2:], boxes[:, 2:])
    shared, areas = (high - low).prod(axis=-1), (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    return walk(falling(scores), shared / (areas[:, np.newaxis] + areas - shared) > iou_threshold)


@mutant(
    "nms",
    "only the 100 best boxes are looked at",
    "NMS-3",
    seen="top_k before the suppression in OpenCV",
    convention=True,
)
def nms_of_100(self, right, boxes, scores, iou_threshold):
    best = falling(scores)[:100]
    return best[right(boxes[best], scores[best], iou_threshold)]


@mutant("nms", "boxes that score 0 are left out", "NMS-3")
def nms_above_score_0(self, right, boxes, scores, iou_threshold):
    some = np.flatnonzero(scores > 0)
    return some[right(boxes[some], scores[some], iou_threshold)]


@mutant("nms", "the answer is cached by the number of boxes", "NMS-1", "NMS-2", "NMS-3")
def nms_cached(self, right, boxes, scores, iou_threshold):
    return vars(self).setdefault("answers", {}).setdefault(len(boxes), right(boxes, scores, iou_threshold))


@mutant("nms", "the best box is kept twice", "NMS-1", seen="Paddle #46148")
def nms_repeats(self, right, *arguments):
    keep = right(*arguments)
    return np.concatenate([keep[:1], keep])

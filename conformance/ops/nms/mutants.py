"""Faults in suppression."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under
from refimpl.nms import box_overlaps, suppresses


def overlaps(self, boxes):
    """(N, N) of boxes among themselves."""
    return box_overlaps(boxes[:, np.newaxis], boxes, dialect=self.dialect)


def walk(order, falls):
    """A greedy pass in some order: falls[k, r] says whether k drops r."""
    kept = []
    for i in order:
        if not any(falls[k, i] for k in kept):
            kept.append(i)
    return np.array(kept, np.int64)


def fallen(self, boxes, t):
    return suppresses(overlaps(self, boxes), t, dialect=self.dialect)


def falling(scores):
    return np.argsort(-scores, kind="stable")


@mutant("nms", "an overlap equal to the threshold drops the box", "NMS-7", seen="OpenVINO, lsnms, py-faster-rcnn cpu_nms.pyx", convention=True)
def nms_at_least(self, right, *arguments):
    return under(self, nms_compare="at_least").nms(*arguments)


@mutant("nms", "the threshold is rounded to float32 before it is compared", "NMS-2", seen="onnxruntime, TensorFlow, OpenCV, Paddle", convention=True)
def nms_threshold_in_float32(self, right, *arguments):
    return under(self, nms_threshold="float32").nms(*arguments)


@mutant("nms", "sides are one pixel longer: x2 - x1 + 1", "NMS-3", "NMS-7", seen="py-faster-rcnn", convention=True)
def nms_of_pixels(self, right, *arguments):
    return under(self, nms_pixel_offset=1).nms(*arguments)


@mutant("nms", "corners are put in order before boxes are compared", "NMS-3", seen="onnxruntime, TensorFlow, OpenVINO", convention=True)
def nms_sorts_corners(self, right, *arguments):
    return under(self, nms_sort_corners=True).nms(*arguments)


@mutant("nms", "a box is kept only if its overlaps are at most the threshold, which 0 / 0 is not", "NMS-6", seen="Ultralytics TorchNMS", convention=True)
def nms_nan_drops(self, right, *arguments):
    return under(self, nms_nan="drops").nms(*arguments)


@mutant("nms", "boxes of no area overlap each other wherever they are", "NMS-6", seen="OpenCV 5.0 dnn.NMSBoxes")
def nms_no_areas_meet(self, right, boxes, scores, iou_threshold):
    empty = (boxes[:, 2:] == boxes[:, :2]).any(axis=1)
    return walk(falling(scores), fallen(self, boxes, iou_threshold) | (empty[:, np.newaxis] & empty))


@mutant("nms", "after a box that is not finite all others are dropped", "NMS-6", seen="Ultralytics TorchNMS")
def nms_ends_at_infinity(self, right, boxes, scores, iou_threshold):
    worse = ~np.isfinite(boxes).all(axis=1)
    return walk(falling(scores), fallen(self, boxes, iou_threshold) | worse[:, np.newaxis])


@mutant("nms", "boxes are taken in rising score", "NMS-1", "NMS-3")
def nms_worst_first(self, right, boxes, scores, iou_threshold):
    return right(boxes, -scores, iou_threshold)


@mutant("nms", "boxes are taken as they come, not by score", "NMS-1", "NMS-3", "NMS-6", seen="jwyang/faster-rcnn.pytorch #320")
def nms_unsorted(self, right, boxes, scores, iou_threshold):
    return right(boxes, np.zeros_like(scores), iou_threshold)


@mutant("nms", "kept boxes are given in the order of the input", "NMS-1", seen="supervision's mask, read with nonzero")
def nms_in_input_order(self, right, *arguments):
    return np.sort(right(*arguments))


@mutant("nms", "indices are those of the sorted list, not of the input", "NMS-1", "NMS-2", "NMS-3", "NMS-6", seen="lsnms #19")
def nms_of_sorted_list(self, right, boxes, scores, iou_threshold):
    order = falling(scores)
    return np.argsort(order, kind="stable")[right(boxes, scores, iou_threshold)]


@mutant("nms", "boxes that fell still drop others: Fast-NMS", "NMS-3", seen="Ultralytics OBB; YOLACT", convention=True)
def nms_fallen_boxes_drop(self, right, boxes, scores, iou_threshold):
    order, falls = falling(scores), fallen(self, boxes, iou_threshold)
    return np.array([i for n, i in enumerate(order) if not any(falls[k, i] for k in order[:n])], np.int64)


@mutant("nms", "once a box drops none the rest is kept unchecked", "NMS-2", seen="Ultralytics 8.3.190-196, #22013")
def nms_early_exit(self, right, boxes, scores, iou_threshold):
    waiting, kept, falls = list(falling(scores)), [], fallen(self, boxes, iou_threshold)
    while waiting:
        kept.append(waiting.pop(0))
        left = [i for i in waiting if not falls[kept[-1], i]]
        if len(left) == len(waiting):
            return np.array(kept + waiting, np.int64)
        waiting = left
    return np.array(kept, np.int64)


@mutant("nms", "a box is compared with the last kept one alone", "NMS-2")
def nms_against_the_last(self, right, boxes, scores, iou_threshold):
    kept, falls = [], fallen(self, boxes, iou_threshold)
    for i in falling(scores):
        if not kept or not falls[kept[-1], i]:
            kept.append(i)
    return np.array(kept, np.int64)


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


@mutant("nms", "corners are taken for corner and size", "NMS-2", "NMS-3", "NMS-6", seen="OpenCV #26945, openvino_notebooks #532")
def nms_of_xywh(self, right, boxes, scores, iou_threshold):
    return right(np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1), scores, iou_threshold)


@mutant("nms", "coordinates are cut to whole px", "NMS-2", "NMS-3", "NMS-7", "NMS-6", seen="OpenCV #17089")
def nms_of_whole_px(self, right, boxes, scores, iou_threshold):
    return right(np.trunc(boxes), scores, iou_threshold)


@mutant("nms", "overlaps are computed in float16", "NMS-2", "NMS-3", "NMS-6", "NMS-7", seen="OpenVINO #18038, OpenCV #26269")
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


@mutant("nms", "only the 100 best boxes are looked at", "NMS-3", seen="top_k before the suppression in OpenCV", convention=True)
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

"""Faults in suppression: decisions, and the order of the pass."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under
from conformance.ops.nms.mutant_steps import fallen, falling, walk


@mutant(
    "nms",
    "an overlap equal to the threshold drops the box",
    "NMS-7",
    seen="OpenVINO, lsnms, py-faster-rcnn cpu_nms.pyx",
    convention=True,
)
def nms_at_least(self, right, *arguments):
    return under(self, nms_compare="at_least").nms(*arguments)


@mutant(
    "nms",
    "the threshold is rounded to float32 before it is compared",
    "NMS-2",
    seen="onnxruntime, TensorFlow, OpenCV, Paddle",
    convention=True,
)
def nms_threshold_in_float32(self, right, *arguments):
    return under(self, nms_threshold="float32").nms(*arguments)


@mutant("nms", "sides are one pixel longer: x2 - x1 + 1", "NMS-3", "NMS-7", seen="py-faster-rcnn", convention=True)
def nms_of_pixels(self, right, *arguments):
    return under(self, nms_pixel_offset=1).nms(*arguments)


@mutant(
    "nms",
    "corners are put in order before boxes are compared",
    "NMS-3",
    seen="onnxruntime, TensorFlow, OpenVINO",
    convention=True,
)
def nms_sorts_corners(self, right, *arguments):
    return under(self, nms_sort_corners=True).nms(*arguments)


@mutant(
    "nms",
    "a box is kept only if its overlaps are at most the threshold, which 0 / 0 is not",
    "NMS-6",
    seen="Ultralytics TorchNMS",
    convention=True,
)
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


@mutant(
    "nms",
    "boxes are taken as they come, not by score",
    "NMS-1",
    "NMS-3",
    "NMS-6",
    seen="jwyang/faster-rcnn.pytorch #320",
)
def nms_unsorted(self, right, boxes, scores, iou_threshold):
    return right(boxes, np.zeros_like(scores), iou_threshold)


@mutant("nms", "kept boxes are given in the order of the input", "NMS-1", seen="supervision's mask, read with nonzero")
def nms_in_input_order(self, right, *arguments):
    return np.sort(right(*arguments))


@mutant(
    "nms",
    "indices are those of the sorted list, not of the input",
    "NMS-1",
    "NMS-2",
    "NMS-3",
    "NMS-6",
    seen="lsnms #19",
)
def nms_of_sorted_list(self, right, boxes, scores, iou_threshold):
    order = falling(scores)
    return np.argsort(order, kind="stable")[right(boxes, scores, iou_threshold)]


@mutant(
    "nms",
    "boxes that fell still drop others: Fast-NMS",
    "NMS-3",
    "NMS-7",
    seen="Ultralytics OBB; YOLACT",
    convention=True,
)
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


@mutant("nms", "at most 300 boxes are kept", "NMS-3")
def nms_of_300(self, right, *arguments):
    return right(*arguments)[:300]


@mutant("nms", "a corner that is not finite is taken for 10000", "NMS-3", "NMS-6", seen="clamps against overflow")
def nms_with_clamped_corners(self, right, boxes, scores, iou_threshold):
    return right(np.clip(boxes, -1e4, 1e4), scores, iou_threshold)

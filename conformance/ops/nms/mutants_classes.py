"""Faults in suppression by class."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under


@mutant(
    "batched_nms",
    "an overlap equal to the threshold drops the box of its class",
    "NMS-4",
    "NMS-7",
    seen="OpenVINO",
    convention=True,
)
def batched_at_least(self, right, *arguments):
    return under(self, nms_compare="at_least").batched_nms(*arguments)


@mutant(
    "batched_nms", "boxes are moved 7680 px for each class", "NMS-4", "NMS-2", "NMS-3", "NMS-6", "NMS-7",
    seen="Ultralytics non_max_suppression", convention=True,
)  # fmt: skip
def batched_by_offset(self, right, *arguments):
    return under(self, nms_classes="offset").batched_nms(*arguments)


@mutant("batched_nms", "classes are ignored", "NMS-4", seen="agnostic suppression", convention=True)
def batched_ignores_classes(self, right, boxes, scores, classes, iou_threshold):
    return self.nms(boxes, scores, iou_threshold)


@mutant("batched_nms", "boxes of other classes are dropped, those of the same are kept", "NMS-2", "NMS-4")
def batched_by_other_classes(self, right, boxes, scores, classes, iou_threshold):
    apart = np.arange(len(classes)) * (classes == classes[:1]).all() if len(classes) else classes
    return right(boxes, scores, apart % self.dialect.num_classes, iou_threshold)


@mutant("batched_nms", "classes are given for scores", "NMS-1", "NMS-3", "NMS-6", seen="MultimediaTechLab/YOLO #100")
def batched_classes_as_scores(self, right, boxes, scores, classes, iou_threshold):
    return right(boxes, classes.astype(np.float64), classes, iou_threshold)


@mutant("batched_nms", "the lists of the classes are joined, not merged by score", "NMS-1")
def batched_class_by_class(self, right, boxes, scores, classes, iou_threshold):
    keep = right(boxes, scores, classes, iou_threshold)
    return keep[np.argsort(classes[keep], kind="stable")]


@mutant("batched_nms", "boxes are moved by class in float16, where coordinates overflow or lose their digits", "NMS-2", "NMS-3", "NMS-4", "NMS-6", "NMS-7",
        seen="MultimediaTechLab/YOLO #234")  # fmt: skip
def batched_offset_in_float16(self, right, boxes, scores, classes, iou_threshold):
    with np.errstate(all="ignore"):
        return self.nms((boxes + 4096 * classes[:, np.newaxis]).astype(np.float16), scores, iou_threshold)


@mutant("batched_nms", "only boxes of the class of the best one are kept", "NMS-3", "NMS-4", "NMS-6")
def batched_of_one_class(self, right, boxes, scores, classes, iou_threshold):
    keep = right(boxes, scores, classes, iou_threshold)
    return keep[classes[keep] == classes[keep[:1]]] if len(keep) else keep


@mutant("batched_nms", "each class keeps one box", "NMS-3", "NMS-4", "NMS-6", "NMS-7")
def batched_one_of_each_class(self, right, boxes, scores, classes, iou_threshold):
    keep = right(boxes, scores, classes, iou_threshold)
    return keep[np.sort(np.unique(classes[keep], return_index=True)[1])]


@mutant("batched_nms", "class 0 is background and left out", "NMS-3", "NMS-4", "NMS-6")
def batched_without_class_0(self, right, boxes, scores, classes, iou_threshold):
    keep = right(boxes, scores, classes, iou_threshold)
    return keep[classes[keep] > 0]


@mutant("batched_nms", "the answer for as many boxes is kept and given again", "NMS-1", "NMS-2", "NMS-3")
def batched_cached(self, right, boxes, scores, classes, iou_threshold):
    key = (len(boxes), tuple(classes))
    return vars(self).setdefault("answers", {}).setdefault(key, right(boxes, scores, classes, iou_threshold))

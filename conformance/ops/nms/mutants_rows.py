"""Faults in how boxes are picked."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under


def swapped(prediction, order):
    return np.concatenate([prediction[:, order], prediction[:, 4:]], axis=1)


@mutant("detections", "a score equal to the threshold is shown", "DTN-1")
def shown_at_threshold(self, right, prediction, score_threshold, iou_threshold, max_det):
    return right(prediction, np.nextafter(score_threshold, -1), iou_threshold, max_det)


@mutant(
    "detections",
    "a box is shown for each class that passes",
    "DTN-2",
    seen="multi_label of Ultralytics val",
    convention=True,
)
def shown_for_every_class(self, right, *arguments):
    return under(self, candidates_per_box="every").detections(*arguments)


@mutant("detections", "classes suppress each other", "NMS-4", seen="agnostic_nms", convention=True)
def shown_agnostic(self, right, *arguments):
    return under(self, nms_classes="ignored").detections(*arguments)


@mutant(
    "detections", "an overlap equal to the threshold drops the row", "NMS-4", "NMS-7", convention=True, seen="OpenVINO"
)
def shown_at_least(self, right, *arguments):
    return under(self, nms_compare="at_least").detections(*arguments)


@mutant("detections", "no score is too low", "DTN-1")
def shown_without_threshold(self, right, prediction, score_threshold, iou_threshold, max_det):
    return right(prediction, 0.0, iou_threshold, max_det)


@mutant(
    "detections",
    "the thresholds of score and overlap are swapped",
    "DTN-1",
    "NMS-2",
    "NMS-3",
    "NMS-4",
    "NMS-5",
    "NMS-7",
)
def shown_thresholds_swapped(self, right, prediction, score_threshold, iou_threshold, max_det):
    return right(prediction, iou_threshold, score_threshold, max_det)


@mutant("detections", "rows hold centre and size", "DTN-3")
def shown_as_centre_and_size(self, right, *arguments):
    rows = right(*arguments)
    first, last = rows[:, :2], rows[:, 2:4]
    return np.concatenate([(first + last) / 2, last - first, rows[:, 4:]], axis=1)


@mutant("detections", "class stands before score", "DTN-1", "DTN-3")
def shown_class_first(self, right, *arguments):
    return right(*arguments)[:, [0, 1, 2, 3, 5, 4]]


@mutant("detections", "classes count from 1", "DTN-3")
def shown_classes_from_1(self, right, *arguments):
    return right(*arguments) + [0, 0, 0, 0, 0, 1]


@mutant("detections", "corners are cut to whole px", "DTN-3")
def shown_in_whole_px(self, right, *arguments):
    rows = right(*arguments)
    return np.concatenate([np.trunc(rows[:, :4]), rows[:, 4:]], axis=1)


@mutant("detections", "corners below 0 are cut off", "DTN-3")
def shown_on_the_image(self, right, *arguments):
    return np.maximum(right(*arguments), 0)


@mutant(
    "detections",
    "six anchors are taken for rows that are finished",
    "DTN-3",
    "DTN-1",
    seen="Ultralytics 8.4 non_max_suppression",
)
def shown_six_as_finished(self, right, prediction, score_threshold, iou_threshold, max_det):
    if prediction.shape[1] != 6:
        return right(prediction, score_threshold, iou_threshold, max_det)
    return prediction[prediction[:, 4] > score_threshold][:max_det]


@mutant("detections", "every row that passes is shown, however many", "NMS-5")
def shown_without_cap(self, right, prediction, score_threshold, iou_threshold, max_det):
    return right(prediction, score_threshold, iou_threshold, prediction.shape[1])


@mutant("detections", "the cap is taken before the suppression", "NMS-5", seen="top_k of OpenCV and Paddle")
def shown_capped_before(self, right, prediction, score_threshold, iou_threshold, max_det):
    best = np.sort(np.argsort(-prediction[4:].max(axis=0), kind="stable")[:max_det])
    return right(prediction[:, best], score_threshold, iou_threshold, max_det)


@mutant("detections", "the last rows are shown, not the first", "NMS-3", "NMS-5")
def shown_last(self, right, prediction, score_threshold, iou_threshold, max_det):
    return right(prediction, score_threshold, iou_threshold, prediction.shape[1])[-max_det:]


@mutant("detections", "the last class is background and left out", "DTN-1", "DTN-2", "NMS-3", "NMS-4")
def shown_without_last_class(self, right, prediction, score_threshold, iou_threshold, max_det):
    some = prediction.copy()
    some[-1] = 0
    return right(some, score_threshold, iou_threshold, max_det)


@mutant("detections", "rows are not in falling score", "NMS-1")
def shown_in_input_order(self, right, *arguments):
    return right(*arguments)[::-1]


@mutant("detections", "nothing is suppressed", "NMS-2")
def shown_unsuppressed(self, right, prediction, score_threshold, iou_threshold, max_det):
    return right(prediction, score_threshold, 1.0, max_det)


@mutant("detections", "scores are float16", "DTN-3")
def shown_scores_in_float16(self, right, *arguments):
    rows = right(*arguments)
    return np.concatenate([rows[:, :4], rows[:, 4:5].astype(np.float16), rows[:, 5:]], axis=1)


@mutant("detections", "all boxes that pass enter the suppression, however many may", "DTN-1")
def shown_of_all_that_pass(self, right, *arguments):
    return under(self, max_nms=30000).detections(*arguments)


@mutant("detections", "a single anchor is squeezed away", "DTN-1")
def shown_of_one_anchor(self, right, prediction, *others):
    found = right(prediction, *others)
    return found[:0] if prediction.shape[1] == 1 else found


@mutant("detections", "boxes wider or higher than 7680 px are left out", "DTN-1", seen="max_wh of YOLOv5")
def shown_if_not_too_wide(self, right, prediction, *others):
    return right(prediction[:, (prediction[2:4] < 7680).all(axis=0)], *others)

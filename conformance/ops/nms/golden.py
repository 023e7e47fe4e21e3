"""Golden cases of predictions and suppression."""

from __future__ import annotations

import dataclasses
from typing import Any, Dict

import numpy as np

from conformance.cases.case import Case
from conformance.cases.stored import Definition, as_expected, pattern
from conformance.judging.rounding import Precision, Rounded
from refimpl import YOLOV8
from refimpl.boxes import xywh2xyxy

TINY = dataclasses.replace(YOLOV8, num_classes=2, reg_max=4, strides=(8, 16))
TWO = dataclasses.replace(YOLOV8, num_classes=2)
AT_LEAST = dataclasses.replace(YOLOV8, nms_compare="at_least")
CHAIN = [[0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10], [40, 0, 50, 10]]


def nms_case(
    id: str, clauses: Any, why: str, source: str, boxes: Any, scores: Any, t: float, dialect: Any = YOLOV8
) -> Definition:
    """A case of `nms`."""
    return Definition(id, "nms", clauses, why, source, {"boxes": boxes, "scores": scores, "iou_threshold": t}, dialect)


GOLDEN = (
    Definition(
        "predict-two-levels", "predict", ("PRD-1", "PRD-2"),
        "catches: corners for centre and size, strides turned round, a second sigmoid, rows run down the columns",
        "exported models; made up",
        {"feature_maps": [pattern((1, 18, 2, 3), 1), pattern((1, 18, 1, 2), 2)]}, TINY,
    ),
    nms_case(
        "nms-chain", ("NMS-1", "NMS-2", "NMS-3"),
        "catches: boxes that fell and still drop others; an early exit; indices of the sorted list",
        "Ultralytics 22013, lsnms 19", CHAIN, [0.5, 0.75, 0.625, 0.875], 0.25,
    ),
    nms_case(
        "nms-overlap-equals-threshold", ("NMS-7",), "catches: a box dropped for an overlap that is just the threshold",
        "OpenVINO, lsnms; ONNX issue 7615", [[0, 0, 8, 8], [0, 0, 4, 8]], [0.875, 0.75], 0.5,
    ),
    nms_case(
        "nms-overlap-equals-threshold-at-least", ("NMS-7",), "catches: the same boxes where equality drops",
        "OpenVINO", [[0, 0, 8, 8], [0, 0, 4, 8]], [0.875, 0.75], 0.5, AT_LEAST,
    ),
    nms_case(
        "nms-threshold-0", ("NMS-7", "NMS-3"), "catches: boxes that do not meet, dropped at threshold 0",
        "TensorFlow 34268", [[0, 0, 8, 8], [16, 0, 24, 8], [20, 4, 28, 12]], [0.875, 0.75, 0.5], 0.0,
    ),
    nms_case(
        "nms-no-area", ("NMS-6",), "catches: boxes without area that suppress each other across the plane",
        "OpenCV 5.0 dnn.NMSBoxes", [[0, 0, 0, 10], [500, 500, 500, 520], [0, 0, 4, 4]], [0.875, 0.75, 0.5], 0.5,
    ),
    nms_case(
        "nms-at-infinity", ("NMS-6",), "catches: one box at infinity that drops all others",
        "Ultralytics TorchNMS", [[np.inf, 0, np.inf, 5], [0, 0, 3, 3]], [0.875, 0.75], 0.5,
    ),
    Definition(
        "nms-two-classes", "batched_nms", ("NMS-1", "NMS-2", "NMS-3", "NMS-4"),
        "catches: classes that suppress each other; lists of classes joined, not merged by score",
        "agnostic suppression; MultimediaTechLab/YOLO 100",
        {"boxes": [[0, 0, 8, 8]] * 4, "scores": [0.5, 0.875, 0.75, 0.625], "classes": [1, 0, 1, 0], "iou_threshold": 0.5}, TWO,
    ),
    Definition(
        "detections-of-an-image", "detections", ("DTN-1", "DTN-2", "DTN-3", "NMS-1", "NMS-2", "NMS-3", "NMS-4"),
        "catches: a score equal to the threshold; a box for each class; class before score; centre and size for corners",
        "Ultralytics non_max_suppression",
        {"prediction": [[10, 10, 50, 90, 10], [10, 10, 20, 20, 10], [8, 8, 4, 4, 8], [6, 6, 4, 4, 6],
                        [0.75, 0.5, 0.25, 0.5, 0.125], [0.5, 0.25, 0.125, 0.5, 0.625]],
         "score_threshold": 0.25, "iou_threshold": 0.5, "max_det": 300}, TWO,
    ),
    Definition(
        "nms-two-classes-at-the-limits", "batched_nms", ("NMS-6", "NMS-7"),
        "catches: within a class, boxes of no area that overlap and an overlap that is just the threshold", "OpenCV, OpenVINO",
        {"boxes": [[0, 0, 0, 9], [50, 0, 50, 9], [0, 20, 8, 28], [0, 20, 4, 28]], "scores": [0.875, 0.75, 0.625, 0.5],
         "classes": [1, 1, 0, 0], "iou_threshold": 0.5}, TWO,
    ),
    Definition(
        "detections-overlap-equals-threshold", "detections", ("NMS-7",), "catches: a row dropped for an overlap that is just the threshold",
        "OpenVINO", {"prediction": [[4, 2], [4, 4], [8, 4], [8, 8], [0.875, 0.75], [0, 0]],
                     "score_threshold": 0.25, "iou_threshold": 0.5, "max_det": 300}, TWO,
    ),
    Definition(
        "detections-no-more-than-asked", "detections", ("NMS-5",),
        "catches: a cap that is taken before the suppression", "top_k of OpenCV and Paddle",
        {"prediction": [[4, 4, 104], [4, 4, 4], [8, 8, 8], [8, 8, 8], [0.875, 0.75, 0.5], [0, 0, 0]],
         "score_threshold": 0.25, "iou_threshold": 0.5, "max_det": 2}, TWO,
    ),
    Definition(
        "detections-six-anchors", "detections", ("DTN-3",), "catches: six anchors taken for rows that are finished",
        "Ultralytics 8.4 non_max_suppression",
        {"prediction": [[10, 30, 50, 70, 90, 110], [8] * 6, [4] * 6, [4] * 6, [0.5] * 6, [0.25] * 6],
         "score_threshold": 0.25, "iou_threshold": 0.5, "max_det": 300}, TWO,
    ),
)  # fmt: skip


def _rows(case: Case, expected: Any, precision: Precision) -> Dict[str, np.ndarray]:
    """Corners are as far off as halving and adding costs; score and class are exact."""
    boxes = xywh2xyxy(Rounded(np.moveaxis(case.prediction[:4], 0, -1), precision))
    error = np.zeros(expected["rows"].shape)
    error[:, :4] = boxes.error.max(axis=0, initial=0)
    return {"rows": error}


BOUNDS = {"detections": _rows}
LEGAL_SETS = {"nms": as_expected("keep"), "batched_nms": as_expected("keep")}

"""Pictures of suppression: which boxes stay, which fall, and to which."""

from __future__ import annotations

from typing import Any

import numpy as np

from conformance.judging.rounding import PRECISIONS, Rounded
from conformance.judging.suppression import suppressors
from conformance.ops.nms.overlaps import pairs, suppression
from conformance.ops.picture_parts import BOXES, boxes_drawn, boxes_placed, numbers, results_told
from conformance.ops.subject import Subject
from conformance.paper.markup import Markup


def kept(subject: Subject, key: str) -> Markup | None:
    """The boxes that were given; the kept ones of the reference and of the candidate; what each other box falls to."""
    case, precision = subject.case, PRECISIONS[subject.dtype]
    classes = np.asarray(case.arguments.get("classes", np.zeros(len(case.scores), np.int64)))
    keep = [int(k) for k in np.ravel(subject.expected.get("keep", ()))]
    got = [int(k) for k in np.ravel(subject.got.get("keep", ())) if 0 <= k < len(case.boxes)]
    found = pairs(Rounded(case.boxes, precision), classes, case.iou_threshold, case.dialect, precision)
    falls = suppressors(keep, suppression(case.scores, found))
    told = [f"threshold {case.iou_threshold:g}, {len(case.boxes)} boxes", f"the reference keeps {keep[:BOXES]}"]
    told += [f"the candidate keeps {got[:BOXES]}"] if "keep" in subject.got else []
    told += [
        f"box {r} falls to box {k}, which overlaps it by {found.value[k, r]:.6g}"
        for r, k in list(falls.items())[:BOXES]
    ]
    boxes = [_finite(case.boxes[index[:BOXES]]) for index in (list(range(len(case.boxes))), keep, got)]
    return boxes_drawn(key, "Boxes that stay and fall", boxes, told)


def _finite(boxes: Any) -> np.ndarray:
    boxes = np.asarray(boxes, float).reshape(-1, 4)
    return boxes[np.isfinite(boxes).all(axis=1)]


def predicted(subject: Subject, key: str) -> Markup | None:
    """The box of the anchor that is wrong, as corners."""
    image, anchor = (*subject.index[:1], *subject.index[2:3]) if len(subject.index) > 2 else (0, 0)
    boxes, told = [], []
    for name, answer in (("expected", subject.expected), ("got", subject.got)):
        columns = np.asarray(answer.get("prediction", np.zeros((1, 4, 0))), float)[image][:4, anchor : anchor + 1].T
        boxes.append(np.concatenate([columns[:, :2] - columns[:, 2:] / 2, columns[:, :2] + columns[:, 2:] / 2], axis=1))
        told += [f"anchor {anchor}: {name} {numbers(column)}, centre and size, px" for column in columns]
    return boxes_drawn(key, "A predicted box", [[], *boxes], told)


PICTURES = {
    "predict": (predicted,), "nms": (kept,), "batched_nms": (kept,),
    "detections": (boxes_placed("rows", "The rows that are shown"), results_told("Rows", "score_threshold", "iou_threshold", "max_det")),
}  # fmt: skip

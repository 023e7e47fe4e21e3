"""PRD, NMS, DTN: what a model answers, which boxes stay, and the rows that are shown."""

from __future__ import annotations

from typing import Any, Tuple

import numpy as np

from conformance.judging.clause import YOLOV8, Body, clause
from conformance.judging.judge import Judge
from conformance.judging.rounding import Rounded
from conformance.judging.suppression import Fault, Suppression, fault
from conformance.ops.bodies import computed
from conformance.ops.nms.licences import predict_by_log_softmax
from conformance.ops.nms.overlaps import Pairs, pairs, suppression
from conformance.ops.nms.rows import broken_row, matched

CAFFE = "py-faster-rcnn; torchvision nms"


def columns(rows: slice) -> Body:
    """Some rows of the prediction are the reference's, or those of a licensed form, within their bounds."""
    licensed = (predict_by_log_softmax,)

    def body(answer: Any, case: Any, judge: Judge) -> None:
        forms = judge.expected(lambda: computed(judge.op, licensed, None, case, judge.precision), "predictions")
        largest = max(max(m.shape[2:]) * s for m, s in zip(case.feature_maps, case.dialect.strides))
        span = largest if rows.start == 0 else 1.0
        judge.values("prediction", answer.prediction[:, rows], *(form[:, rows] for form in forms), span=span)

    body.licensed = licensed
    return body


def blamed(kept: Any, found: Pairs, scene: Suppression) -> Tuple[str, str] | None:
    """The clause that a list of kept boxes breaks first, and why; None if it is legal."""
    seen = fault(kept, scene)
    return None if seen is None else (_clause_of(seen, [int(k) for k in kept], found, scene), seen.reason)


def _clause_of(seen: Fault, kept: Any, found: Pairs, scene: Suppression) -> str:
    """What the boxes that may have led to a fault have in common."""
    if seen.what in ("repeated", "order"):
        return "NMS-1"
    if seen.what == "too many":
        return "NMS-5"
    if seen.by is not None and found.equal[seen.by, seen.box]:
        return "NMS-7"
    if seen.what == "kept":
        return "NMS-2"
    before = [k for k in kept if scene.scores[k] >= scene.scores[seen.box]]
    if found.no_area[seen.box] or (seen.by is None and any(found.infinite[k] for k in before)):
        return "NMS-6"
    if any(found.other[k, seen.box] and found.over[k, seen.box] for k in before):
        return "NMS-4"
    return "NMS-7" if seen.by is None and any(found.equal[k, seen.box] for k in before) else "NMS-3"


def keeps(clause_id: str) -> Body:
    """The kept boxes break no clause, or another."""

    def body(answer: Any, case: Any, judge: Judge) -> None:
        found = judge.expected(lambda: _pairs(case, judge), "pairs")
        broken = judge.once("kept", lambda: _kept(answer.keep, case, found, judge))
        if broken and broken[0] == clause_id:
            judge.fail(f"keep: {broken[1]}")
        judge.decided(len(case.scores))

    return body


def _pairs(case: Any, judge: Judge) -> Pairs:
    classes = case.arguments.get("classes", np.zeros(len(case.scores), np.int64))
    return pairs(Rounded(case.boxes, judge.precision), classes, case.iou_threshold, case.dialect, judge.precision)


def _kept(keep: Any, case: Any, found: Pairs, judge: Judge) -> Tuple[str, str] | None:
    keep, count = np.asarray(keep), len(case.scores)
    if keep.ndim != 1 or not (np.isfinite(keep).all() and (keep == np.floor(keep)).all()):
        return "NMS-1", f"expected a list of indices, got shape {keep.shape}"
    if keep.size and not (keep.min() >= 0 and keep.max() < count):
        return "NMS-1", f"expected indices 0 … {count - 1}, got {keep.min():g} … {keep.max():g}"
    return blamed(keep, found, suppression(case.scores, found))


def shows(clause_id: str) -> Body:
    """The rows that are shown break no clause, or another."""

    def body(answer: Any, case: Any, judge: Judge) -> None:
        broken = judge.once("rows", lambda: _shown(answer.rows, case, judge))
        if broken and broken[0] == clause_id:
            judge.fail(f"rows: {broken[1]}")
        judge.decided(len(answer.rows))

    return body


def _shown(rows: Any, case: Any, judge: Judge) -> Tuple[str, str] | None:
    """Match the rows with candidates, then judge the list of those."""
    broken = broken_row(rows, case, judge.precision)
    if broken:
        return broken
    chosen, entered = matched(rows, case, judge.precision)
    found = pairs(entered.boxes, entered.labels, case.iou_threshold, case.dialect, judge.precision)
    broken = blamed(chosen, found, suppression(entered.scores, found, case.max_det))
    lonely = broken and broken[0] == "NMS-3" and broken[1].endswith("no kept box before it overlaps it")
    if lonely:
        return "NMS-5" if case.max_det < len(entered.scores) else "DTN-1", broken[1]
    return broken


CLAUSES = (
    clause(
        "PRD-1",
        "A column begins with its anchor's box as centre and size, in px of the network's input.",
        "((x1 + x2)/2, (y1 + y2)/2, x2 − x1, y2 − y1) · stride",
        YOLOV8,
        predict=columns(slice(0, 4)),
    ),
    clause(
        "PRD-2",
        "A column goes on with the probability of each class; columns run as anchors do.",
        "p[c, a] = σ(logit[c, a])",
        YOLOV8,
        predict=columns(slice(4, None)),
    ),
    clause(
        "NMS-1",
        "The kept boxes are indices of the input, each once, in falling score.",
        "s[keep[i]] ≥ s[keep[i + 1]]",
        CAFFE,
        nms=keeps("NMS-1"),
        batched_nms=keeps("NMS-1"),
        detections=shows("NMS-1"),
    ),
    clause(
        "NMS-2",
        "No two kept boxes of one class overlap by more than the threshold.",
        "IoU(k, l) ≤ t for all k, l in keep",
        CAFFE,
        nms=keeps("NMS-2"),
        batched_nms=keeps("NMS-2"),
        detections=shows("NMS-2"),
    ),
    clause(
        "NMS-3",
        "Every box left out is overlapped by more than the threshold by a kept box that may precede it.",
        "for r not in keep: IoU(k, r) > t for some k in keep with s_k ≥ s_r",
        CAFFE,
        nms=keeps("NMS-3"),
        batched_nms=keeps("NMS-3"),
        detections=shows("NMS-3"),
    ),
    clause(
        "NMS-4",
        "Boxes of different classes do not touch each other's fate.",
        "class_k ≠ class_r: k does not drop r",
        f"{YOLOV8}; torchvision batched_nms",
        batched_nms=keeps("NMS-4"),
        detections=shows("NMS-4"),
    ),
    clause(
        "NMS-5",
        "At most max_det boxes are shown, those of highest score.",
        "|rows| ≤ max_det; a box left out scores no more than the last row",
        YOLOV8,
        detections=shows("NMS-5"),
    ),
    clause(
        "NMS-6",
        "A box of no area overlaps nothing; a box that is not finite leaves the others as they are.",
        "0 / 0 keeps",
        "torchvision nms",
        nms=keeps("NMS-6"),
        batched_nms=keeps("NMS-6"),
    ),
    clause(
        "NMS-7",
        "An overlap equal to the threshold keeps the box.",
        "IoU = t keeps; judged where it is exactly so",
        "torchvision nms; ONNX NonMaxSuppression, issue 7615",
        nms=keeps("NMS-7"),
        batched_nms=keeps("NMS-7"),
        detections=shows("NMS-7"),
    ),
    clause(
        "DTN-1",
        "Candidates are the boxes whose score is more than the threshold, and no others.",
        "max_c p[c, a] > score_threshold",
        YOLOV8,
        detections=shows("DTN-1"),
    ),
    clause(
        "DTN-2",
        "A box is shown once, with its most probable class.",
        "class_a = argmax_c p[c, a]",
        YOLOV8,
        detections=shows("DTN-2"),
    ),
    clause(
        "DTN-3",
        "A row holds the corners in px, then the score, then the class.",
        "(cx − w/2, cy − h/2, cx + w/2, cy + h/2, p, c)",
        YOLOV8,
        detections=shows("DTN-3"),
    ),
)

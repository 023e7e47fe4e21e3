"""PRD, NMS, DTN: what a model answers, which boxes stay, and the rows that are shown."""

from __future__ import annotations

from typing import Any, Callable

from conformance.judging.clause import YOLOV8, Body, clause
from conformance.judging.judge import Judge
from conformance.ops.bodies import values
from conformance.ops.nms.legal_lists import broken_list, broken_rows, pairs_of
from conformance.ops.nms.licences import predict_by_distances, predict_by_log_sum, predict_by_tanh

CAFFE = "py-faster-rcnn; torchvision nms"


def columns(rows: slice, **span: Callable[[Any], float]) -> Body:
    """Some rows of the prediction are the reference's, or those of a licensed form, within their bounds."""
    return values(predict_by_log_sum, predict_by_tanh, predict_by_distances, part=lambda found: found[:, rows], **span)


def largest_side(case: Any) -> float:
    """Of the image, px: the range of boxes."""
    return max(max(m.shape[2:]) * s for m, s in zip(case.feature_maps, case.dialect.strides))


def keeps(clause_id: str) -> Body:
    """The kept boxes break no clause, or another."""

    def body(answer: Any, case: Any, judge: Judge) -> None:
        found = judge.expected(lambda: pairs_of(case, judge), "pairs")
        broken = judge.once("kept", lambda: broken_list(answer.keep, case, found, judge))
        if broken and broken[0] == clause_id:
            judge.fail(f"keep: {broken[1]}")
        judge.decided(len(case.scores))

    return body


def shows(clause_id: str) -> Body:
    """The rows that are shown break no clause, or another."""

    def body(answer: Any, case: Any, judge: Judge) -> None:
        broken = judge.once("rows", lambda: broken_rows(answer.rows, case, judge))
        if broken and broken[0] == clause_id:
            judge.fail(f"rows: {broken[1]}")
        judge.decided(len(answer.rows))

    return body


CLAUSES = (
    clause(
        "PRD-1",
        "A column begins with its anchor's box as centre and size, in px of the network's input.",
        "((x1 + x2)/2, (y1 + y2)/2, x2 − x1, y2 − y1) · stride",
        YOLOV8,
        predict=columns(slice(0, 4), span=largest_side),
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

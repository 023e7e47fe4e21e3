"""Boxes of several classes that overlap, with scores: the inputs of suppression class by class."""

from __future__ import annotations

import numpy as np

from conformance.cases.boxes import sides
from conformance.cases.case import Cases, also_asked_before
from conformance.cases.draws import choices, composite, served_with
from conformance.ops.nms.cases import BOX_EVENTS, MANY_APART, nms_cases


@composite
def _batched_cases(draw, event, precision, served):
    if event in CLASS_EVENTS:
        served = served_with(served, num_classes=lambda classes: classes > CLASSES.get(event, 1))
    case = draw(nms_cases("identical boxes" if event in CLASS_EVENTS else event, precision, served))
    classes, count = case.dialect.num_classes, len(case.scores)
    label = draw(choices((count,), (0, classes - 1, min(1, classes - 1))), label="classes")
    if event in ("identical boxes", "overlap equals the threshold", "chain"):
        label = np.full(count, classes - 1)
    if event in CLASS_EVENTS:
        label[:2] = [0, classes - 1]
    if event == "classes alike modulo 64":
        label[:2] = [1, 65]
    if event == "every class in one place":
        scores = 1 - np.arange(classes) / 1024
        case = case.having(boxes=np.repeat(case.boxes[:1], classes, axis=0), scores=scores)
        label = np.arange(classes)[::-1].copy()
    if event == "apart by the largest coordinate":
        case.boxes[1] = case.boxes[0] - (case.boxes.max() + 1)
        label[:2] = [0, 1]
    if event == "apart by the offset":
        case.boxes[0], case.boxes[1], label[:2] = [7680, 7680, 7690, 7690], [0, 0, 10, 10], (0, 1)
    if event == "wider than the offset":
        case.boxes[:], label[:2], case.arguments["iou_threshold"] = [0, 0, 200000, 200000], (0, 1), 0.45
    t = case.arguments.pop("iou_threshold")
    return case.having(classes=label, iou_threshold=t)


CLASS_EVENTS = {
    "one place, two classes": lambda c: (
        len(np.unique(c.classes)) > 1 and len(np.unique(c.boxes, axis=0)) < len(c.boxes)
    ),
    "classes alike modulo 64": lambda c: c.classes[1] - c.classes[0] == 64 and bool((c.boxes[0] == c.boxes[1]).all()),
    "every class in one place": lambda c: len(c.classes) == c.dialect.num_classes > 65 and len(np.unique(c.boxes, axis=0)) == 1,
    "apart by the largest coordinate": lambda c: bool((c.boxes[0] - c.boxes[1] == c.boxes.max() + 1).all()),
    "apart by the offset": lambda c: bool((c.boxes[0] - c.boxes[1] == 7680).all()) and c.classes[1] - c.classes[0] == 1,
    "wider than the offset": lambda c: bool((sides(c.boxes) > 7680).all()) and len(np.unique(c.classes)) > 1,
}


def _classes_possible(event, precision, served):
    return event not in CLASS_EVENTS or any(d.num_classes > CLASSES.get(event, 1) for d in served)


CLASSES = {"classes alike modulo 64": 65, "every class in one place": 65}
"""Classes that there must be more than, where one is not enough."""


BATCHED = also_asked_before(
    Cases({**BOX_EVENTS, **CLASS_EVENTS}, _batched_cases, _classes_possible, large=frozenset({MANY_APART})),
    lambda c: {"scores": c.scores[::-1].copy()},
)

CASES = {"batched_nms": BATCHED}

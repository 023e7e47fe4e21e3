"""Boxes that overlap, with scores: the inputs of suppression."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from conformance.cases.boxes import crowds, sides, upright, upright_boxes
from conformance.cases.case import Case, Cases, also_asked_before, always
from conformance.cases.draws import choices, in_precision, numbers, realness, served_with
from conformance.judging.rounding import FLOAT32

THRESHOLDS = (0.5, 0.25, 0.75, 0.45, 0.7)

HAIR = 3 + 2.0**-24
"""Over 5 it is more than 0.6 and less than float32(0.6). In float32 it is 3."""

HAIRS = {True: 2.0**-20, False: 2.0**-40}
"""Between two scores, of the score, in float32 and in float64."""


def _box_events():
    return {
        "lattice": always,
        "real": always,
        "identical boxes": lambda c: len(np.unique(c.boxes, axis=0)) < len(c.boxes),
        "equal scores": lambda c: len(np.unique(c.scores)) < len(c.scores),
        "all scores equal": lambda c: len(c.scores) > 2 and len(np.unique(c.scores)) == 1,
        "chain": lambda c: len(c.boxes) >= 3 and (np.diff(c.boxes[:, 0]) == 3).all(),
        "overlap equals the threshold": lambda c: c.iou_threshold == 0.5 and bool((sides(c.boxes)[:, 0] == 4).any()),
        "threshold 0": lambda c: c.iou_threshold == 0,
        "threshold 0.6": lambda c: c.iou_threshold == 0.6,
        "a hair above the threshold": lambda c: (
            c.iou_threshold == 0.6 and 3 <= c.boxes[1, 2] <= HAIR and c.boxes[0, 2] == 5
        ),
        "apart in x and y": lambda c: bool((c.boxes[1:, :2] > c.boxes[0, 2:] + 8).all(axis=1).any()),
        "score 0": lambda c: bool((c.scores == 0).any()),
        "touching": lambda c: bool((c.boxes[:, np.newaxis, 2] == c.boxes[:, 0]).any()),
        "zero area": lambda c: bool((sides(c.boxes) == 0).any()),
        "two of no area": lambda c: (sides(c.boxes) == 0).any(axis=1).sum() >= 2,
        "swapped corners": lambda c: bool((sides(c.boxes) < 0).any()),
        "far from the origin": lambda c: bool((np.abs(c.boxes) > 1000).any()),
        "negative coordinates": lambda c: bool((c.boxes < 0).all(axis=1).any()),
        "large": lambda c: bool((sides(c.boxes) > 256).any()),
        "one box": lambda c: len(c.boxes) == 1,
        "no boxes": lambda c: len(c.boxes) == 0,
        "many boxes": lambda c: len(c.boxes) > 256,
        "a hair between the scores": lambda c: 0 < abs(c.scores[1] / c.scores[0] - 1) < 1e-6 and bool((c.boxes[0] == c.boxes[1]).all()),
    }


BOX_EVENTS = {**_box_events(), "box not finite": lambda c: not np.isfinite(c.boxes).all()}


@st.composite
def _crowded_boxes(draw, event, precision):
    """(N, 4) boxes of which many overlap, so that the event occurs."""
    if event == "many boxes":
        boxes = crowds(draw(st.integers(0, 2**32 - 1), label="seed"), (300,), 200, precision)
        boxes[-1] = boxes[0]
        return boxes
    count = (
        {"no boxes": 0, "one box": 1}.get(event)
        if event in ("no boxes", "one box")
        else draw(st.integers(3, 6), label="N")
    )
    real = draw(realness(event), label="real")
    low = {"negative coordinates": -64, "far from the origin": 4096}.get(event, 0)
    largest = 512 if event == "large" else 12
    box = upright_boxes((count,), low=low, high=low + 6, largest=largest, step=1, precision=precision, real=real)
    boxes = draw(box, label="boxes")
    return in_precision(_shaped(draw, event, boxes), precision)


def _shaped(draw, event, boxes):
    """The boxes (N, 4), changed so that the event occurs."""
    if event == "a hair between the scores":
        boxes[1] = boxes[0]
    if event == "identical boxes":
        boxes[1:] = boxes[
            draw(st.lists(st.integers(0, 1), min_size=len(boxes) - 1, max_size=len(boxes) - 1), label="of")
        ]
        boxes[1] = boxes[0]
    if event == "chain":
        first = np.arange(len(boxes))[:, np.newaxis] * [3.0, 0.0]
        return upright(first, np.full((len(boxes), 2), 8.0))
    if event == "overlap equals the threshold":
        boxes[0], boxes[1] = [0, 0, 8, 8], [0, 0, 4, 8]
    if event == "threshold 0":
        boxes[0], boxes[1] = [0, 0, 4, 4], [20, 20, 24, 24]
    if event in ("threshold 0.6", "a hair above the threshold"):
        boxes[0], boxes[1] = [0, 0, 5, 8], [0, 0, 3 if event == "threshold 0.6" else HAIR, 8]
    if event == "apart in x and y":
        boxes[0], boxes[1] = [0, 0, 6, 6], [20, 20, 26, 26]
    if event == "touching":
        boxes[1] = boxes[0] + [boxes[0, 2] - boxes[0, 0], 0, boxes[0, 2] - boxes[0, 0], 0]
    if event in ("zero area", "two of no area"):
        flat = draw(st.sampled_from([(0, 2), (1, 3)]), label="flat")
        boxes[0, flat[1]] = boxes[0, flat[0]]
    if event == "two of no area":
        boxes[1], boxes[1, 2:] = boxes[0] + 40, boxes[0, :2] + 40
    if event == "swapped corners":
        boxes[0] = boxes[0, [2, 3, 0, 1]]
    if event == "large":
        boxes[0, 2] = boxes[0, 0] + 300
    if event == "far from the origin":
        boxes[0, :2] = 4096
        boxes[0, 2:] = boxes[0, :2] + 3
    if event == "negative coordinates":
        boxes[0] = [-60, -60, -52, -50]
    if event == "box not finite":
        worst = draw(
            st.sampled_from([(np.inf, 0, np.inf, 5), (0, 0, np.inf, np.inf), (np.nan, 0, 4, 4)]), label="worst"
        )
        boxes[0] = worst
    return boxes


@st.composite
def _scores(draw, event, count, precision):
    """(N,) scores in no order."""
    if event == "all scores equal":
        return np.full(count, 0.5)
    if event == "equal scores":
        scores = draw(choices((count,), (0.5, 0.25, 0.75)), label="scores")
        scores[1] = scores[0]
        return scores
    if event == "many boxes" or event == "real":
        scores = draw(numbers((count,), 0, 1, step=0.125, precision=precision, real=True), label="scores")
        if event == "many boxes":  # The last is the least, and is dropped for the first.
            scores[0], scores[-1] = 1, 0
        return scores
    order = draw(st.permutations(range(count)), label="order")
    scores = (np.array(order, np.float64) + (event != "score 0")) / 8
    if event == "a hair between the scores":
        scores[:2] = scores[0] * np.array([1, 1 + HAIRS[precision is FLOAT32]])
    return scores


@st.composite
def _nms_cases(draw, event, precision, served):
    boxes = draw(_crowded_boxes(event, precision))
    scores = draw(_scores(event, len(boxes), precision))
    if event == "box not finite" or event == "two of no area":
        scores[0] = 1.0
    t = {
        "overlap equals the threshold": 0.5,
        "threshold 0": 0.0,
        "threshold 0.6": 0.6,
        "a hair above the threshold": 0.6,
    }.get(event)
    t = draw(st.sampled_from(THRESHOLDS), label="t") if t is None else t
    return Case.of(draw(st.sampled_from(served)), {"boxes": boxes, "scores": scores, "iou_threshold": t})


NMS = also_asked_before(Cases(BOX_EVENTS, _nms_cases), lambda c: {"scores": c.scores[::-1].copy()})


@st.composite
def _batched_cases(draw, event, precision, served):
    if event in CLASS_EVENTS:
        served = served_with(served, num_classes=lambda classes: classes > CLASSES.get(event, 1))
    case = draw(_nms_cases("identical boxes" if event in CLASS_EVENTS else event, precision, served))
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
    "wider than the offset": lambda c: bool((sides(c.boxes) > 7680).all()) and len(np.unique(c.classes)) > 1,
}


def _classes_possible(event, precision, served):
    return event not in CLASS_EVENTS or any(d.num_classes > CLASSES.get(event, 1) for d in served)


CLASSES = {"classes alike modulo 64": 65, "every class in one place": 65}
"""Classes that there must be more than, where one is not enough."""


BATCHED = also_asked_before(
    Cases({**BOX_EVENTS, **CLASS_EVENTS}, _batched_cases, _classes_possible),
    lambda c: {"scores": c.scores[::-1].copy()},
)

CASES = {"nms": NMS, "batched_nms": BATCHED}

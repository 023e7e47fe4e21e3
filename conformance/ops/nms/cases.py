"""Boxes that overlap, with scores: the inputs of suppression."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from conformance.cases.boxes import crowds, sides, upright, upright_boxes
from conformance.cases.case import Case, Cases, also_asked_before, always
from conformance.cases.draws import choices, composite, in_precision, numbers, realness
from conformance.judging.rounding import FLOAT32

THRESHOLDS = (0.5, 0.25, 0.75, 0.45, 0.7)

HAIR = 3 + 2.0**-24
"""Over 5 it is more than 0.6 and less than float32(0.6). In float32 it is 3."""

HAIRS = {True: 2.0**-20, False: 2.0**-40}
"""Between two scores, of the score, in float32 and in float64."""


NEARLY = "nearly in one place, and both kept"

APART, MANY_APART = 1031, "a thousand boxes apart and one again"
"""More boxes than any list of detections is cut to; the event in which none is dropped."""

SIDES, NESTED = 2.0 ** np.arange(2, 21), "box not finite around boxes of every size"
"""Of boxes that lie in one another, overlapping a quarter; a larger number that stood for ∞ would overlap one by more."""


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
        NEARLY: lambda c: c.iou_threshold == 0.95,
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
        MANY_APART: lambda c: len(c.boxes) == APART and c.boxes[:, 2].max() > 2 * APART,
        "a hair between the scores": lambda c: 0 < abs(c.scores[1] / c.scores[0] - 1) < 1e-6 and bool((c.boxes[0] == c.boxes[1]).all()),
    }


BOX_EVENTS = {
    **_box_events(),
    "box not finite": lambda c: not np.isfinite(c.boxes).all(),
    NESTED: lambda c: not np.isfinite(c.boxes).all() and len(c.boxes) == len(SIDES) + 1,
}


@composite
def _crowded_boxes(draw, event, precision):
    """(N, 4) boxes of which many overlap, so that the event occurs."""
    if event == "many boxes":
        boxes = crowds(draw(st.integers(0, 2**32 - 1), label="seed"), (300,), 200, precision)
        boxes[-1] = boxes[0]
        return boxes
    if event == MANY_APART:
        first = 4.0 * np.arange(APART)[:, np.newaxis] * [1, 0]
        first[-1] = 0  # As the first of all, to be dropped by it however many lie between.
        return upright(first, np.full((APART, 2), 3.0))
    if event == NESTED:
        around = np.concatenate([[np.inf], SIDES])[:, np.newaxis]
        return np.concatenate([0 * np.ones((len(around), 2)), around, around], axis=1)
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
    if event == NEARLY:
        boxes[0], boxes[1] = [0, 0, 100, 8], [0, 0, 93, 8]
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


@composite
def _scores(draw, event, count, precision):
    """(N,) scores in no order."""
    if event == "all scores equal":
        return np.full(count, 0.5)
    if event in (MANY_APART, NESTED):
        return 1 - np.arange(count) / 2048
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


@composite
def nms_cases(draw, event, precision, served):
    boxes = draw(_crowded_boxes(event, precision))
    scores = draw(_scores(event, len(boxes), precision))
    if event in ("box not finite", "two of no area"):
        scores[0] = 1.0
    t = {
        "overlap equals the threshold": 0.5,
        "threshold 0": 0.0,
        "threshold 0.6": 0.6,
        "a hair above the threshold": 0.6,
        NESTED: 0.45,
        NEARLY: 0.95,
    }.get(event)
    t = draw(st.sampled_from(THRESHOLDS), label="t") if t is None else t
    return Case.of(draw(st.sampled_from(served)), {"boxes": boxes, "scores": scores, "iou_threshold": t})


NMS = also_asked_before(Cases(BOX_EVENTS, nms_cases, large=frozenset({MANY_APART})), lambda c: {"scores": c.scores[::-1].copy()})


CASES = {"nms": NMS}

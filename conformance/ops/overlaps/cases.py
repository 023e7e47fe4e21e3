"""Box pairs: the inputs of the IoU family."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from conformance.cases.boxes import crowds, sides, upright, upright_boxes
from conformance.cases.case import Case, Cases, also_asked_before, always
from conformance.cases.draws import composite, in_precision, realness


def _partner(draw, event, boxes, other, precision):
    """The second box of each pair, so that the event occurs."""
    width, height = sides(boxes)[:, :1], sides(boxes)[:, 1:]
    x1, y1, x2, y2 = (boxes[:, i : i + 1] for i in range(4))
    if event == "identical":
        return boxes
    if event == "nearly identical":
        return np.nextafter(boxes, np.inf, dtype=precision.dtype).astype(np.float64)
    if event == "one inside the other":
        return np.concatenate([x1 - 1, y1 - 2, x2 + 3, y2 + 1], axis=1)
    if event == "touching":
        return np.concatenate([x2, y1, x2 + width, y2], axis=1)
    if event == "far apart, extreme aspect":
        return np.concatenate([x1 + 400, y1 + 300, x1 + 401, y1 + 556], axis=1)
    if event == "concentric, other aspect":
        return np.concatenate([x1 - height, y1 - width, x2 + height, y2 + width], axis=1)
    if event == "zero area":
        return np.concatenate([x1, other[:, 1:2], x1, other[:, 3:]], axis=1)
    if event == "zero height":
        return np.concatenate([other[:, :1], y1, other[:, 2:3], y1], axis=1)
    if event == "inverted":
        return upright(other[:, :2], sides(other) * draw(st.sampled_from([(-1, 2), (2, -1)]), label="turned"))
    if event == "inverted both ways":  # The enclosing box is no larger than the first, the centres are far: DIoU < −2.
        reach = 4 * np.maximum(width, height)
        return np.concatenate([x1 + reach, y1 + reach, x1, y1], axis=1)
    return other


def _both(test):
    return lambda case: bool(test(case.boxes1, case.boxes2).any())


SHRUNK = {"tiny": 2**10, "areas below ε": 2**17}
"""Events of small boxes: times that they are smaller."""

PAIR_EVENTS = {
    "lattice": always,
    "real": always,
    "identical": _both(lambda a, b: (a == b).all(-1)),
    "nearly identical": _both(lambda a, b: (a != b).any(-1) & (np.abs(a - b).max(-1) < 1e-3)),
    "one inside the other": _both(lambda a, b: (b[:, :2] < a[:, :2]).all(-1) & (b[:, 2:] > a[:, 2:]).all(-1)),
    "touching": _both(lambda a, b: a[:, 2] == b[:, 0]),
    "far apart, extreme aspect": _both(lambda a, b: b[:, 0] > a[:, 2] + 100),
    "concentric, other aspect": _both(lambda a, b: (a[:, :2] + a[:, 2:] == b[:, :2] + b[:, 2:]).all(-1)),
    "zero area": _both(lambda a, b: sides(b)[:, 0] == 0),
    "zero height": _both(lambda a, b: sides(b)[:, 1] == 0),
    "both zero area": _both(lambda a, b: (sides(a) == 0).any(-1) & (sides(b) == 0).any(-1)),
    "inverted": _both(lambda a, b: (sides(b) < 0).any(-1)),
    "inverted both ways": _both(lambda a, b: (sides(b) < 0).all(-1)),
    "both inside out": _both(lambda a, b: (sides(a)[:, 0] < 0) & (sides(b)[:, 0] < 0)),
    "tiny": _both(lambda a, b: (sides(a) < 0.02).all(-1)),
    "areas below ε": _both(lambda a, b: sides(a).prod(-1) + sides(b).prod(-1) < 1e-7),
    "negative coordinates": _both(lambda a, b: (a < 0).all(-1)),
    "no pairs": lambda case: len(case.boxes1) == 0,
    "many pairs": lambda case: len(case.boxes1) > 1024,
}


@composite
def _box_pairs(draw, event, precision, served):
    if event == "many pairs":
        boxes = crowds(draw(st.integers(0, 2**32 - 1), label="seed"), (2, 1100), 640, precision)
        return Case.of(draw(st.sampled_from(served)), {"boxes1": boxes[0], "boxes2": boxes[1]})
    count = 0 if event == "no pairs" else draw(st.integers(1, 4), label="N")
    real = event == "nearly identical" or draw(realness(event), label="real")
    low, step, largest = 0, 1, 16
    if event == "real":
        largest = 320
    if event == "concentric, other aspect":
        real = False
    if event == "negative coordinates":
        low = -64
    box = upright_boxes((count,), low=low, high=low + largest, largest=largest, step=step, precision=precision, real=real)
    boxes, other = draw(box, label="boxes"), draw(box, label="other")
    if event in SHRUNK:
        boxes, other = boxes / SHRUNK[event], other / SHRUNK[event]
    if event == "both zero area":
        boxes[:, 2], other[:, 3] = boxes[:, 0], other[:, 1]
    if event == "both inside out":
        boxes, other = boxes[:, [2, 1, 0, 3]], other[:, [2, 1, 0, 3]]
    if event == "zero area" and draw(st.booleans(), label="point"):
        other[:, 3] = other[:, 1]
    boxes2 = in_precision(_partner(draw, event, boxes, other, precision), precision)
    if draw(st.booleans(), label="swap") and event in ("lattice", "real", "tiny"):
        boxes, boxes2 = boxes2, boxes
    return Case.of(draw(st.sampled_from(served)), {"boxes1": boxes, "boxes2": boxes2})


BOX_PAIRS = also_asked_before(Cases(PAIR_EVENTS, _box_pairs), lambda c: {"boxes2": c.boxes1})

CASES = {op: BOX_PAIRS for op in ("iou", "giou", "diou", "ciou")}

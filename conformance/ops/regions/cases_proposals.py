"""Anchors with deltas and scores, of which some are proposed."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from conformance.cases.boxes import upright_boxes
from conformance.cases.case import Case, Cases, also_asked_before, always
from conformance.cases.draws import choices, composite, numbers, realness

SIZE = (64, 96)
APART = np.array(
    [[0, 0, 12, 12], [20, 0, 32, 12], [40, 0, 52, 12], [60, 0, 72, 12], [0, 30, 12, 42], [20, 30, 32, 42]], float
)
"""Boxes that do not meet."""

FAR_MORE = 1031
"""Boxes that do not meet, more than most lists are cut to."""


@composite
def _cases(draw, event, precision, served):
    count = 0 if event == "no anchors" else draw(st.integers(3, 6), label="N")
    real = draw(realness(event), label="real")
    box = upright_boxes((count,), low=0, high=40, largest=40, step=4, precision=precision, real=real)
    anchors = draw(box, label="anchors")
    deltas = np.zeros((count, 4))
    if real:
        deltas = draw(numbers((count, 4), -0.5, 0.5, step=0.125, precision=precision, real=True), label="deltas")
    order = draw(st.permutations(range(count)), label="order")
    arguments = {
        "deltas": deltas, "scores": (np.array(order, np.float64) + 1) / 8, "anchors": anchors, "image_size": SIZE,
        "pre_nms_topk": 6000, "post_nms_topk": 300, "iou_threshold": draw(st.sampled_from([0.7, 0.5, 0.3]), label="t"),
        "min_size": draw(st.sampled_from([0.001, 1.0, 3.0]), label="min_size"),
    }  # fmt: skip
    return Case.of(draw(st.sampled_from(served)), _shaped(draw, event, arguments, count))


def _shaped(draw, event, a, count):
    """The arguments, changed so that the event occurs."""
    if event in ("best N1", "best N2", "small among the best", "equal scores at the cut", "too small"):
        a["anchors"][:], a["deltas"][:] = APART[:count], 0
    if event == "best N1":
        a["pre_nms_topk"] = count - 1
    if event == "best N2":
        a["post_nms_topk"] = count - 1
    if event == "doubles among the best N2":
        a["anchors"][:], a["deltas"][:], a["post_nms_topk"] = APART[:count], 0, 2
        a["anchors"][1], a["scores"][:2] = a["anchors"][0], (2, 1.5)
    if event == "none asked for":
        a["post_nms_topk"] = 0
    if event in ("small among the best", "too small"):
        a["min_size"], best = 8.0, int(a["scores"].argmax())
        a["anchors"][best, 2:] = a["anchors"][best, :2] + draw(st.sampled_from([(4, 12), (12, 4)]), label="small")
        a["pre_nms_topk"] = count - 1 if event == "small among the best" else 6000
    if event == "equal scores at the cut":
        a["scores"][:], a["pre_nms_topk"] = 0.5, count - 1
    if event == "equal scores":
        a["scores"] = draw(choices((count,), (0.5, 0.25)), label="scores")
    return _placed(event, a)


def _placed(event, a):
    """The arguments, with anchors where the event has them."""
    if event == "just the least size":
        a["anchors"][0], a["deltas"][0], a["min_size"] = [-32, -32, 128, 8 + 96], 0, 64.0
        a["anchors"][1:, 1], a["anchors"][1:, 3] = 0, 20
    if event == "crosses the border":
        a["anchors"][0], a["deltas"][0] = [-10, 40, 30, 90], 0
    if event == "small once clipped":
        a["anchors"][0], a["deltas"][0], a["min_size"], a["scores"][0] = [-40, 4, 2, 40], 0, 3.0, 1.0
    if event == "at the border":
        a["anchors"][:2], a["deltas"][:2] = [[0, 0, 20, 20], [SIZE[1] - 20, SIZE[0] - 20, SIZE[1], SIZE[0]]], 0
    if event == "nearly in one place":
        a["anchors"][:2], a["deltas"][:2], a["iou_threshold"] = [[0, 0, 90, 40], [0, 0, 84, 40]], 0, 0.95
    if event == "a thousand boxes apart":
        first = 4.0 * np.arange(FAR_MORE)[:, np.newaxis] * [1, 0]
        a["anchors"], a["deltas"] = np.concatenate([first, first + 3], axis=1), np.zeros((FAR_MORE, 4))
        a["scores"], a["image_size"], a["post_nms_topk"], a["min_size"] = 1 - np.arange(FAR_MORE) / 2048, (8, 4 * FAR_MORE), 4000, 0.001
    if event == "outside the image":
        a["anchors"][0], a["deltas"][0] = [200, 200, 240, 240], 0
    if event == "no least size":
        a["anchors"][0], a["deltas"][0], a["min_size"] = [200, 200, 240, 240], 0, 0.0
    if event == "inside out":
        a["anchors"][0], a["deltas"][0], a["min_size"] = [40, 10, 20, 30], 0, 0.0
    if event == "below a pixel":
        a["anchors"][0], a["min_size"] = [0, 50, 90, 50.875], 0.125
    if event == "nothing is left":
        a["min_size"] = 1000.0
    if event == "growth past the clamp":
        a["image_size"], a["anchors"][0], a["deltas"][0] = (10000, 10000), [5000, 5000, 5016, 5016], [0, 0, 5, 5]
    if event == "all in one place":
        a["anchors"][:], a["deltas"][:] = a["anchors"][0], 0
    return a


EVENTS = {
    "lattice": always,
    "real": always,
    "best N1": lambda c: c.pre_nms_topk < len(c.scores),
    "best N2": lambda c: 0 < c.post_nms_topk < len(c.scores),
    "doubles among the best N2": lambda c: c.post_nms_topk == 2 and len(np.unique(c.anchors, axis=0)) < len(c.anchors),
    "none asked for": lambda c: c.post_nms_topk == 0,
    "equal scores": lambda c: len(np.unique(c.scores)) < len(c.scores),
    "equal scores at the cut": lambda c: c.pre_nms_topk < len(c.scores) and len(np.unique(c.scores)) == 1,
    "too small": lambda c: c.min_size == 8 and c.pre_nms_topk > len(c.scores),
    "small among the best": lambda c: c.min_size == 8 and c.pre_nms_topk < len(c.scores),
    "just the least size": lambda c: c.min_size == 64,
    "small once clipped": lambda c: bool((c.anchors[:, 0] == -40).any()),
    "crosses the border": lambda c: bool((c.anchors[:, 0] < 0).any()),
    "at the border": lambda c: bool((c.anchors[:, 2:] == SIZE[::-1]).all(axis=1).any() and (c.anchors[:, :2] == 0).all(axis=1).any()),
    "nearly in one place": lambda c: c.iou_threshold == 0.95,
    "a thousand boxes apart": lambda c: len(c.scores) == FAR_MORE < c.post_nms_topk,
    "outside the image": lambda c: bool((c.anchors[:, 0] > 96).any()),
    "no least size": lambda c: c.min_size == 0,
    "inside out": lambda c: bool((c.anchors[:, 2] < c.anchors[:, 0]).any()),
    "below a pixel": lambda c: c.min_size == 0.125,
    "nothing is left": lambda c: c.min_size == 1000,
    "growth past the clamp": lambda c: c.image_size == (10000, 10000),
    "all in one place": lambda c: len(np.unique(c.anchors, axis=0)) == 1,
    "no anchors": lambda c: len(c.scores) == 0,
}

CASES = {"propose": also_asked_before(Cases(EVENTS, _cases, large=frozenset({"a thousand boxes apart"})), lambda c: {"scores": c.scores[::-1].copy()})}

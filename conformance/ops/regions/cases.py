"""Anchors, deltas and scores: the inputs of region proposals."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from conformance.cases.boxes import sides, upright_boxes
from conformance.cases.case import Case, Cases, also_asked_before, always
from conformance.cases.draws import choices, composite, numbers, possible_in, realness, served_with
from refimpl.deltas import LARGEST_GROWTH

RATIOS = (1.0, 0.5, 2.0, 0.25, 4.0)
OVERFLOWS = "growth whose exp overflows"

_FITTING = {OVERFLOWS: {"delta_clamp": lambda clamp: clamp != "none"}}
"""Event -> the fields of the dialects that it can be drawn in."""


@composite
def _anchor_cases(draw, event, precision, served):
    shape = draw(st.integers(1, 3), label="H"), draw(st.integers(1, 3), label="W")
    if event == "H != W" and shape[0] == shape[1]:
        shape = (shape[0], shape[1] + 1)
    if event == "more than 256 cells in a row":
        shape = draw(st.sampled_from([(1, 300), (300, 1)]), label="long")
    if event == "no cells":
        shape = (0, shape[1])
    sizes = draw(st.integers(1, 3), label="S"), draw(st.integers(1, 3), label="T")
    if event in ("several sizes and ratios", "real"):
        sizes = 2, 3
    size = draw(choices((sizes[0],), (32.0, 128.0, 45.0, 300.0, 16.0)), label="sizes")
    ratio = draw(choices((sizes[1],), RATIOS), label="ratios")
    if event == "several sizes and ratios":
        size[:], ratio[:] = (32, 128), (0.5, 1, 2)
    if event == "corner just a half":
        size[0], ratio[0] = draw(st.sampled_from([45.0, 47.0]), label="odd"), 1
    if event == "real":
        ratio = draw(numbers((sizes[1],), 0.2, 5, step=0.25, precision=precision, real=True), label="ratios")
    stride = draw(st.sampled_from([16, 8, 4, 13]), label="stride")
    arguments = {"feature_shape": shape, "stride": stride, "sizes": size, "ratios": ratio}
    return Case.of(draw(st.sampled_from(served)), arguments)


ANCHORS = Cases(
    {
        "lattice": always,
        "real": always,
        "H != W": lambda c: c.feature_shape[0] != c.feature_shape[1],
        "several sizes and ratios": lambda c: len(c.sizes) > 1 and len(c.ratios) > 1,
        "corner just a half": lambda c: bool(((c.sizes[0] / 2) % 1 == 0.5) and c.ratios[0] == 1),
        "more than 256 cells in a row": lambda c: max(c.feature_shape) == 300,
        "no cells": lambda c: 0 in c.feature_shape,
    },
    _anchor_cases,
)


@composite
def _pairs(draw, event, precision, count=None):
    """(N, 4) anchors and as many boxes, all with positive sides."""
    count = (0 if event == "no boxes" else draw(st.integers(1, 4), label="N")) if count is None else count
    real = draw(realness(event), label="real")
    low = 4096 if event == "far from the origin" else 0
    box = upright_boxes((count,), low=low, high=low + 64, largest=64, step=4, precision=precision, real=real)
    return draw(box, label="anchors"), draw(box, label="boxes")


@composite
def _encode_cases(draw, event, precision, served):
    anchors, boxes = draw(_pairs(event, precision))
    if event == "identical":
        boxes = anchors.copy()
    if event == "tiny":
        boxes[0, 2:] = boxes[0, :2] + 1 / 64
    if event == "boxes of 5000 px":
        boxes[0] = [0, 0, 5000, 6000]
    return Case.of(draw(st.sampled_from(served)), {"anchors": anchors, "boxes": boxes})


ENCODE = also_asked_before(
    Cases(
        {
            "lattice": always,
            "real": always,
            "identical": lambda c: bool((c.anchors == c.boxes).all()),
            "tiny": lambda c: bool((sides(c.boxes) < 0.1).any()),
            "boxes of 5000 px": lambda c: bool((sides(c.boxes) > 4000).any()),
            "no boxes": lambda c: len(c.boxes) == 0,
        },
        _encode_cases,
    ),
    lambda c: {"boxes": c.boxes + 1},
)


@composite
def _delta_cases(draw, event, precision, served):
    anchors, _ = draw(_pairs(event, precision))
    count, real = len(anchors), draw(realness(event), label="real")
    deltas = draw(numbers((count, 4), -2, 2, step=0.25, precision=precision, real=real), label="deltas")
    side = draw(st.integers(2, 3), label="side")
    if event == "growth past the clamp":
        deltas[0, side] = draw(st.sampled_from([5.0, 8.0, 60.0]), label="growth")
    if event == "growth just below the clamp":
        deltas[0, side] = 4.125
    if event == "shrinks far":
        deltas[0, side] = -5
    if event == OVERFLOWS:
        deltas[0, side] = 800
    if event == "shifts far":
        deltas[0, side - 2] = draw(st.sampled_from([6.0, -6.0]), label="shift")
    if event == "no delta":
        deltas[:] = 0
    dialect = draw(st.sampled_from(served_with(served, **_FITTING.get(event, {}))))
    return Case.of(dialect, {"anchors": anchors, "deltas": deltas})


DECODE = also_asked_before(
    Cases(
        {
            "lattice": always,
            "real": always,
            "no delta": lambda c: not c.deltas.any(),
            "growth past the clamp": lambda c: bool((c.deltas[:, 2:] > LARGEST_GROWTH).any()),
            "growth just below the clamp": lambda c: bool((c.deltas[:, 2:] == 4.125).any()),
            "shrinks far": lambda c: bool((c.deltas[:, 2:] < -LARGEST_GROWTH).any()),
            OVERFLOWS: lambda c: bool((c.deltas[:, 2:] > 710).any()),
            "shifts far": lambda c: bool((np.abs(c.deltas[:, :2]) > LARGEST_GROWTH).any()),
            "no boxes": lambda c: len(c.anchors) == 0,
        },
        _delta_cases,
        possible_in(_FITTING),
    ),
    lambda c: {"deltas": c.deltas[:, ::-1].copy()},
)


@composite
def _clip_cases(draw, event, precision, served):
    count = 0 if event == "no boxes" else draw(st.integers(1, 4), label="N")
    h, w = draw(st.integers(8, 64), label="H"), draw(st.integers(8, 64), label="W")
    real = draw(realness(event), label="real")
    boxes = draw(numbers((count, 4), -32, 96, step=1, precision=precision, real=real), label="boxes")
    if event == "wholly outside":
        boxes[0] = [w + 8, -16, w + 16, -4]
    if event == "on the border":
        boxes[0] = [0, 0, w, h]
    if event == "H != W" and h == w:
        w += 8
    return Case.of(draw(st.sampled_from(served)), {"boxes": boxes, "image_size": (h, w)})


CLIP = Cases(
    {
        "lattice": always,
        "real": always,
        "H != W": lambda c: c.image_size[0] != c.image_size[1],
        "wholly outside": lambda c: bool((c.boxes[:, 2] > c.image_size[1]).any()),
        "on the border": lambda c: bool((c.boxes == [0, 0, *c.image_size[::-1]]).all(1).any()),
        "no boxes": lambda c: len(c.boxes) == 0,
    },
    _clip_cases,
)

CASES = {"rpn_anchors": ANCHORS, "encode_deltas": ENCODE, "decode_deltas": DECODE, "clip_boxes": CLIP}

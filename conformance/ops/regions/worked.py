"""Worked examples of regions."""

from __future__ import annotations

import math

import numpy as np

import refimpl
from conformance.ops.example import Example, agreed, example
from conformance.paper.markdown import number, numbers, table
from conformance.paper.svg import Frame, Picture
from refimpl import YOLOV8

ANCHOR, BOX = (20.0, 10.0, 60.0, 30.0), (30.0, 15.0, 70.0, 55.0)
DELTA = ((50 - 40) / 40, (35 - 20) / 20, 0.0, math.log(2))


def rpn_anchors() -> Example:
    """Three anchors at two cells."""
    found = refimpl.rpn_anchors((1, 2), 16, np.array([16.0]), np.array([0.5, 1.0, 2.0]), dialect=YOLOV8)
    width = 16 / math.sqrt(0.5)
    agreed("rpn_anchors", [-round(width / 2), -round(16 * math.sqrt(0.5) / 2)], found[0, :2])
    frame = Frame(110, 90, 5, 5)
    shapes = [frame.box(box, kind) for box, kind in zip(found, ("a", "b", "c", "off", "off", "off"))]
    shapes += [frame.dot(point, "a", 3) for point in ((0, 0), (16, 0))]
    described = "Three anchors of one area about the corner of the first cell, and the same at the next, one stride on."
    picture = Picture("rpn_anchors", "Anchors of two cells", described, (320, 180), tuple(shapes))
    rows = [
        (number(r), f"{number(16 / math.sqrt(r))} × {number(16 * math.sqrt(r))}", numbers(box))
        for r, box in zip((0.5, 1, 2), found)
    ]
    return example(
        picture, "Size 16, stride 16, a map of 1 × 2 cells:", table(("ratio", "w × h, px", "rounded corners"), rows)
    )


def _pair():
    frame = Frame(10, 10, 4, 4)
    return frame, [frame.box(ANCHOR, "a"), frame.box(BOX, "b"), frame.line((40, 20), (50, 35), "line")]


def encode_deltas() -> Example:
    """An anchor and a box."""
    found = refimpl.encode_deltas(np.array([ANCHOR]), np.array([BOX]), dialect=YOLOV8)[0]
    agreed("encode_deltas", DELTA, found)
    _, shapes = _pair()
    picture = Picture(
        "encode_deltas",
        "Shift and growth",
        "An anchor, a box and the line between their centres.",
        (310, 240),
        tuple(shapes),
    )
    rows = [("dx", "(50 − 40) / 40", number(found[0])), ("dy", "(35 − 20) / 20", number(found[1])),
            ("dw", "ln(40 / 40)", number(found[2])), ("dh", "ln(40 / 20)", number(found[3]))]  # fmt: skip
    return example(picture, f"Anchor {numbers(ANCHOR)}, box {numbers(BOX)}:", table(("", "", ""), rows))


def decode_deltas() -> Example:
    """And back."""
    found = refimpl.decode_deltas(np.array([ANCHOR]), np.array([DELTA]), dialect=YOLOV8)[0]
    agreed("decode_deltas", np.round(BOX, 9), np.round(found, 9))
    _, shapes = _pair()
    picture = Picture("decode_deltas", "The box comes back", "The same anchor and box.", (310, 240), tuple(shapes))
    words = f"The anchor {numbers(ANCHOR)} and the deltas {numbers(np.round(DELTA, 9))}: the centre moves by 0.25 · 40 and 0.75 · 20, the "
    return example(
        picture,
        f"{words}height doubles: {numbers(np.round(found, 9))}. A growth of 5 would give 40 · 62.5 px, not 40 · exp 5.",
    )


def clip_boxes() -> Example:
    """A box across the border."""
    found = refimpl.clip_boxes(np.array([[-10.0, 5.0, 30.0, 60.0]]), (40, 60), dialect=YOLOV8)[0]
    agreed("clip_boxes", [0, 5, 30, 40], found)
    frame = Frame(50, 10, 4, 4)
    shapes = (frame.box((0, 0, 60, 40), "line"), frame.box((-10, 5, 30, 60), "off"), frame.box(found, "b"))
    picture = Picture("clip_boxes", "A box is clipped", "What lies off the image is cut off.", (310, 260), shapes)
    return example(picture, f"(−10, 5, 30, 60) on an image of 40 × 60 px, (H, W), becomes {numbers(found)}.")


def propose() -> Example:
    """Four anchors, two proposals."""
    anchors = np.array([[0, 0, 30, 30], [4, 0, 34, 30], [40, 5, 43, 35], [30, 20, 70, 50]], float)
    scores = np.array([0.9, 0.8, 0.7, 0.6])
    found = refimpl.propose(np.zeros((4, 4)), scores, anchors, (40, 60), 6000, 300, 0.7, 5.0, dialect=YOLOV8)
    agreed("propose", [0.9, 0.6], found.roi_scores)
    frame = Frame(20, 10, 4, 4)
    shapes = [
        frame.box((0, 0, 60, 40), "line"),
        *(frame.box(box, "off") for box in anchors),
        *(frame.box(roi, "c") for roi in found.rois),
    ]
    described = (
        "Proposals are green: the second anchor overlaps the first, the third is too narrow, the last is clipped."
    )
    picture = Picture("propose", "What is proposed", described, (320, 220), tuple(shapes))
    said = (
        "proposed",
        "overlapped by the first: 26·30/1020 = 0.7647",
        "3 px wide, less than 5",
        "clipped, then proposed",
    )
    rows = [(numbers(box), number(score), words) for box, score, words in zip(anchors, scores, said)]
    return example(picture, "No deltas, threshold 0.7, least size 5 px:", table(("anchor", "score", ""), rows))


WORKED = {
    "rpn_anchors": rpn_anchors, "encode_deltas": encode_deltas, "decode_deltas": decode_deltas, "clip_boxes": clip_boxes,
    "propose": propose,
}  # fmt: skip

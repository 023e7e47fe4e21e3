"""Worked examples of anchors, distances, boxes and bins."""

from __future__ import annotations

from dataclasses import replace
from typing import Sequence, Tuple

import numpy as np

import refimpl
from conformance.paper.markdown import number, numbers, table
from conformance.ops.example import Example, agreed, example
from conformance.paper.svg import Frame, Picture, chart
from refimpl import YOLOV8

POINT = (4.5, 3.5)
DISTANCES = (2.5, 1.0, 3.0, 2.0)
FAR = (5.0, 2.5, 24.5, 5.5)
LOGITS = ((0, 2, 0, 0), (0, 0, 2, 1), (1, 1, 1, 1), (0, 0, 0, 3))
SIDES = ("l", "t", "r", "b")
NAMES = ("left", "top", "right", "bottom")


def make_anchors() -> Example:
    """Two levels, wider than high."""
    dialect, shapes = replace(YOLOV8, strides=(8, 16)), [(2, 4), (1, 2)]
    points, strides = refimpl.make_anchors(shapes, dialect=dialect)
    rows = [
        (str(a), numbers(point), number(stride[0]), numbers(point * stride))
        for a, (point, stride) in enumerate(zip(points, strides))
    ]
    frame = Frame(40, 30, 9, 9)
    shapes_drawn = [frame.line((x, 0), (x, 16), "grid") for x in range(0, 33, 8)]
    shapes_drawn += [frame.line((0, y), (32, y), "grid") for y in range(0, 17, 8)]
    shapes_drawn += [frame.line((16, 0), (16, 16), "soft"), frame.box((0, 0, 32, 16), "line")]
    for a, (point, stride) in enumerate(zip(points, strides)):
        coarse = stride[0] == 16
        shapes_drawn += [frame.dot(point * stride, "b" if coarse else "a", 7 if coarse else 5)]
        shapes_drawn += [frame.label(point * stride, str(a), (10, 5), kind="small")]
    shapes_drawn += [frame.dot((35, 4), "a", 5), frame.label((36.5, 4), "stride 8: 2 × 4 cells", (0, 5))]
    shapes_drawn += [frame.dot((35, 8), "b", 7), frame.label((36.5, 8), "stride 16: 1 × 2 cells", (0, 5))]
    picture = Picture(
        "make_anchors", "Anchors of two levels over one image",
        f"An image of 32 × 16 px. The fine level has {len(points) - 2} anchors, numbered along x first; the coarse one "
        "has "
        "2, numbered on from there.", (540, 210), tuple(shapes_drawn),
    )  # fmt: skip
    words = f"`feature_shapes` = {shapes}, that is (H, W), at strides {dialect.strides}:"
    return example(picture, words, table(("anchor", "grid", "stride", "px"), rows))


def dist2bbox() -> Example:
    """An anchor and four distances."""
    box = refimpl.dist2bbox(np.array([DISTANCES]), np.array([POINT]))[0]
    (x, y), (left, top, right, bottom) = POINT, DISTANCES
    agreed("dist2bbox", (x - left, y - top, x + right, y + bottom), box)
    words = f"Anchor {numbers(POINT)}, distances {numbers(DISTANCES)}: the box is"
    steps = ((x, "−", left), (y, "−", top), (x, "+", right), (y, "+", bottom))
    sums = ", ".join(f"{number(a)} {sign} {number(b)}" for a, sign, b in steps)
    description = f"From the anchor at {numbers(POINT)} four lines lead to the edges of the box {numbers(box)}."
    picture = Picture("dist2bbox", "Four distances make a box", description, (370, 255), _distances(box, DISTANCES))
    return example(picture, f"{words} ({sums}) = {numbers(box)}.")


def bbox2dist() -> Example:
    """An anchor just outside a box that reaches past the last bin."""
    found = refimpl.bbox2dist(np.array([POINT]), np.array([FAR]), dialect=YOLOV8)[0]
    (x, y), (x1, y1, x2, y2) = POINT, FAR
    plain = (x - x1, y - y1, x2 - x, y2 - y)
    agreed("bbox2dist", np.clip(plain, 0, YOLOV8.largest_distance), found)
    rows = [(name, number(before), number(after)) for name, before, after in zip(SIDES, plain, found)]
    words = (
        f"Anchor {numbers(POINT)}, box {numbers(FAR)}, R = {YOLOV8.reg_max}. The anchor lies left of the box, so l is "
        f"below 0; the right edge is farther away than the last bin reaches."
    )
    frame = Frame(40, 30, 20, 20)
    reach = x + YOLOV8.largest_distance
    shapes = (
        frame.box(FAR, "b"), frame.dot(POINT, "a", 5), frame.line((reach, 0.5), (reach, 7.5), "soft"),
        frame.line(POINT, (reach, y), "a"), frame.label((x, y), "anchor", (-6, -10), kind="end"),
        frame.label((reach, 7.5), f"as far as the bins reach: {number(found[2])} cells", (50, 20), kind="end"),
        frame.label((x2, y1), f"r = {number(plain[2])}", (0, -8), kind="end"),
    )  # fmt: skip
    description = "The anchor is half a cell left of the box, whose right edge lies beyond the reach of the bins."
    picture = Picture("bbox2dist", "Distances are clamped to the bins", description, (560, 215), shapes)
    return example(picture, words, table(("side", "distance", "clamped"), rows))


def decode_boxes() -> Example:
    """Four rows of four bins."""
    dialect = replace(YOLOV8, reg_max=4)
    logits, point = np.array(LOGITS, float), np.array([POINT])
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    d = p @ np.arange(dialect.reg_max)
    box = refimpl.decode_boxes(logits.reshape(1, 1, -1), point, dialect=dialect)[0, 0]
    agreed("decode_boxes", refimpl.dist2bbox(d[np.newaxis], point)[0], box)
    rows = [(side, numbers(row), numbers(share), number(mean)) for side, row, share, mean in zip(SIDES, logits, p, d)]
    shapes = []
    for side, (name, share, mean) in enumerate(zip(NAMES, p, d)):
        frame = Frame(50 + 140 * side, 150, 26, -120)
        shapes += chart(share, ["a"] * len(share), frame, range(len(share)), name)
        shapes.append(frame.line((mean, 0), (mean, 1), "b"))
        shapes.append(frame.label((mean, 1), number(mean, 3), (0, -6), kind="middle"))
    description = "For each side the probabilities of its four bins as bars; a line at their mean, which is the distance."
    picture = Picture("decode_boxes", "A distance is the mean of its bins", description, (590, 200), tuple(shapes))
    words = f"R = {dialect.reg_max}, anchor {numbers(POINT)}, and these logits:"
    result = f"`dist2bbox` makes the box {numbers(box)} of the four distances."
    return example(picture, words, table(("side", "logits", "p = softmax", "d = Σ i · p"), rows), result)


def _distances(box: Sequence[float], distances: Sequence[float]) -> Tuple[str, ...]:
    """A box on its grid, the anchor in it and a line to each edge."""
    frame = Frame(30, 20, 35, 35)
    (x, y), (x1, y1, x2, y2) = POINT, box
    shapes = [frame.line((column, 0), (column, 6), "grid") for column in range(10)]
    shapes += [frame.line((0, row), (9, row), "grid") for row in range(7)]
    shapes += [frame.box(box, "b"), frame.label((0, 6), "one square is one cell", (0, 16), "small")]
    shapes += [
        frame.label((x1, y1), "(x1, y1)", (0, -6), "small end"),
        frame.label((x2, y2), "(x2, y2)", (4, 18), "small"),
    ]
    ends = ((x1, y), (x, y1), (x2, y), (x, y2))
    shifts = ((12, -6), (8, 16), (-60, -6), (8, -10))
    for end, shift, side, distance in zip(ends, shifts, SIDES, distances):
        shapes += [frame.line(POINT, end, "a"), frame.label(end, f"{side} = {number(distance)}", shift)]
    return (*shapes, frame.dot(POINT, "a", 5))


WORKED = {"dist2bbox": dist2bbox, "bbox2dist": bbox2dist, "decode_boxes": decode_boxes}

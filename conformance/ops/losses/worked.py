"""Worked examples of the losses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import refimpl
from conformance.paper.markdown import number, numbers, table
from conformance.ops.example import Cycle, Example, agreed, example
from conformance.paper.svg import Frame, Picture, bars, chart
from refimpl import YOLOV8

PAIRS = ((2.0, 0.5), (-1.0, 0.0), (0.0, 1.0), (-30.0, 1.0))
DISTANCE = (5.3, 2.0, 0.5, 20.0)
SMALL = replace(YOLOV8, num_classes=2, reg_max=4, strides=(8,), topk=2)
"""A head that fits on a page: two classes, four bins, one level, two anchors a box."""


def bce_loss() -> Example:
    """A few logits, and the curve."""
    x, z = np.array(PAIRS).T
    loss = refimpl.bce_loss(x, z)
    slope = refimpl.bce_loss_vjp(x, z, np.ones(len(x)))
    agreed("bce_loss", np.maximum(x, 0) - x * z + np.log1p(np.exp(-np.abs(x))), loss)
    rows = [tuple(map(number, row)) for row in zip(x, z, 1 / (1 + np.exp(-x)), loss, slope)]
    frame, steps = Frame(200, 210, 35, -40), np.arange(-40, 41) / 8
    shapes = [frame.line((-5, 0), (5, 0)), frame.line((0, 0), (0, 5), "grid")]
    for target, kind, place in ((0.0, "a", (4.1, 3.8)), (0.5, "c", (4.1, 1.7)), (1.0, "b", (-4.0, 4.2))):
        curve = refimpl.bce_loss(steps, np.full_like(steps, target))
        shapes += [
            frame.curve(zip(steps, curve), kind),
            frame.label(place, f"z = {number(target)}", (8, 0), kind="small"),
        ]
    shapes += [frame.label((i, 0), number(i), (0, 18), kind="small middle") for i in range(-4, 5, 2)]
    shapes += [frame.label((5, 0), "logit x", (8, 5)), frame.label((0, 5), "loss", (8, 10))]
    described = (
        "The loss over the logit for targets 0, one half and 1: straight far out, lowest where the probability is z."
    )
    picture = Picture("bce_loss", "Binary cross-entropy of a logit", described, (470, 250), tuple(shapes))
    return example(picture, table(("x", "z", "σ(x)", "loss", "gradient σ(x) − z"), rows))


def dfl_loss() -> Example:
    """Four targets: between bins, on a bin, below the first whole bin, past the end."""
    dialect, bins = YOLOV8, np.arange(YOLOV8.reg_max)
    logits = -np.square(bins - 5) / 4
    loss = refimpl.dfl_loss(np.tile(logits, 4)[np.newaxis], np.array([DISTANCE]), dialect=dialect)
    p = np.exp(logits) / np.exp(logits).sum()
    rows, parts = [], []
    for side, target in zip("ltrb", DISTANCE):
        t = min(max(target, 0), dialect.largest_distance)
        left = int(t)
        weights = left + 1 - t, t - left
        parts.append(float(-weights[0] * np.log(p[left]) - weights[1] * np.log(p[left + 1])))
        pair = f"{number(weights[0])} on {left}, {number(weights[1])} on {left + 1}"
        rows.append((side, number(target), number(t), pair, number(parts[-1])))
    agreed("dfl_loss", [sum(parts) / 4], loss)
    slope = refimpl.dfl_loss_vjp(np.tile(logits, 4)[np.newaxis], np.array([DISTANCE]), np.ones(1), dialect=dialect)[0]
    frame = Frame(40, 190, 30, -200)
    weights = np.maximum(1 - np.abs(DISTANCE[0] - bins), 0)
    shapes = [*chart(weights, ["b"] * len(bins), frame, bins), *bars(p, ["a"] * len(bins), frame, 0.35)]
    shapes += [frame.label((i, weights[i]), number(weights[i]), (0, -6), kind="middle") for i in np.flatnonzero(weights)]
    shapes += [frame.label((8, 0.7), f"wide: weights of the target {number(DISTANCE[0])}", kind="small")]
    shapes += [frame.label((8, 0.6), "narrow: predicted probabilities", kind="small")]
    described = (
        f"{len(bins)} bins. The target puts its weight on the two bins around it, the prediction spreads over more."
    )
    picture = Picture("dfl_loss", "Two bins carry the target", described, (530, 225), tuple(shapes))
    words = (
        f"R = {dialect.reg_max}; each side has the logits −(i − 5)² / 4, i the bin, so it predicts about 5. "
        f"Targets {numbers(DISTANCE)}:"
    )
    headings = ("side", "target", "clamped t", "weights", "loss")
    ends = f"Their mean is the loss, {number(loss[0])}. Gradient of l by its logits 4, 5 and 6: {numbers(slope[4:7])}."
    return example(picture, words, table(headings, rows), ends)


def bbox_loss() -> Example:
    """Three anchors, two of them foreground."""
    points = np.array([[1.5, 1.5], [2.5, 1.5], [0.5, 0.5]])
    drawn = Cycle(7, 11, 5, 4)
    logits = drawn.values(1, 3, 4 * SMALL.reg_max)
    boxes = refimpl.decode_boxes(logits, points, dialect=SMALL)
    target = np.tile([0.5, 0.25, 3.5, 2.75], (1, 3, 1))
    scores, fg = np.array([[[0, 0.75], [0, 0.5], [0, 0]]]), np.array([[True, True, False]])
    total = float(scores.sum())
    box, dfl = refimpl.bbox_loss(logits, boxes, points, target, scores, total, fg, dialect=SMALL)
    far = 1 - refimpl.ciou(boxes[0, :2], target[0, :2], dialect=SMALL)
    distance = refimpl.bbox2dist(points, target, dialect=SMALL)[0, :2]
    spread = refimpl.dfl_loss(logits[0, :2], distance, dialect=SMALL)
    w = scores[0, :2].sum(axis=-1)
    agreed("bbox_loss", [(w * far).sum() / total, (w * spread).sum() / total], [box, dfl])
    rows = [
        (str(a), numbers(boxes[0, a], 3), numbers(distance[a]), *map(number, (w[a], far[a], spread[a]))) for a in range(2)
    ]
    frame = Frame(80, 30, 60, 60)
    shapes = [frame.box(target[0, 0], "b"), *(frame.box(boxes[0, a], "a") for a in range(2))]
    shapes += [frame.dot(point, "a" if yes else "off") for point, yes in zip(points, fg[0])]
    shapes += [frame.label(point, str(a), (8, -6), kind="small") for a, point in enumerate(points)]
    shapes += [frame.label(boxes[0, a, :2], f"of anchor {a}", (4, -5), kind="small") for a in range(2)]
    shapes += [frame.label(target[0, 0, [0, 3]], "target", (-5, -6), kind="small end")]
    described = (
        "The target box in orange, the boxes that the foreground anchors 0 and 1 predict in blue, and anchor 2, which "
        "is background and takes no part."
    )
    picture = Picture("bbox_loss", "Foreground boxes against their target", described, (360, 250), tuple(shapes))
    words = (
        f"R = {SMALL.reg_max}; anchors at {', '.join(map(numbers, points))} have the logits {drawn}. The first two are "
        f"foreground, with the target {numbers(target[0, 0])}, grid. S = {number(total)}."
    )
    ends = f"Weighted, summed and divided by S: box = {number(box)}, dfl = {number(dfl)}."
    return example(
        picture, words, table(("anchor", "predicted, grid", "target ltrb", "w", "1 − CIoU", "DFL"), rows), ends
    )


WORKED = {"bce_loss": bce_loss, "dfl_loss": dfl_loss, "bbox_loss": bbox_loss}

"""Worked examples of targets and of the first stages of the assigner."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import refimpl
from conformance.paper.markdown import number, numbers, table
from conformance.ops.example import Example, agreed, example
from conformance.paper.svg import Frame, Picture, chart
from refimpl import YOLOV8
from refimpl.alignment import edge_distance

TARGETS = ((0, 2, 0.5, 0.5, 0.25, 0.5), (1, 0, 0.25, 0.25, 0.5, 0.25), (0, 1, 0.8125, 0.5, 0.125, 0.25))
IMAGE = (320, 640)
GT = (4.0, 6.0, 22.0, 26.0)
SCORES = ((0.1, 0.64), (0.7, 0.25), (0.2, 0.81), (0.3, 0.9))
PREDICTED = ((8.0, 6.0, 40.0, 26.0), (10.0, 6.0, 42.0, 24.0), (20.0, 2.0, 44.0, 30.0), (70.0, 6.0, 76.0, 60.0))
LABELLED = (10.0, 6.0, 40.0, 26.0)


def pad_targets() -> Example:
    """Three boxes on two images, in no order."""
    found = refimpl.pad_targets(np.array(TARGETS), 2, IMAGE, dialect=YOLOV8)
    agreed("pad_targets", [0.25 * 640 * 1.5, 80, 0.25 * 640 * 2.5, 240], found.gt_bboxes[0, 0])
    rows = [
        (str(image), str(slot), str(found.gt_labels[image, slot, 0]), numbers(box), str(int(found.mask_gt[image, slot, 0])))
        for image in range(2) for slot, box in enumerate(found.gt_bboxes[image])
    ]  # fmt: skip
    shapes = []
    for image in range(2):
        frame = Frame(20 + 280 * image, 40, 0.4, 0.4)
        shapes += [frame.box((0, 0, *IMAGE[::-1]), "line"), frame.label((0, 0), f"image {image}", (0, -8))]
        for slot in np.flatnonzero(found.mask_gt[image]):
            box = found.gt_bboxes[image, slot]
            shapes += [frame.box(box, "b"), frame.label(box[[0, 3]], f"slot {slot}", (0, 15), kind="small")]
    described = "Two images. The first has boxes in slots 0 and 1, the second in slot 0; its slot 1 is padding."
    picture = Picture("pad_targets", "Boxes go to slots of their image", described, (580, 190), tuple(shapes))
    columns = ("image", "class", "cx", "cy", "w", "h")
    given = table(columns, [tuple(map(number, row)) for row in TARGETS])
    words = f"`batch_size` 2, `image_size` {IMAGE}, that is (H, W), and `targets`:"
    headings = ("image", "slot", "`gt_labels`", "`gt_bboxes`, px", "`mask_gt`")
    return example(picture, words, given, "become", table(headings, rows))


def candidates_in_gts() -> Example:
    """A box on a map of 4 × 4 cells, one row of anchors on its edge."""
    grid, stride = refimpl.make_anchors([(4, 4)], dialect=replace(YOLOV8, strides=(8,)))
    points, box = grid * stride, np.array(GT)
    inside = refimpl.candidates_in_gts(points, box[np.newaxis, np.newaxis], np.ones((1, 1, 1)), dialect=YOLOV8)[0, 0]
    distance = edge_distance(points, box, dialect=YOLOV8)
    agreed("candidates_in_gts", distance > YOLOV8.inside_eps, inside)
    shown = np.flatnonzero((points[:, 1] == 12))
    rows = [(str(a), numbers(points[a]), number(distance[a]), "yes" if inside[a] else "no") for a in shown]
    frame = Frame(20, 15, 8, 8)
    shapes = [frame.box((0, 0, 32, 32), "line"), frame.box(GT, "b")]
    shapes += [frame.dot(point, "c" if yes else "off", 6) for point, yes in zip(points, inside)]
    shapes += [frame.label(points[a], str(a), (9, 5), kind="small") for a in range(16)]
    described = (
        f"Of 16 anchors {inside.sum()} lie inside the box and are drawn green. Those on its left edge are not inside."
    )
    picture = Picture("candidates_in_gts", "Anchors inside a box", described, (300, 290), tuple(shapes))
    words = f"Box {numbers(GT)} px on a map of 4 × 4 cells at stride 8; of its second row of anchors:"
    ends = f"In all, anchors {', '.join(map(str, np.flatnonzero(inside)))} are candidates."
    return example(picture, words, table(("anchor", "px", "distance to the nearest edge", "inside"), rows), ends)


def alignment_metric() -> Example:
    """One box and four anchors that predict it more or less."""
    dialect = replace(YOLOV8, num_classes=2)
    boxes, gt = np.array([PREDICTED]), np.array([[LABELLED]])
    metric, overlaps = (
        x[0, 0]
        for x in refimpl.alignment_metric(
            np.array([SCORES]), boxes, np.ones((1, 1, 1), int), gt, np.ones((1, 1, 4)), dialect=dialect
        )
    )
    raw = refimpl.ciou(np.tile(gt[0], (4, 1)), boxes[0], dialect=dialect)
    s = np.array(SCORES)[:, 1]
    agreed("alignment_metric", s**dialect.alpha * np.maximum(raw, 0) ** dialect.beta, metric)
    columns = zip(s, raw, overlaps, s**dialect.alpha, overlaps**dialect.beta, metric)
    rows = [(str(a), numbers(PREDICTED[a]), *map(number, column)) for a, column in enumerate(columns)]
    shapes = []
    charts = (("score s", s, "a"), ("overlap u", overlaps, "b"), ("metric t", metric, "c"))
    for place, (name, values, kind) in enumerate(charts):
        frame = Frame(50 + 200 * place, 150, 44, -120)
        shapes += chart(values, [kind] * len(s), frame, range(len(s)), name)
        shapes += [frame.label((i, v), number(v, 2), (0, -5), kind="small middle") for i, v in enumerate(values)]
    described = "Bars of score, overlap and metric of each anchor. The sixth power leaves only the well placed boxes."
    picture = Picture("alignment_metric", "Score and overlap make the metric", described, (620, 200), tuple(shapes))
    words = (
        f"A box {numbers(LABELLED)} px of class 1 with {len(s)} anchors inside; α = {dialect.alpha}, "
        f"β = {number(dialect.beta)}."
    )
    headings = ("anchor", "prediction, px", "s of class 1", "CIoU", "u", "s^α", "u^β", "t")
    return example(picture, words, table(headings, rows))


WORKED = {"pad_targets": pad_targets}

"""Worked examples of boxes that move, mosaics, tables and mixtures."""

from __future__ import annotations

import numpy as np

import refimpl
from conformance.ops.example import Example, agreed, example
from conformance.paper.markdown import number, numbers, table
from conformance.paper.svg import Frame, Picture, chart
from refimpl import YOLOV8

TURN = ((0.75, -0.5, 20.0), (0.5, 0.75, -5.0), (0.0, 0.0, 1.0))
BEFORE = ((0, 0, 40, 40), (0, 0, 40, 40), (0, 0, 60, 30))
AFTER = ((0, 0, 2, 40), (0, 0, 10, 10), (0, 0, 30, 30))


def denormalise_boxes() -> Example:
    """A box in shares."""
    found = refimpl.denormalise_boxes(
        np.array([[0.5, 0.25, 0.25, 0.5]]), (60, 80), np.array([4.0, 2.0]), dialect=YOLOV8
    )[0]
    agreed("denormalise_boxes", [80 * 0.375 + 4, 60 * 0 + 2, 80 * 0.625 + 4, 60 * 0.5 + 2], found)
    frame = Frame(20, 20, 3, 3)
    shapes = (frame.box((4, 2, 84, 62), "line"), frame.box(found, "b"))
    picture = Picture(
        "denormalise_boxes",
        "Shares become px",
        "The box in its image, which is moved by the padding.",
        (290, 220),
        shapes,
    )
    words = "(0.5, 0.25, 0.25, 0.5) of an image of 60 × 80 px, padded by 4 and 2: x1 = 80 · (0.5 − 0.125) + 4 = 34, and so on: "
    return example(picture, f"{words}{numbers(found)}.")


def flip_boxes() -> Example:
    """A box in a mirror."""
    found = refimpl.flip_boxes(np.array([[1.0, 1.0, 4.0, 3.0]]), 12, dialect=YOLOV8)[0]
    agreed("flip_boxes", [12 - 4, 1, 12 - 1, 3], found)
    frame = Frame(20, 20, 20, 20)
    shapes = (
        frame.box((0, 0, 12, 4), "line"),
        frame.box((1, 1, 4, 3), "off"),
        frame.box(found, "b"),
        frame.line((6, 0), (6, 4), "soft"),
    )
    picture = Picture(
        "flip_boxes", "Corners trade places", "The box and its mirror image about the middle.", (280, 120), shapes
    )
    return example(picture, f"(1, 1, 4, 3) in an image 12 px wide becomes (12 − 4, 1, 12 − 1, 3) = {numbers(found)}.")


def warp_boxes() -> Example:
    """A turned box."""
    box = (10.0, 10.0, 50.0, 30.0)
    found = refimpl.warp_boxes(np.array([box]), np.array(TURN), dialect=YOLOV8)[0]
    points = [(box[i], box[j]) for i, j in ((0, 1), (2, 1), (2, 3), (0, 3))]
    moved = [tuple(sum(m * p for m, p in zip(row, (*point, 1))) for row in TURN[:2]) for point in points]
    agreed("warp_boxes", [f(column) for f in (min, max) for column in zip(*moved)], found)
    frame = Frame(20, 10, 4, 4)
    shapes = [frame.box(found, "soft")] + [frame.line(a, b, "a") for a, b in zip(moved, moved[1:] + moved[:1])]
    described = "The warped corners stand askew; the box around them is larger than what was turned."
    picture = Picture("warp_boxes", "The box around warped corners", described, (290, 230), tuple(shapes))
    rows = [(numbers(a), numbers(b)) for a, b in zip(points, moved)]
    return example(
        picture,
        f"The corners of {numbers(box)}:",
        table(("before", "after"), rows),
        f"Least and largest: {numbers(found)}.",
    )


def keep_boxes() -> Example:
    """Three boxes after a crop."""
    kept = refimpl.keep_boxes(np.array(BEFORE, float), np.array(AFTER, float), dialect=YOLOV8)
    agreed("keep_boxes", [0, 0, 1], kept)
    shapes = []
    for i, (before, after) in enumerate(zip(BEFORE, AFTER)):
        frame = Frame(20 + 160 * i, 20, 2, 2)
        shapes += [frame.box(before, "line"), frame.box(after, "c" if kept[i] else "off")]
    described = "What is left of three boxes: too narrow, too small a share, enough."
    picture = Picture("keep_boxes", "Boxes that are left", described, (490, 120), tuple(shapes))
    rows = [
        (numbers(a[2:]), number(a[2] * a[3] / (b[2] * b[3])), "stays" if k else "leaves")
        for b, a, k in zip(BEFORE, AFTER, kept)
    ]
    return example(picture, "Sides after, and the share of the area before:", table(("px", "share", ""), rows))


def mosaic_layout() -> Example:
    """Four images around a point."""
    layout = refimpl.mosaic_layout(np.array([[8, 9], [5, 3], [2, 8], [20, 12]]), np.array([5, 9]), 8, dialect=YOLOV8)
    agreed("mosaic_layout", [5 - 9, 9 - 8, 0, 1, 5, 9], [*layout.offset[0], *layout.paste[0]])
    frame = Frame(90, 20, 12, 12)
    shapes = [frame.box((0, 0, 16, 16), "line")] + [frame.box(box, kind) for box, kind in zip(layout.paste, "abca")]
    shapes.append(frame.dot((5, 9), "b", 4))
    described = "Four images meet at the centre; what would lie off the canvas is cut."
    picture = Picture("mosaic_layout", "A mosaic", described, (300, 230), tuple(shapes))
    rows = [(str(i), *(numbers(part[i]) for part in layout)) for i in range(4)]
    return example(
        picture,
        "A canvas of 16 × 16 px with its centre at (5, 9):",
        table(("image", "`paste`", "`source`", "`offset`"), rows),
    )


def hsv_tables() -> Example:
    """Three gains."""
    tables = refimpl.hsv_tables(np.array([0.5, 0.5, -0.5]), dialect=YOLOV8)
    levels = [0, 50, 100, 150, 200]
    agreed("hsv_tables", [(100 + 90) % 180, 150, 50], tables[:, 100])
    shapes = []
    for i, (name, row) in enumerate(zip(("hue", "saturation", "value"), tables)):
        shapes += chart(row[levels] / 255, ["abc"[i]] * 5, Frame(50 + 180 * i, 130, 30, -100), levels, name)
    described = "Hue turns by a half and begins anew at 180; saturation grows by half until 255; value is halved."
    picture = Picture("hsv_tables", "Hue, saturation and value", described, (580, 190), tuple(shapes))
    rows = [(str(x), *map(str, tables[:, x])) for x in levels]
    return example(picture, "Gains 0.5, 0.5 and −0.5:", table(("level", "hue", "saturation", "value"), rows))


def mixup() -> Example:
    """Two grey pixels."""
    a, b = np.full((1, 1, 3), 200, np.uint8), np.full((1, 1, 3), 101, np.uint8)
    found = int(refimpl.mixup(a, b, 0.75, dialect=YOLOV8)[0, 0, 0])
    agreed("mixup", [np.floor(0.75 * 200 + 0.25 * 101)], [found])
    shapes = chart(
        [200 / 255, 101 / 255, found / 255], ["a", "b", "c"], Frame(50, 130, 60, -100), ("first", "second", "mixed")
    )
    picture = Picture(
        "mixup",
        "Two levels and their mixture",
        "The mixture lies between both, nearer to the first.",
        (240, 170),
        shapes,
    )
    words = f"λ = 0.75: ⌊0.75 · 200 + 0.25 · 101⌋ = ⌊{number(0.75 * 200 + 0.25 * 101)}⌋ = {found}. With λ on both, as seed 001 has it, "
    return example(picture, f"{words}it would be {number(0.75 * 301)}.")


WORKED = {
    "denormalise_boxes": denormalise_boxes, "flip_boxes": flip_boxes, "warp_boxes": warp_boxes, "keep_boxes": keep_boxes,
    "mosaic_layout": mosaic_layout, "hsv_tables": hsv_tables, "mixup": mixup,
}  # fmt: skip

"""Worked examples of images and frames."""

from __future__ import annotations

import numpy as np

import refimpl
from conformance.ops.example import Example, agreed, example
from conformance.paper.markdown import number, numbers, table
from conformance.paper.svg import Frame, Picture
from refimpl import YOLOV8

SHAPE, FRAME = (100, 203), (128, 128)
BOX = (50.0, 20.0, 150.0, 90.0)


def resized_shape() -> Example:
    """A whole share that floats miss."""
    found = refimpl.resized_shape((116, 87), 320, dialect=YOLOV8)
    agreed("resized_shape", [116 * 320 / 116, 240], found)
    frame = Frame(20, 20, 0.6, 0.6)
    shapes = (
        frame.box((0, 0, 87, 116), "a"),
        frame.box((120, 0, 360, 320), "b"),
        frame.label((120, 320), "240 × 320 px", (0, 18)),
    )
    picture = Picture(
        "resized_shape", "The long side becomes the size", "A small image and the same, enlarged.", (260, 245), shapes
    )
    steps = (
        "The long side 116 becomes 320; the short side is ⌈87 · 320 / 116⌉ = ⌈240⌉ = 240. In float64 the product is "
    )
    return example(picture, f"{steps}{87 * (320 / 116)!r}, and its ceiling 241.")


def _placed():
    placed = refimpl.letterbox_geometry(SHAPE, FRAME, dialect=YOLOV8)
    left, top, right, bottom = placed.padding.tolist()
    frame = Frame(20, 25, 1.6, 1.6)
    height, width = placed.size.tolist()
    inner = (left, top, left + width, top + height)
    return placed, frame, inner, [frame.box((0, 0, *FRAME[::-1]), "line"), frame.box(inner, "a")]


def letterbox_geometry() -> Example:
    """A wide image in a square frame."""
    placed, frame, inner, shapes = _placed()
    agreed("letterbox_geometry", [round(100 * 128 / 203), 128, 32, 33], [*placed.size, *placed.padding[[1, 3]]])
    shapes.append(
        frame.label(
            (0, inner[1]), f"{inner[1]} rows of padding above, {placed.padding[3]} below", (6, -8), kind="small"
        )
    )
    described = "The image fills the width of the frame; what is left above and below is padded, the odd row below."
    picture = Picture("letterbox_geometry", "An image in its frame", described, (250, 250), tuple(shapes))
    rows = [
        ("r", f"min(128/100, 128/203) = {number(placed.ratio)}"),
        ("height", f"round(100 · {number(placed.ratio)}) = round({number(100 * placed.ratio)}) = {placed.size[0]}"),
        (
            "padding",
            f"128 − {placed.size[0]} = {128 - placed.size[0]}: {placed.padding[1]} above, {placed.padding[3]} below",
        ),
    ]
    return example(picture, f"An image of {SHAPE} px, (h, w), in a frame of {FRAME}:", table(("", ""), rows))


def letterbox_boxes() -> Example:
    """A box goes in."""
    placed, frame, inner, shapes = _placed()
    found = refimpl.letterbox_boxes(np.array([BOX]), SHAPE, FRAME, dialect=YOLOV8)[0]
    r, (left, top) = 128 / 203, placed.padding[:2].tolist()
    agreed("letterbox_boxes", [BOX[0] * r + left, BOX[1] * r + top, BOX[2] * r + left, BOX[3] * r + top], found)
    shapes.append(frame.box(found, "b"))
    picture = Picture(
        "letterbox_boxes", "A box moves with its image", "The box lies in the scaled image.", (250, 250), tuple(shapes)
    )
    words = (
        f"The box {numbers(BOX)} of that image, times r = {number(r)}, moved by ({left}, {top}), is {numbers(found)}."
    )
    return example(picture, words)


def restore_boxes() -> Example:
    """And comes back."""
    placed, frame, inner, shapes = _placed()
    given = np.array([[20.0, 40.0, 150.0, 60.0]])
    found = refimpl.restore_boxes(given, FRAME, SHAPE, dialect=YOLOV8)[0]
    top, gain = int(placed.padding[1]), placed.size[0] / SHAPE[0]
    agreed("restore_boxes", [20 * 203 / 128, (40 - top) / gain, 203, (60 - top) / gain], found)
    shapes.append(frame.box((20, 40, 128, 60), "b"))
    described = "What reaches out of the frame on the right is cut off at the edge of the image."
    picture = Picture("restore_boxes", "A box comes back to its image", described, (250, 250), tuple(shapes))
    words = f"The box {numbers(given[0])} of the frame: x is divided by 128/203, y less {top} by {number(gain)} = {placed.size[0]}/100,"
    return example(picture, f"{words} which is {numbers(found)} once x is clipped to 203.")


WORKED = {
    "resized_shape": resized_shape, "letterbox_geometry": letterbox_geometry, "letterbox_boxes": letterbox_boxes,
    "restore_boxes": restore_boxes,
}  # fmt: skip

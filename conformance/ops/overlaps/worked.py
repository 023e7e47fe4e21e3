"""Worked examples of the IoU family: one pair of boxes, measured four times."""

from __future__ import annotations

from typing import Tuple

import numpy as np

import refimpl
from conformance.paper.markdown import number, numbers, table
from conformance.ops.example import Example, agreed, example
from conformance.paper.svg import Frame, Picture
from refimpl import YOLOV8
from refimpl.pairs import angle, aspect, enclosing_sides, iou_and_union, trade_off

BOX1, BOX2 = (10.0, 10.0, 60.0, 30.0), (30.0, 15.0, 50.0, 60.0)
PAIR = np.array([BOX1]), np.array([BOX2])
_FRAME = Frame(-20, -10, 6, 6)
_MIDDLES = tuple(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) for box in (BOX1, BOX2))
_SHARED = (*map(max, BOX1[:2], BOX2[:2]), *map(min, BOX1[2:], BOX2[2:]))
_AROUND = (*map(min, BOX1[:2], BOX2[:2]), *map(max, BOX1[2:], BOX2[2:]))


def iou() -> Example:
    """Intersection and union."""
    value, union = (float(x[0]) for x in iou_and_union(*PAIR, YOLOV8))
    shared, (area1, area2) = _area(_SHARED), map(_area, (BOX1, BOX2))
    agreed("iou", [shared, area1 + area2 - shared], [value * union, union])
    rows = [
        ("I", f"{_sides(_SHARED)} = {number(shared)}"),
        ("U = w1·h1 + w2·h2 − I", f"{_sides(BOX1)} + {_sides(BOX2)} − {number(shared)} = {number(union)}"),
        ("IoU = I / U", number(value)),
    ]
    shapes = (_FRAME.box(_SHARED, "c"), _FRAME.label((40, 22.5), f"I = {number(shared)}", (0, 5), kind="middle"))
    return _shown(
        "iou",
        rows,
        "Intersection and union",
        "The intersection, in green, lies in both boxes and is counted once in their union.",
        shapes,
    )


def giou() -> Example:
    """The enclosing box."""
    value, union = (float(x[0]) for x in iou_and_union(*PAIR, YOLOV8))
    width, height = (float(x[0]) for x in enclosing_sides(*PAIR, YOLOV8))
    around = width * height
    agreed("giou", [value - (around - union) / around], refimpl.giou(*PAIR, dialect=YOLOV8))
    rows = [
        ("IoU", number(value)), ("U", number(union)), ("E", f"{number(width)} · {number(height)} = {number(around)}"),
        ("(E − U) / E", number((around - union) / around)),
        ("GIoU", number(refimpl.giou(*PAIR, dialect=YOLOV8)[0])),
    ]  # fmt: skip
    shapes = (_FRAME.box(_AROUND, "soft"), _FRAME.label((10, 60), f"E = {number(around)}", (8, -10)))
    return _shown(
        "giou", rows, "The enclosing box", "A dashed box encloses both; what neither covers counts against them.", shapes
    )


def diou() -> Example:
    """The distance of the centres."""
    value = float(refimpl.iou(*PAIR, dialect=YOLOV8)[0])
    width, height = (float(x[0]) for x in enclosing_sides(*PAIR, YOLOV8))
    across, down = (b - a for a, b in zip(*_MIDDLES))
    rho2 = across**2 + down**2
    diagonal = width**2 + height**2
    agreed("diou", [value - rho2 / diagonal], refimpl.diou(*PAIR, dialect=YOLOV8))
    rows = [
        ("IoU", number(value)), ("ρ²", f"{number(across)}² + {number(down)}² = {number(rho2)}"),
        ("c²", f"{number(width)}² + {number(height)}² = {number(diagonal)}"), ("ρ² / c²", number(rho2 / diagonal)),
        ("DIoU", number(refimpl.diou(*PAIR, dialect=YOLOV8)[0])),
    ]  # fmt: skip
    shapes = (
        _FRAME.box(_AROUND, "soft"), _FRAME.line((10, 60), (60, 10), "soft"), _FRAME.line(*_MIDDLES, "c"),
        *(_FRAME.dot(middle, "c") for middle in _MIDDLES),
        _FRAME.label(_MIDDLES[0], "ρ", (-8, 46)), _FRAME.label((10, 60), "c", (40, -20)),
    )  # fmt: skip
    described = "A line joins the centres of the boxes; a dashed one is the diagonal of the enclosing box."
    return _shown("diou", rows, "The distance of the centres", described, shapes)


def ciou() -> Example:
    """The aspect ratios, as angles."""
    value = refimpl.iou(*PAIR, dialect=YOLOV8)
    angles = [angle(boxes, YOLOV8) for boxes in PAIR]
    v = aspect(angles[1] - angles[0], YOLOV8)
    alpha = trade_off(v, value, YOLOV8)
    distance = refimpl.diou(*PAIR, dialect=YOLOV8)
    agreed("ciou", distance - alpha * v, refimpl.ciou(*PAIR, dialect=YOLOV8))
    turns = [float(angle[0]) for angle in angles]
    rows = [
        ("DIoU", number(distance[0])),
        ("atan w1/h1", f"atan {_sides(BOX1, '/')} = {number(turns[0])}"),
        ("atan w2/h2", f"atan {_sides(BOX2, '/')} = {number(turns[1])}"),
        ("v", f"4/π² · ({number(turns[1])} − {number(turns[0])})² = {number(v[0])}"),
        ("α = v / (1 − IoU + v + ε)", f"{number(v[0])} / (1 − {number(value[0])} + {number(v[0])}) = {number(alpha[0])}"),
        ("α · v", number((alpha * v)[0])),
        ("CIoU", number(refimpl.ciou(*PAIR, dialect=YOLOV8)[0])),
    ]  # fmt: skip
    shapes = (
        _FRAME.line((10, 30), (60, 10), "a"), _FRAME.line((30, 60), (50, 15), "b"),
        _FRAME.label((10, 30), f"atan w1/h1 = {number(turns[0])}", (2, 18), kind="small"),
        _FRAME.label((50, 60), f"atan w2/h2 = {number(turns[1])}", (8, -8), kind="small"),
    )  # fmt: skip
    described = "A diagonal in each box: the ratio of its sides as an angle. The one lies, the other stands."
    return _shown("ciou", rows, "Aspect ratios as angles", described, shapes)


def _area(box: Tuple[float, ...]) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _sides(box: Tuple[float, ...], between: str = " · ") -> str:
    return f"{number(box[2] - box[0])}{between}{number(box[3] - box[1])}"


def _shown(op: str, rows: list, title: str, described: str, shapes: Tuple[str, ...]) -> Example:
    """The steps of one measure, the slopes by both boxes, and the boxes with what is measured."""
    slopes = getattr(refimpl, f"{op}_vjp")(*PAIR, np.ones(1), dialect=YOLOV8)
    gradient = ", ".join(f"∂`{name}` = {numbers(slope)}" for name, slope in zip(("boxes1", "boxes2"), slopes))
    boxes = (
        _FRAME.box(BOX1, "a"), _FRAME.box(BOX2, "b"),
        _FRAME.label((10, 10), "boxes1", (2, -6)), _FRAME.label((40, 60), "boxes2", (0, 18), kind="middle"),
    )  # fmt: skip
    words = f"`boxes1` {numbers(BOX1)}, `boxes2` {numbers(BOX2)}. ε is too small to show here."
    picture = Picture(op, title, described, (440, 380), (*boxes, *shapes))
    return example(picture, words, table(("", "value"), rows), f"Its gradient: {gradient}.")


WORKED = {"iou": iou, "giou": giou, "diou": diou, "ciou": ciou}

"""Worked example of an area."""

from __future__ import annotations

import numpy as np

import refimpl
from conformance.ops.example import agreed, example
from conformance.paper.svg import Frame, Picture

BOX = (1.0, 1.0, 4.0, 3.0)


def _example():
    x1, y1, x2, y2 = BOX
    answer = refimpl.OPS["box_area"].function(np.array([BOX]), dialect=refimpl.YOLOV8)
    agreed("area", [(x2 - x1) * (y2 - y1)], answer)
    frame = Frame(40, 30, 5, 4)
    drawing = Picture("box_area", "A box of 3 × 2 px", "It covers 6 px².", (240, 150), (frame.box(BOX, "a"),))
    return example(drawing, "(4 − 1) · (3 − 1) = 6")


WORKED = {"box_area": _example}

"""Worked example of the largest box."""

from __future__ import annotations

import numpy as np

import refimpl
from conformance.ops.example import agreed, example
from conformance.paper.svg import Frame, Picture

WIDE, SQUARE = (0.0, 0.0, 9.0, 1.0), (0.0, 2.0, 4.0, 6.0)


def _example():
    answer = refimpl.OPS["largest_box"].function(np.array([[WIDE, SQUARE]]), dialect=refimpl.YOLOV8)
    agreed("largest", [float(np.argmax([9 * 1, 4 * 4]))], answer.astype(float))
    frame = Frame(30, 30, 10, 7)
    shapes = (frame.box(WIDE, "a"), frame.box(SQUARE, "b"))
    return example(Picture("largest_box", "Two boxes", "The square covers more.", (330, 230), shapes), "9 · 1 < 4 · 4: it is 1")


WORKED = {"largest_box": _example}

"""Worked example of a darker image."""

from __future__ import annotations

import numpy as np

import refimpl
from conformance.ops.example import agreed, example
from conformance.paper.svg import Frame, Picture


def _example():
    pixels = np.array([[[0, 7, 255]]], np.uint8)
    answer = refimpl.OPS["dimmed"].function(pixels, 8, dialect=refimpl.YOLOV8)
    agreed("darker", [0.0, 0.0, 247.0], answer.ravel().astype(float))
    shapes = (Frame(40, 40, 1, 1).box((0, 0, 1, 1), "a"),)
    return example(Picture("dimmed", "One pixel", "It gets darker.", (80, 80), shapes), "0, 7 and 255 less 8: 0, 0 and 247")


WORKED = {"dimmed": _example}

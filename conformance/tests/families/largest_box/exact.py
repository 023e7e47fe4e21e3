"""Golden answers: exact rationals."""

from __future__ import annotations

from fractions import Fraction

import numpy as np


def _largest(x, dialect):
    images = [[[Fraction(number) for number in box] for box in image] for image in x["boxes"].tolist()]
    areas = [[(x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in image] for image in images]
    return {"largest": np.array([image.index(max(image)) for image in areas], np.int64)}


ANSWERS = {"largest_box": _largest}

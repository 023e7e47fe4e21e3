"""Golden answers: exact rationals."""

from __future__ import annotations

from fractions import Fraction

import numpy as np


def _area(x, dialect):
    rows = ([Fraction(number) for number in box] for box in x["boxes"].tolist())
    return {"areas": np.array([float((x2 - x1) * (y2 - y1)) for x1, y1, x2, y2 in rows])}


ANSWERS = {"box_area": _area}

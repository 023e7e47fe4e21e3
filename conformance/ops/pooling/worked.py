"""Worked examples of pooling: one region on a map of 6 × 8 cells."""

from __future__ import annotations

from typing import List

import numpy as np

import refimpl
from conformance.ops.example import Example, agreed, example
from conformance.paper.markdown import number, numbers, table
from conformance.paper.svg import Frame, Picture
from refimpl import YOLOV8
from refimpl.roi_max_pool import edges
from refimpl.roi_samples import sample_positions

FEATURES = (np.arange(48) * 7 % 48).reshape(1, 6, 8).astype(float)
ROI = (8.0, 12.0, 44.0, 36.0)
_FRAME = Frame(20, 20, 34, 34)


def _cells() -> List[str]:
    shapes = [_FRAME.line((x, 0), (x, 6), "grid") for x in range(9)] + [
        _FRAME.line((0, y), (8, y), "grid") for y in range(7)
    ]
    return shapes + [
        _FRAME.label((x + 0.5, y + 0.5), f"{FEATURES[0, y, x]:.0f}", (0, 4), kind="small middle")
        for y in range(6)
        for x in range(8)
    ]


def roi_max_pool() -> Example:
    """Corners rounded, then bins."""
    found = refimpl.roi_max_pool(FEATURES, np.array([ROI]), 2, 0.125, dialect=YOLOV8)[0, 0]
    down, across = edges(2, 5, 2, 6, dialect=YOLOV8), edges(1, 6, 2, 8, dialect=YOLOV8)
    steps = [FEATURES[0, top:bottom, left:right].max() for top, bottom in down for left, right in across]
    agreed("roi_max_pool", steps, found.ravel())
    shapes = _cells() + [_FRAME.box((left, top, right, bottom), "a") for top, bottom in down for left, right in across]
    described = "A map with its values; four bins lie over the cells of the region."
    picture = Picture("roi_max_pool", "The bins of a region", described, (310, 250), tuple(shapes))
    words = f"The region {numbers(ROI)} px at scale 1/8 is {numbers(np.array(ROI) / 8)} cells, rounded (1, 2, 6, 5): rows 2 … 5, columns 1 … 6."
    rows = [(f"rows {t} … {b - 1}, columns {left} … {r - 1}", number(v)) for (t, b, left, r), v in zip(
        [(*rows, *columns) for rows in down for columns in across], steps)]  # fmt: skip
    return example(picture, words, table(("bin", "largest"), rows))


def roi_align() -> Example:
    """Samples between cells."""
    found = refimpl.roi_align(FEATURES, np.array([ROI]), 2, 0.125, 1, True, dialect=YOLOV8)[0, 0]
    ys = sample_positions(ROI[1], ROI[3], 2, 0.125, 1, True).ravel()
    xs = sample_positions(ROI[0], ROI[2], 2, 0.125, 1, True).ravel()
    agreed("roi_align", [_between(y, x) for y in ys for x in xs], found.ravel())
    shapes = _cells() + [_FRAME.dot((x + 0.5, y + 0.5), "b", 5) for y in ys for x in xs]
    described = "The same map with four samples, one in the middle of each bin, between the centres of cells."
    picture = Picture("roi_align", "The samples of a region", described, (310, 250), tuple(shapes))
    rows = [(f"({number(x)}, {number(y)})", number(_between(y, x))) for y in ys for x in xs]
    return example(
        picture,
        f"The region {numbers(ROI)} px, one sample for each bin, aligned:",
        table(("x, y in cells", "value"), rows),
    )


def _between(y: float, x: float) -> float:
    """Bilinear, inside the map."""
    top, left = int(y), int(x)
    rows = [FEATURES[0, top + i, left] * (1 - x + left) + FEATURES[0, top + i, left + 1] * (x - left) for i in (0, 1)]
    return float(rows[0] * (1 - y + top) + rows[1] * (y - top))


WORKED = {"roi_max_pool": roi_max_pool, "roi_align": roi_align}

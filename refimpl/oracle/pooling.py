"""Pooling once more: cell by cell and sample by sample, on exact numbers.

A cell belongs to a bin of max pooling if their stretches overlap; a sample of RoIAlign looks at the cells around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from refimpl.oracle.scalars import exact


def away_from_zero(x: Any) -> int:
    """Nearest whole number, halves away from zero."""
    size = abs(x)
    whole = size.numerator // size.denominator
    whole += size - whole >= Fraction(1, 2)
    return whole if x >= 0 else -whole


def bin_cells(first: int, last: int, bins: int, i: int, cells: int) -> list[int]:
    """Cells of the map whose stretch overlaps that of bin i of the region first … last."""
    length = max(last - first + 1, 1)
    low, high = Fraction(i * length, bins), Fraction((i + 1) * length, bins)
    return [n for n in range(cells) if n - first + 1 > low and n - first < high]


def max_pool(features: Any, roi: Sequence[Any], bins: int, scale: Any) -> list[Any]:
    """[D][P][P] largest values of one region of [D][H][W]."""
    x1, y1, x2, y2 = (away_from_zero(exact(x) * exact(scale)) for x in roi)
    rows = [bin_cells(y1, y2, bins, i, len(features[0])) for i in range(bins)]
    columns = [bin_cells(x1, x2, bins, j, len(features[0][0])) for j in range(bins)]
    return [
        [
            [max((exact(channel[y][x]) for y in row for x in column), default=Fraction(0)) for column in columns]
            for row in rows
        ]
        for channel in features
    ]


def align(features: Any, roi: Sequence[Any], bins: int, scale: Any, ratio: int, aligned: bool) -> list[Any]:
    """[D][P][P] means of bilinear samples of one region."""
    sides = []
    for i in (1, 0):
        start, end = exact(roi[i]) * exact(scale), exact(roi[i + 2]) * exact(scale)
        length = end - start if aligned else max(end - start, Fraction(1))
        samples = ratio or max(_up(length / bins), 0)
        sides.append((start - Fraction(1, 2) if aligned else start, length, samples))
    (top, height, down), (left, width, across) = sides
    grids = []
    for channel in features:
        grid = []
        for i in range(bins):
            row = []
            for j in range(bins):
                total = Fraction(0)
                for k in range(down):
                    for m in range(across):
                        y = top + (i + (k + Fraction(1, 2)) / down) * height / bins
                        x = left + (j + (m + Fraction(1, 2)) / across) * width / bins
                        total += bilinear(channel, y, x)
                row.append(total / max(down * across, 1))
            grid.append(row)
        grids.append(grid)
    return grids


def bilinear(channel: Any, y: Any, x: Any) -> Any:
    """Value between the four cells around a point; 0 farther than one cell outside."""
    height, width = len(channel), len(channel[0])
    if y < -1 or y > height or x < -1 or x > width:
        return Fraction(0)
    y, x = min(max(y, 0), height - 1), min(max(x, 0), width - 1)
    y, x = Fraction(y), Fraction(x)
    y0, x0 = y.numerator // y.denominator, x.numerator // x.denominator
    y1, x1 = min(y0 + 1, height - 1), min(x0 + 1, width - 1)
    top = exact(channel[y0][x0]) * (1 - (x - x0)) + exact(channel[y0][x1]) * (x - x0)
    bottom = exact(channel[y1][x0]) * (1 - (x - x0)) + exact(channel[y1][x1]) * (x - x0)
    return top * (1 - (y - y0)) + bottom * (y - y0)


def _up(x: Any) -> int:
    return -(-x.numerator // x.denominator)

"""Windows: the cells that a bin of max pooling may cover, given that corners and edges are only known to a bound."""

from __future__ import annotations

import itertools
from typing import Any, Iterator, List, NamedTuple, Set, Tuple

import numpy as np

from conformance.judging.maxima import Window, is_some_maximum
from conformance.judging.rounding import Precision, Rounded
from conformance.judging.whole_numbers import half_away, whole_numbers

Span = Tuple[int, int]
"""First cell, and the one past the last."""


class Bin(NamedTuple):
    """A bin of the output: its region, row and column, and the windows it may have."""

    roi: int
    row: int
    column: int
    windows: Tuple[Window, ...]


class Side(NamedTuple):
    """One side of a region: its corners, if they are certain, and the spans of each of its bins."""

    corners: Tuple[int, int]
    spans: List[Set[Span]]


def sides(case: Any, precision: Precision, shift: int = 0) -> List[Tuple[Side, Side]]:
    """Rows and columns of each region.

    Parameters
    ----------
    shift : how many cells corners and edges may be off, to look for what comes near
    """
    scaled = Rounded(case.rois, precision) * Rounded(np.float64(case.spatial_scale), precision)
    rule = np.rint if case.dialect.roi_rounding == "half_even" else half_away
    corners = whole_numbers(scaled, rule)
    height, width = case.features.shape[1:]
    found = []
    for least, most in zip(corners.least.tolist(), corners.most.tolist()):
        found.append(tuple(
            _side(range(least[i] - shift, most[i] + shift + 1), range(least[i + 2] - shift, most[i + 2] + shift + 1), cells, case, precision)
            for i, cells in ((1, height), (0, width))
        ))  # fmt: skip
    return found


def bins(case: Any, precision: Precision, shift: int = 0) -> Iterator[Bin]:
    """All bins of the output, regions first, then rows, then columns."""
    for k, (down, across) in enumerate(sides(case, precision, shift)):
        for i, j in itertools.product(range(case.output_size), repeat=2):
            spans = itertools.product(sorted(down.spans[i]), sorted(across.spans[j]))
            yield Bin(k, i, j, tuple(Window(*rows, *columns) for rows, columns in spans))


def _side(firsts: range, lasts: range, cells: int, case: Any, precision: Precision) -> Side:
    spans: List[Set[Span]] = [set() for _ in range(case.output_size)]
    for first, last in itertools.product(firsts, lasts):
        for i in range(case.output_size):
            for start, end in _edges(i, max(last - first + 1, 1), case, precision):
                spans[i].add((min(max(first + start, 0), cells), min(max(first + end, 0), cells)))
    return Side((firsts[0], lasts[0]), spans)


def _edges(i: int, length: int, case: Any, precision: Precision) -> Iterator[Span]:
    """⌊i · w/P⌋ and ⌈(i + 1) · w/P⌉: exactly, and as released kernels compute them in float32.

    A whole quotient is taken as it is, or a hair off, since it is the product of a rounded quotient.
    """
    count = case.output_size
    side = np.float32(length) / np.float32(count)
    single = int(np.floor(np.float32(i) * side)), int(np.ceil(np.float32(i + 1) * side))
    if case.dialect.roi_bins == "float32":
        yield single
        return
    yield i * length // count, -(-(i + 1) * length // count)
    yield single


HALF = 1e-6
"""How near to a half a corner is said to be one."""


def blamed(one: Bin, values: np.ndarray, case: Any, near: List[Bin]) -> str:
    """The clause that a wrong bin breaks.

    Parameters
    ----------
    values : (D,), of the bin
    near : all bins, with corners and edges a cell off as well
    """
    if all(w.top >= w.bottom or w.left >= w.right for w in one.windows):
        return "ROI-5"
    corners = case.rois[one.roi] * case.spatial_scale
    if (np.floor(corners[2:] + 0.5) < np.floor(corners[:2] + 0.5)).any():
        return "ROI-2"
    if (np.abs(corners % 1 - 0.5) < HALF).any():
        return "ROI-1"
    place = (one.roi * case.output_size + one.row) * case.output_size + one.column
    return "ROI-3" if is_some_maximum(values, case.features, near[place].windows) else "ROI-4"

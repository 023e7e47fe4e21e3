"""Legal maxima: a value that is the largest of some cells, where it is not certain of which.

A maximum is exact, so a value is compared exactly; but the stretch of cells it is taken over may be known only to a
cell. And the gradient of a maximum goes to where it is attained, split over equal cells in any way.
"""

from __future__ import annotations

import itertools
from typing import Iterator, List, NamedTuple, Sequence, Tuple

import numpy as np

from conformance.judging.whole_numbers import WholeNumbers


class Window(NamedTuple):
    """Rows and columns of cells, each from first to one past the last."""

    top: int
    bottom: int
    left: int
    right: int


def windows(top: WholeNumbers, bottom: WholeNumbers, left: WholeNumbers, right: WholeNumbers) -> Iterator[Window]:
    """All windows whose edges are legal; of scalars."""
    for edges in itertools.product(*(range(int(e.least), int(e.most) + 1) for e in (top, bottom, left, right))):
        yield Window(*edges)


def maximum(cells: np.ndarray, window: Window) -> np.ndarray:
    """Largest value of each channel in a window, 0 if it is empty: (D, H, W) -> (D,)."""
    part = cells[:, window.top : window.bottom, window.left : window.right]
    return part.max(axis=(1, 2)) if part.size else np.zeros(len(cells))


def is_some_maximum(got: np.ndarray, cells: np.ndarray, legal: Sequence[Window]) -> bool:
    """Whether the values are the maxima of one legal window, the same for all channels.

    Parameters
    ----------
    got : (D,) float
    cells : (D, H, W) float
    legal : windows
    """
    return any(np.array_equal(got, maximum(cells, window)) for window in legal)


class Split(NamedTuple):
    """A cotangent, and the cells, flat indices, it may be split over."""

    cotangent: float
    cells: np.ndarray


def splits(cells: np.ndarray, window: Window, cotangent: np.ndarray) -> List[Split]:
    """What a window gives back in each channel; nothing if it is empty: cotangent (D,)."""
    found = []
    rows, columns = np.arange(window.top, window.bottom), np.arange(window.left, window.right)
    if not len(rows) or not len(columns):
        return found
    for d, channel in enumerate(cells):
        part = channel[np.ix_(rows, columns)]
        y, x = np.nonzero(part == part.max())
        found.append(
            Split(float(cotangent[d]), np.ravel_multi_index((np.full(len(y), d), rows[y], columns[x]), cells.shape))
        )
    return found


class Shares(NamedTuple):
    """What is legal in a gradient: least and most of each cell, and groups of cells whose sum is fixed.

    least, most : (n,) float.
    groups : [(cells, sum, size)]: flat indices, what they add up to, and the sum of the sizes of what was added.
    terms : (n,) how many numbers are added in each cell at most.
    """

    least: np.ndarray
    most: np.ndarray
    groups: List[Tuple[np.ndarray, float, float]]
    terms: np.ndarray


def shares(split: Sequence[Split], count: int) -> Shares:
    """Bound every cell of a gradient, and find the groups of cells among which cotangents may move.

    Parameters
    ----------
    split : of all windows
    count : n, cells in all channels
    """
    least, most, terms = np.zeros(count), np.zeros(count), np.zeros(count, np.int64)
    group = np.arange(count)
    for cotangent, cells in split:
        least[cells] += min(cotangent, 0) if len(cells) > 1 else cotangent
        most[cells] += max(cotangent, 0) if len(cells) > 1 else cotangent
        terms[cells] += 1
        group[np.isin(group, group[cells])] = group[cells].min()
    groups = []
    for name in np.unique(group[terms > 0]):
        mine = np.flatnonzero(group == name)
        given = [s.cotangent for s in split if group[s.cells[0]] == name]
        groups.append((mine, float(np.sum(given)), float(np.abs(given).sum())))
    return Shares(least, most, groups, terms)

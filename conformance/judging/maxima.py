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
    """A cotangent, the cells, flat indices, it may be split over, and whether all of it must arrive."""

    cotangent: float
    cells: np.ndarray
    arrives: bool = True


def splits(cells: np.ndarray, legal: Sequence[Window], cotangent: np.ndarray) -> List[Split]:
    """What a bin gives back in each channel, to the largest cells of any of its legal windows: cotangent (D,).

    Nothing, if every window is empty; if only some are, what it gives back may be nothing.
    """
    places = [(np.arange(w.top, w.bottom), np.arange(w.left, w.right)) for w in legal]
    full = [(rows, columns) for rows, columns in places if len(rows) and len(columns)]
    found = []
    for d, channel in enumerate(cells if full else ()):
        largest = [_largest(channel, rows, columns) + d * channel.size for rows, columns in full]
        found.append(Split(float(cotangent[d]), np.unique(np.concatenate(largest)), len(full) == len(places)))
    return found


def _largest(channel: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Flat indices, in one channel, of the largest cells of some rows and columns."""
    part = channel[np.ix_(rows, columns)]
    y, x = np.nonzero(part == part.max())
    return np.ravel_multi_index((rows[y], columns[x]), channel.shape)


class Shares(NamedTuple):
    """What is legal in a gradient: least and most of each cell, and groups of cells whose sum is fixed.

    least, most : (n,) float.
    groups : [(cells, sum, size)]: flat indices, what they add up to, and the sum of the sizes of what was added.
    terms : (n,) how many numbers are added in each cell at most.
    size : (n,) the sum of their sizes, which sets how much their sum is rounded.
    """

    least: np.ndarray
    most: np.ndarray
    groups: List[Tuple[np.ndarray, float, float]]
    terms: np.ndarray
    size: np.ndarray


def shares(split: Sequence[Split], count: int) -> Shares:
    """Bound every cell of a gradient, and find the groups of cells among which cotangents may move.

    Parameters
    ----------
    split : of all bins
    count : n, cells in all channels
    """
    least, most, terms, size = np.zeros(count), np.zeros(count), np.zeros(count, np.int64), np.zeros(count)
    group = np.arange(count)
    for cotangent, cells, arrives in split:
        certain = arrives and len(cells) == 1
        least[cells] += cotangent if certain else min(cotangent, 0)
        most[cells] += cotangent if certain else max(cotangent, 0)
        terms[cells] += 1
        size[cells] += abs(cotangent)
        group[np.isin(group, group[cells])] = group[cells].min()
    groups = []
    for name in np.unique(group[terms > 0]):
        mine = [s for s in split if group[s.cells[0]] == name]
        if all(s.arrives for s in mine):
            given = [s.cotangent for s in mine]
            groups.append((np.flatnonzero(group == name), float(np.sum(given)), float(np.abs(given).sum())))
    return Shares(least, most, groups, terms, size)

"""Layouts: the same numbers laid out otherwise in memory. What an op answers does not depend on it."""

from __future__ import annotations

from typing import Callable, Dict

import numpy as np


MIXED = "each second transposed in memory"


def _transposed(array: np.ndarray) -> np.ndarray:
    """The last axis the slowest, as a transposed tensor has it."""
    return np.array(array.T, order="C").T


def _stepped(array: np.ndarray) -> np.ndarray:
    """Every second element of a larger array, whose others are large and odd."""
    if not array.ndim:
        return array
    wide = np.full((*array.shape[:-1], 2 * array.shape[-1]), 113, array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]


def _expanded(array: np.ndarray) -> np.ndarray:
    """One element seen many times, with strides of 0, where all are equal: as `.sum()` hands a gradient back."""
    if array.size < 2 or not (array == array.flat[0]).all():
        return array
    return np.broadcast_to(np.array(array.flat[0], array.dtype), array.shape)


LAYOUTS: Dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "transposed in memory": _transposed,
    "every second element": _stepped,
    "expanded": _expanded,
    MIXED: _transposed,
}
"""By the names of the events they are drawn for."""


def laid_out(array: np.ndarray, layout: str) -> np.ndarray:
    """An array of the same numbers in a layout; "" leaves it as it is."""
    return LAYOUTS[layout](array) if layout else array


def layout_of(place: int, layout: str) -> str:
    """The layout of one of several arguments: that of all, or of each second."""
    return "" if layout == MIXED and place % 2 else layout

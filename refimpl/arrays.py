"""Arrays: what the reference computes with, and constants in the number type of an array."""

from __future__ import annotations

from typing import Any, Tuple

import numpy as np

FloatArray = Any
"""Array of floats: ndarray, or any number type that implements NumPy's ufunc protocol (`__array_ufunc__`)."""


def is_own_number(value: Any) -> bool:
    """Whether a value is of a number type of its own: a subclass of ndarray, or a duck array."""
    return type(value) is not np.ndarray and hasattr(value, "__array_ufunc__") and not isinstance(value, np.generic)


def like(array: FloatArray, values: Any) -> FloatArray:
    """Constants in the number type of an array: a copy of `values` that does not widen what it is combined with."""
    constants = np.zeros_like(array, shape=np.shape(values))
    constants[...] = values
    return constants


def in_double(array: FloatArray) -> FloatArray:
    """The array in float64; one of a number type of its own as it is."""
    return array if is_own_number(array) else np.asarray(array, np.float64)


def where_true(mask: np.ndarray) -> Tuple[np.ndarray, ...]:
    """Index arrays of what is true, one for each axis, as `np.nonzero`, but three times as fast."""
    return np.unravel_index(np.flatnonzero(mask), mask.shape)

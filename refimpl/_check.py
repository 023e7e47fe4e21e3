"""Contracts at the door: shapes, number types and ranges, with errors that say what came and who bound the letter."""

from __future__ import annotations

import re
from typing import Any, Dict, Mapping, Tuple

import numpy as np

FloatArray = Any
"""Array of floats: ndarray, or any number type that implements NumPy's ufunc protocol (`__array_ufunc__`)."""


class ContractError(ValueError):
    """An argument is not what the function asks for."""


class ShapeError(ContractError):
    """An array has the wrong shape."""


class NumberTypeError(ContractError):
    """An array holds the wrong type of number."""


class RangeError(ContractError):
    """A number lies outside its legal range."""


def floats(name: str, value: Any) -> FloatArray:
    """Convert to float64; a number type of its own (an ndarray subclass, a duck array) passes unchanged.

    Raises
    ------
    NumberTypeError
        If `value` holds anything but real numbers.
    """
    if type(value) is not np.ndarray and hasattr(value, "__array_ufunc__") and not isinstance(value, np.generic):
        return value
    array = np.asarray(value)
    if array.dtype.kind not in "iuf":
        raise NumberTypeError(f"{name}: expected real numbers, got dtype {array.dtype}")
    return array.astype(np.float64, copy=False)


def like(array: FloatArray, values: Any) -> FloatArray:
    """Constants in the number type of an array: a copy of `values` that does not widen what it is combined with."""
    constants = np.zeros_like(array, shape=np.shape(values))
    constants[...] = values
    return constants


def indices(name: str, value: Any, size: int | None = None) -> np.ndarray:
    """Convert whole numbers of any type to int64, each in [0, `size`) if `size` is given.

    Raises
    ------
    NumberTypeError, RangeError
        If a value is not whole, or lies outside the range.
    """
    array = np.asarray(value)
    if array.dtype.kind not in "iufb" or not np.array_equal(array, np.floor(array)):
        raise NumberTypeError(f"{name}: expected whole numbers, got dtype {array.dtype} with {array.ravel()[:4]}")
    if size is not None and array.size and not (array.min() >= 0 and array.max() < size):
        raise RangeError(f"{name}: expected values in 0…{size - 1}, got {array.min():g}…{array.max():g}")
    return array.astype(np.int64)


def booleans(name: str, value: Any) -> np.ndarray:
    """Convert a mask of booleans, or of any numbers that are 0 or 1, to bool.

    Raises
    ------
    NumberTypeError
        If a value is neither 0 nor 1.
    """
    array = np.asarray(value)
    if array.dtype == bool:
        return array
    if array.dtype.kind not in "iuf" or not ((array == 0) | (array == 1)).all():
        raise NumberTypeError(f"{name}: expected a mask of 0 and 1, got dtype {array.dtype} with {array.ravel()[:4]}")
    return array.astype(bool)


def shapes(known: Mapping[str, int] | None = None, **arguments: Tuple[Any, str]) -> Dict[str, int]:
    """Check shapes against a pattern such as `"B A 4R"` and return the size each letter is bound to.

    Parameters
    ----------
    known : sizes already bound, by the dialect.
    arguments : name = (array, pattern). A pattern is made of letters, numbers and their sums and products
        (`4`, `A`, `4R`, `4R+C`); a leading `...` stands for any number of axes.

    Raises
    ------
    ShapeError
        Names the argument, the pattern, the shape that came and who bound each letter.
    """
    sizes = dict(known or {})
    binder = {letter: "the dialect" for letter in sizes}
    for name, (array, pattern) in arguments.items():
        shape, axes = np.shape(array), pattern.split()
        tail = shape
        if axes[0] == "...":
            axes = axes[1:]
            tail = shape[max(len(shape) - len(axes), 0):]
        fits = len(tail) == len(axes)
        for axis, size in zip(axes, tail):
            if axis.isalpha() and axis not in sizes:
                sizes[axis], binder[axis] = size, name
            fits = fits and _size_of(axis, sizes) == size
        if not fits:
            letters = sorted(set(re.findall("[A-Z]", pattern)) & set(binder))
            bound = ", ".join(f"{x}={sizes[x]} from {binder[x]}" for x in letters if binder[x] != name)
            expected = pattern.replace(" ", ", ") + ("," if len(pattern.split()) == 1 else "")
            raise ShapeError(f"{name}: expected shape ({expected}), got {shape}" + (f"; {bound}" if bound else ""))
    return sizes


def same_shape(**arguments: Any) -> None:
    """Check that arrays have the shape of the first.

    Raises
    ------
    ShapeError
        Names the argument, the shape expected and who has it.
    """
    (first, model), *others = arguments.items()
    for name, array in others:
        if np.shape(array) != np.shape(model):
            raise ShapeError(f"{name}: expected shape {np.shape(model)} like {first}, got {np.shape(array)}")


def scalars(**arguments: Any) -> None:
    """Check that arguments are single numbers.

    Raises
    ------
    ShapeError
        Names the argument and the shape that came.
    """
    for name, value in arguments.items():
        if np.shape(value) != ():
            raise ShapeError(f"{name}: expected a scalar, got shape {np.shape(value)}")


def _size_of(axis: str, sizes: Mapping[str, int]) -> int:
    """Size of one axis of a pattern, e.g. `4R+C` with R = 16 and C = 80 is 144."""
    total = 0
    for term in axis.split("+"):
        factor, letter = re.fullmatch(r"(\d*)([A-Z]?)", term).groups()
        total += int(factor or 1) * (sizes[letter] if letter else 1)
    return total

"""Elements: whether each number of an argument is of its kind, and the number type the reference computes with."""

from __future__ import annotations

import operator
from typing import Any, Callable, Dict, Mapping, Tuple

import numpy as np

from refimpl.arrays import is_own_number
from refimpl.errors import ContractError, NumberTypeError, RangeError
from refimpl.signature import KINDS, PLAIN, Operand

_WHOLE = ("mask", "label", "index")
"""Kinds that may come as booleans, too."""

_TARGET_COLUMNS = ("image", "class", "cx", "cy", "w", "h")
_CENTRES, _SIZES = (-1, 2), (0, 2)
"""Ranges of the fractions of a target: a box may reach out of the image, but what is past these is none of its size."""


def numeric(operand: Operand, name: str, value: Any, keep: bool = False) -> Any:
    """An array of real numbers: float64 where the kind is one of floats, unless its own type is to be kept.

    Raises
    ------
    NumberTypeError
        If the value holds anything else, or is a ragged list.
    """
    if is_own_number(value):
        return value
    try:
        array = np.asarray(value)
    except Exception as error:  # Whatever a list, or a tensor of another framework, says in its own words.
        came = f"{type(value).__name__}: {error}"
        raise NumberTypeError(f"{name}: expected an array of real numbers, got {came}") from None
    if operand.kind == "image" and array.dtype != np.uint8:
        raise NumberTypeError(f"{name}: expected an image of dtype uint8, got dtype {array.dtype}")
    if array.dtype.kind not in ("iufb" if operand.kind in _WHOLE else "iuf"):
        came = f"dtype {array.dtype}" if array.size != 1 else f"{value!r}"
        raise NumberTypeError(f"{name}: expected real numbers, got {came}")
    return array if keep or operand.kind in (*_WHOLE, "image") else array.astype(np.float64, copy=False)


def check_elements(operand: Operand, name: str, array: Any, sizes: Mapping[str, int]) -> Any:
    """The array in the number type of its kind, if each element is of that kind.

    Raises
    ------
    NumberTypeError, RangeError
        Names the first element that is not.
    """
    if operand.plain or operand.kind == "image" or is_own_number(array):
        return array
    if operand.kind == "targets":
        return _targets(name, array, sizes)
    if operand.kind in _WHOLE:
        return _whole(operand.kind, name, array, sizes)
    if operand.kind != "unbounded" and not _all_finite(array):
        _refuse(RangeError, name, array, np.isfinite(array), "a finite number")
    legal = _RANGES.get(operand.kind)
    if legal and array.size and not legal(array).all():
        _refuse(RangeError, name, array, legal(array), KINDS[operand.kind])
    return array


_RANGES: Dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "probability": lambda x: (x >= 0) & (x <= 1),
    "nonnegative": lambda x: x >= 0,
    "positive": lambda x: x > 0,
}


def _all_finite(array: np.ndarray) -> bool:
    """A finite sum has finite terms, and is found ten times as fast."""
    with np.errstate(all="ignore"):
        return bool(np.isfinite(array.sum())) or bool(np.isfinite(array).all())


def _whole(kind: str, name: str, array: np.ndarray, sizes: Mapping[str, int]) -> np.ndarray:
    """bool of a mask, int64 of labels and indices."""
    if array.dtype == bool:
        return array if kind == "mask" else array.astype(np.int64)
    if kind == "mask":
        legal, expected = (array == 0) | (array == 1), "0 or 1"
    else:
        legal, expected = array == np.floor(array), "a whole number"
    if not legal.all():
        _refuse(NumberTypeError, name, array, legal, expected)
    end = sizes.get("C", np.inf) if kind == "label" else np.inf
    legal = (array >= 0) & (array < end)
    if not legal.all():
        _refuse(RangeError, name, array, legal, f"a class, 0 … {end - 1}" if kind == "label" else "a whole number ≥ 0")
    return array.astype(bool if kind == "mask" else np.int64)


def _targets(name: str, rows: np.ndarray, sizes: Mapping[str, int]) -> np.ndarray:
    """Rows of image, class, cx, cy, w, h, the last four as fractions of the image."""
    if not _all_finite(rows):
        _refuse(RangeError, name, rows, np.isfinite(rows), "a finite number")
    images, classes = sizes.get("B", np.inf), sizes.get("C", np.inf)
    for column, end, what in ((0, images, "an image"), (1, classes, "a class")):
        values = rows[:, column]
        if not (values == np.floor(values)).all():
            _refuse(NumberTypeError, name, values, values == np.floor(values), f"{what}, a whole number", column)
        legal = (values >= 0) & (values < end)
        if not legal.all():
            _refuse(RangeError, name, values, legal, f"{what}, 0 … {end - 1}", column)
    for column, (low, high) in zip(range(2, 6), (_CENTRES, _CENTRES, _SIZES, _SIZES)):
        legal = (rows[:, column] >= low) & (rows[:, column] <= high)
        if not legal.all():
            what = f"{_TARGET_COLUMNS[column]} as a fraction of the image, {low} … {high} (not in px)"
            _refuse(RangeError, name, rows[:, column], legal, what, column)
    return rows


def _refuse(kind: type, name: str, array: np.ndarray, legal: np.ndarray, expected: str, *column: int) -> None:
    at = tuple(map(int, np.argwhere(~np.asarray(legal))[0])) + column
    got = array[at[: array.ndim]]
    where = f"[{', '.join(map(str, at))}]" if at else ""
    raise kind(f"{name}{where}: expected {expected}, got {got:.7g}")


def plain_value(operand: Operand, name: str, value: Any) -> Any:
    """A plain Python value in its own type: int, float, bool or a pair of ints.

    Raises
    ------
    NumberTypeError, RangeError
        If it is none of its kind.
    """
    expected = f"{name}: expected {PLAIN[operand.kind]}, got {value!r}"
    try:
        return _PLAIN[operand.kind](value)
    except ContractError as error:
        raise type(error)(expected) from None
    except Exception:  # Whatever a value of any type says in its own words.
        raise NumberTypeError(expected) from None


def _count(value: Any) -> int:
    number = int(value) if isinstance(value, (float, np.floating)) and value == int(value) else operator.index(value)
    if isinstance(value, (bool, np.bool_)):
        raise NumberTypeError
    if number < 0:
        raise RangeError
    return number


def _natural(value: Any) -> int:
    if _count(value) == 0:
        raise RangeError
    return _count(value)


def _share(value: Any) -> Any:
    number = _real(value)
    if not is_own_number(number) and not 0 <= number <= 1:
        raise RangeError
    return number


def _real(value: Any) -> Any:
    if is_own_number(value):
        return value
    if isinstance(value, (bool, np.bool_, str)) or np.shape(value) != ():
        raise NumberTypeError
    if not np.isfinite(float(value)):
        raise RangeError
    return float(value)


def _shape(value: Any) -> Tuple[int, int]:
    height, width = value
    return _count(height), _count(width)


def _size(value: Any) -> Tuple[int, int]:
    if min(_shape(value)) == 0:
        raise RangeError
    return _shape(value)


def _switch(value: Any) -> bool:
    if np.shape(value) != () or value not in (False, True):
        raise NumberTypeError
    return bool(value)


_PLAIN: Dict[str, Callable[[Any], Any]] = {
    "count": _count, "natural": _natural, "real": _real, "share": _share, "size": _size, "shape": _shape, "switch": _switch,
}  # fmt: skip

"""How a case is defined: its inputs as plain numbers, why it exists, and what its source printed."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any, Callable, Dict, Mapping, NamedTuple, Sequence, Tuple

import numpy as np

from conformance.cases.protocol import OPS, vjp
from conformance.judging.rounding import PRECISIONS
from refimpl import YOLOV8, Dialect
from refimpl.signature import Operand

SMALL = dataclasses.replace(YOLOV8, num_classes=2, topk=2)
"""YOLOV8 at hand size: two classes, two anchors a box."""

UNJUDGED = np.inf
"""Bound of a value that the sources leave open."""

DTYPES = {
    **dict.fromkeys(("label", "index", "count", "natural", "size", "shape"), np.int64),
    **{"mask": np.bool_, "switch": np.bool_, "image": np.uint8},
}
"""Types of the stored arguments by their kind; all others are float32."""


def operand_of(function: str, name: str) -> Operand:
    """An argument or a result of an op, or of its gradient `<op>_vjp`, by its name."""
    op = OPS[function] if function in OPS else OPS[function[: -len(vjp(""))]].gradient
    return next(operand for operand in (*op.takes, *op.gives) if operand.name == name)


class Definition(NamedTuple):
    """A case before anything is computed.

    Attributes
    ----------
    id : kebab-case, the name of its file.
    op : of `rules.OPS`.
    clauses : ids it shows.
    why : the bug it catches.
    source : where the example, the bug or the figure comes from.
    inputs : by argument name, numbers or nested lists; floats become float32.
    dialect : every hyperparameter.
    printed : by output name, what the source printed: digits as strings, "" where it printed nothing.
    """

    id: str
    op: str
    clauses: Sequence[str]
    why: str
    source: str
    inputs: Mapping[str, Any]
    dialect: Dialect = YOLOV8
    printed: Mapping[str, Any] = {}


class Choices(NamedTuple):
    """What of the outputs of an op is a choice among several right ones.

    Attributes
    ----------
    counted : the mask of which the ones along the last axis are counted; "" if there is none.
    owner, where : whom each element belongs to, and the mask where it belongs to anyone; "" if there is no such choice.
    follow : the outputs that follow from the owners: they are compared where the answer owns as the stored one does.
    """

    counted: str = ""
    owner: str = ""
    where: str = ""
    follow: Tuple[str, ...] = ()


def gradient_case(
    id: str,
    op: str,
    clauses: Sequence[str],
    why: str,
    source: str,
    inputs: Mapping[str, Any],
    dialect: Dialect = YOLOV8,
    printed: Mapping[str, Any] = {},
    **cotangents: Any,
) -> Definition:
    """A case of the gradient of an op: its inputs, and a cotangent for each of its first outputs."""
    return Definition(id, vjp(op), clauses, why, source, {**inputs, **cotangents}, dialect, printed)


def input_tensors(function: str, inputs: Mapping[str, Any]) -> Dict[str, np.ndarray]:
    """`in.<name>` of each argument, `in.<name>.<i>` of each of a list of arrays, in the type of its kind."""
    tensors = {}
    for name, value in inputs.items():
        operand = operand_of(function, name)
        dtype = DTYPES.get(operand.kind, np.float32)
        if operand.many and not operand.plain:
            tensors.update({f"in.{name}.{i}": np.array(level, dtype) for i, level in enumerate(value)})
        else:
            tensors[f"in.{name}"] = np.array(value, dtype)
    return tensors


def printed_tensors(printed: Mapping[str, Any]) -> Dict[str, np.ndarray]:
    """`printed.<name>`, NaN where nothing was printed, and `printed.<name>.half`, half a unit of the last digit."""
    tensors = {}
    for name, table in printed.items():
        texts = np.array(table)
        tensors[f"printed.{name}"] = _each(texts, float)
        tensors[f"printed.{name}.half"] = _each(texts, _half_unit)
    return tensors


def _each(texts: np.ndarray, function: Any) -> np.ndarray:
    return np.array([function(text) if text else np.nan for text in texts.ravel().tolist()]).reshape(texts.shape)


def _half_unit(text: str) -> float:
    """5.3 -> 0.05, 1.7856e+02 -> 0.005; a zero in scientific notation is exact, for anything else would show digits."""
    number = Decimal(text)
    return 0.0 if "e" in text and number == 0 else float(Decimal(5).scaleb(number.as_tuple().exponent - 1))


def pattern(shape: Sequence[int], start: int) -> np.ndarray:
    """Numbers without a pattern one could see: multiples of 1/8 in [-3, 3], from a linear congruence, float64."""
    numbers, state = [], start
    for _ in range(int(np.prod(shape))):
        state = (1103515245 * state + 12345) % 2**31
        numbers.append((state >> 16) % 49 / 8 - 3)
    return np.array(numbers).reshape(shape)


def ranged(name: str, low: np.ndarray, high: np.ndarray) -> Dict[str, np.ndarray]:
    """`<name>.lo` and `<name>.hi`."""
    return {f"{name}.lo": low, f"{name}.hi": high}


def where_judged(name: str, value: np.ndarray, judged: np.ndarray) -> Dict[str, np.ndarray]:
    """Whole numbers: the value itself where it is judged, any number elsewhere."""
    ends = np.iinfo(np.int64)
    return ranged(name, np.where(judged, value, ends.min), np.where(judged, value, ends.max))


def over_precisions(decide: Callable[[Any], Tuple[np.ndarray, np.ndarray]]) -> Tuple[np.ndarray, np.ndarray]:
    """(must, may) of the least and the most certain precision together."""
    musts, mays = zip(*(decide(precision) for precision in PRECISIONS.values()))
    return np.logical_and.reduce(musts), np.logical_or.reduce(mays)


def as_expected(*names: str) -> Callable[[Any, Mapping[str, np.ndarray]], Dict[str, np.ndarray]]:
    """Legal sets of decisions that are certain: each output is just what is stored."""

    def sets(case: Any, expected: Mapping[str, np.ndarray]) -> Dict[str, np.ndarray]:
        return {key: x for name in names for key, x in ranged(name, expected[name], expected[name]).items()}

    return sets


def exactly(*names: str) -> Callable[[Any, Any, Any], Dict[str, np.ndarray]]:
    """Bounds of values that are exact: 0."""
    return lambda case, expected, precision: {name: np.zeros(expected[name].shape) for name in names}

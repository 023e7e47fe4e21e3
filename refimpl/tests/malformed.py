"""Malformed calls: for every op a call that is right, and that call with one argument after the other spoilt."""

from __future__ import annotations

import inspect
from typing import Any, Dict, Iterator, List, NamedTuple

import numpy as np

from refimpl import YOLOV8
from refimpl.protocol import OPS
from refimpl.signature import Operand, size_of, tail_of

SIZES = {"B": 2, "A": 21, "G": 3, "N": 5, "C": 80, "R": 16, "D": 2, "H": 4, "W": 6, "K": 3, "P": 2, "S": 3, "T": 2}
LEVELS = [(4, 4), (2, 2), (1, 1)]
PLAIN_VALUES = {"count": 2, "natural": 2, "real": 0.5, "share": 0.5, "size": (32, 32), "shape": (32, 32), "switch": True}


class Spoilt(NamedTuple):
    """A call that nobody may make: the op, its arguments, the one that is spoilt, and how."""

    op: str
    arguments: Dict[str, Any]
    dialect: Any
    name: str
    how: str


def right(operand: Operand) -> Any:
    """A value that passes the door."""
    if operand.many:
        return LEVELS if operand.plain else [_array(operand, {"H": h, "W": w}) for h, w in LEVELS]
    return PLAIN_VALUES[operand.kind] if operand.plain else _array(operand, {})


def _array(operand: Operand, sizes: Dict[str, int]) -> np.ndarray:
    axes, _, _ = tail_of(operand.axes, ())
    shape = tuple(size_of(axis, {**SIZES, **sizes}) for axis in axes)
    if operand.kind == "targets":
        return np.tile([1, 3, 0.5, 0.5, 0.25, 0.25], (shape[0], 1))
    if operand.kind == "xyxy":
        return np.broadcast_to([1.0, 1.0, 2.0, 3.0], shape).copy()
    return np.ones(shape, np.uint8) if operand.kind == "image" else np.full(shape, 1.0)


def spoilt(operand: Operand) -> Iterator[tuple]:
    """How an argument is spoilt, and the value it then has."""
    good = right(operand)
    yield from (("nothing", None), ("a text", "boxes"), ("an object", object()), ("an object in a list", [object()]))
    if operand.many:
        yield from (("a level too few", good[:-1]), ("a level too many", [*good, good[-1]]), ("one level of text", [*good[:-1], "x"]))
        yield from (("a number", 3), ("no levels", []))
    elif operand.plain:
        yield from (("nan", np.nan), ("an array of two", np.ones(2) * 0.5), ("a list of lists", [[1], [2, 3]]))
        yield from [("infinite", np.inf)] if operand.kind != "switch" else []
        yield from [("negative", -1), ("a pair below 0", (-1, 5))] if operand.kind in ("count", "natural", "size", "shape") else []
        yield from [("zero", 0)] if operand.kind == "natural" else []
        yield from [("below 0", -0.25), ("above 1", 1.5)] if operand.kind == "share" else []
    else:
        yield from (("complex", good.astype(complex)), ("text", good.astype(str)), ("ragged", [[1.0, 2.0], [3.0]]))
        yield from (("an axis more", good[..., np.newaxis, np.newaxis]), ("a date", good.astype("datetime64[D]")))
        yield from _elements(operand, good)
    if not operand.many and not operand.plain and operand.axes and operand.axes[-1].isdigit():
        yield "a column more", np.concatenate([good, good[..., :1]], axis=-1)


def _elements(operand: Operand, good: np.ndarray) -> Iterator[tuple]:
    bad: List[float] = [np.nan, np.inf, -np.inf] if operand.kind not in ("image", "unbounded") else []
    bad += {"probability": [-3.0, 2.5], "nonnegative": [-1.0], "positive": [0.0, -2.0], "label": [-1, 80, 0.5], "index": [-1, 0.5],
            "mask": [2.0, -1.0, 0.5], "targets": [320.0, -7.0]}.get(operand.kind, [])  # fmt: skip
    for value in bad:
        array = good.copy()
        array[(0,) * array.ndim] = value
        yield f"an element of {value}", array


def calls(name: str, gradient: bool) -> Iterator[Spoilt]:
    """All malformed calls of an op, or of its gradient."""
    op = OPS[name]
    takes = (op.gradient if gradient else op).takes
    given = {o.name: right(o) for o in takes}
    for operand in takes:
        for how, value in spoilt(operand):
            if operand.optional and value is None:
                continue
            yield Spoilt(name, {**given, operand.name: value}, YOLOV8, operand.name, how)
    unread = inspect.signature(op.function).parameters["dialect"].default is None
    for dialect in ("YOLOV7", 7, YOLOV8.__class__, {"name": "YOLOV8"}, *([] if unread else [None])):
        yield Spoilt(name, given, dialect, "dialect", repr(dialect))


def well_formed(name: str) -> Dict[str, Any]:
    """Arguments of an op that pass the door."""
    return {o.name: right(o) for o in OPS[name].takes}

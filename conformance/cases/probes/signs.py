"""Probes of signs and of nothing: coordinates left of the origin, numbers far below zero, an element that is all zeros."""

from __future__ import annotations

from typing import Any, Callable, Dict, Sequence

import numpy as np
from hypothesis import strategies as st

from conformance.cases.axes import LETTERS, axis_of
from conformance.cases.probes.probe import Probe, if_legal
from refimpl.protocol import Op
from refimpl.signature import Operand

Change = Callable[[np.ndarray], np.ndarray]

_MIRRORED: Dict[str, Change] = {
    "xy": lambda x: -x,
    "xyxy": lambda x: -x[..., [2, 3, 0, 1]],
    "xywh": lambda x: x * [-1, -1, 1, 1],
    "unbounded": lambda x: -x[..., [2, 3, 0, 1]],
}
"""Coordinates turned about the origin: of boxes the corners stay in their order."""

_ROWS = ("number", "xyxy", "xywh", "unbounded", "ltrb")
"""Kinds of array of which an element may be all zeros."""

DEEP = 36
"""Powers of two by which numbers lie below zero: past -10⁹, where one may begin to look for the largest."""


def of_signs(op: Op) -> Dict[str, Probe]:
    """What is anywhere, somewhere else: who leaves out what is 0, or below it, takes it for none."""
    arrays = [operand for operand in op.given if not operand.many and not operand.plain]
    placed = {o.name: _MIRRORED[o.kind] for o in arrays if o.kind in _MIRRORED}
    signed = [o for o in arrays if o.kind == "number" and (o.axes == ("...",) or o.letters and _whole(o))]
    found = {}
    if placed:
        found["left of the origin"] = if_legal(op, {name: lambda draw, x, turn=turn: turn(x) for name, turn in placed.items()})
    if signed:
        found["far below zero"] = if_legal(op, {o.name: _below_zero for o in signed})
    rows = {o.name: _with_zeros(along) for o in arrays if o.kind in _ROWS for along in _elements(o)[-1:]}
    if rows:
        found["an element of zeros"] = if_legal(op, rows)
    return found


def _whole(operand: Operand) -> bool:
    """Whether each of its axes is one letter: then all its numbers are of one sort."""
    return all(axis in operand.letters for axis in operand.axes)


def _elements(operand: Operand) -> Sequence[int]:
    """Its axes along which there are any number of elements."""
    return [axis_of(operand.axes, axis) for axis in operand.axes if axis in LETTERS and axis != "..."]


def _below_zero(draw: Any, x: np.ndarray) -> np.ndarray:
    random = np.random.default_rng(draw(st.integers(0, 2**16), label="seed"))
    return -(np.abs(x) + 0.25) * np.exp2(random.integers(0, DEEP + 1, np.shape(x)))


def _with_zeros(along: int) -> Callable[[Any, np.ndarray], np.ndarray]:
    """One element of an axis is 0 throughout."""

    def value(draw: Any, x: np.ndarray) -> np.ndarray:
        count = x.shape[along]
        if not count:
            return x
        found = np.moveaxis(x.copy(), along, 0)
        found[draw(st.integers(0, count - 1), label="of zeros")] = 0
        return np.moveaxis(found, 0, along)

    return value

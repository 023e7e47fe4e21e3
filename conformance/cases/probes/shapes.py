"""Probes of shapes: maps of every width, for the row of a cell is the quotient of two whole numbers; long maps and images.

A port that divides real numbers instead, or multiplies by 1/W, is a row off at some widths only: 41, 47 and 55 in
float32, 49 in float64. One with a table of rows, or blocks of them, is wrong where a map is longer than those.
"""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

import numpy as np

from conformance.cases.axes import axis_of
from conformance.cases.case import Case, always
from conformance.cases.probes.probe import Probe, legal
from conformance.judging.rounding import Precision
from refimpl.protocol import Op
from refimpl.signature import Operand

WIDEST = 64
"""Cells of the widest map."""

LONG = 521
"""Cells or pixels of a long side."""


def of_shapes(op: Op) -> Dict[str, Probe]:
    """A call for each width, of two rows, where an op is given the shapes of maps; as many at once as it takes."""
    shaped = next((operand for operand in op.given if operand.kind == "shape"), None)
    if shaped is None:
        return {}

    def make(draw: Any, case: Case, precision: Precision) -> Case:
        at_once = len(case.arguments[shaped.name]) if shaped.many else 1
        groups = [_maps(first, at_once) for first in range(1, WIDEST + 1, at_once)]
        calls = [case.last.having(**{shaped.name: maps if shaped.many else maps[0]}) for maps in groups]
        return Case(tuple(calls), every=True)

    return {"every width": Probe(make, lambda case: case.every)}


def of_long_maps(op: Op) -> Dict[str, Probe]:
    """Maps and images of many rows, and of many columns, in no order; regions of them reach as much farther.

    A whole loss has its own case of a real size.
    """
    mapped = [operand for operand in op.given if {"H", "W"} <= {*operand.axes}]
    if not mapped or any(operand.kind == "targets" for operand in op.given):
        return {}
    return {f"many {things}": _long(op, mapped, axis, end) for axis, things, end in (("H", "rows of a map", 3), ("W", "columns of a map", 2))}


def _long(op: Op, mapped: List[Operand], axis: str, end: int) -> Probe:
    def make(draw: Any, case: Case, precision: Precision) -> Case:
        first = case.arguments[mapped[0].name][0] if mapped[0].many else case.arguments[mapped[0].name]
        own = first.shape[axis_of(mapped[0].axes, axis)]
        if not own:
            return case
        picks = np.random.default_rng(LONG).integers(0, own, LONG)
        made = {operand.name: _taken(operand, case.arguments[operand.name], axis, picks) for operand in mapped}
        scale = next((case.arguments[operand.name] for operand in op.given if operand.kind == "real"), 0)
        for operand in op.given:
            if operand.kind == "xyxy" and scale:
                made[operand.name] = case.arguments[operand.name].copy()
                made[operand.name][..., end] += (LONG - own) / scale
        return legal(op, case, case.having(**made))

    return Probe(make, always)


def _taken(operand: Operand, value: Any, axis: str, picks: np.ndarray) -> Any:
    """A map with other rows or columns; of a list the first."""
    if operand.many:
        return [np.take(value[0], picks, axis=axis_of(operand.axes, axis)), *value[1:]]
    return np.take(value, picks, axis=axis_of(operand.axes, axis))


def _maps(first: int, count: int) -> List[Tuple[int, int]]:
    return [(2, width) for width in range(first, first + count)]

"""Probes of shapes: maps of every width, for the row of a cell is the quotient of two whole numbers.

A port that divides real numbers instead, or multiplies by 1/W, is a row off at some widths only: 41, 47 and 55 in
float32, 49 in float64.
"""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from conformance.cases.case import Case
from conformance.cases.probes.probe import Probe
from conformance.judging.rounding import Precision
from refimpl.protocol import Op

WIDEST = 64
"""Cells of the widest map."""


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


def _maps(first: int, count: int) -> List[Tuple[int, int]]:
    return [(2, width) for width in range(first, first + count)]

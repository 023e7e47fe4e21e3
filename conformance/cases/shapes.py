"""The shapes of what each op returns, for a case."""

from __future__ import annotations

import functools
from typing import Any, Callable, Dict

from conformance.cases.case import Case
from refimpl import OPS
from refimpl.protocol import Op, shapes


def _shapes(op: Op, case: Case) -> Any:
    return shapes(op, case.arguments, case.dialect)


SHAPES: Dict[str, Callable[[Case], Any]] = {name: functools.partial(_shapes, op) for name, op in OPS.items()}
"""Shapes of the results, in the order of the protocol; padded targets are checked by their clauses."""

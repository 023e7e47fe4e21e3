"""A probe: one event that is made of any plain case of an op."""

from __future__ import annotations

from typing import Any, Callable, Dict, NamedTuple

import numpy as np

from conformance.cases.case import Case, always
from conformance.cases.draws import in_precision
from conformance.judging.rounding import Precision
from refimpl.errors import ContractError
from refimpl.protocol import Op


class Probe(NamedTuple):
    """An event made from a plain case: how, and whether it occurs; what cannot be made leaves the case as it is."""

    make: Callable[[Any, Case, Precision], Case]
    occurs: Callable[[Case], bool]


def if_legal(op: Op, values: Dict[str, Callable[[Any, Any], Any]]) -> Probe:
    """Arguments changed, as the precision holds them; the case as it is where the reference takes no such call."""

    def make(draw: Any, case: Case, precision: Precision) -> Case:
        made = {name: _held(value(draw, case.arguments[name]), precision) for name, value in values.items()}
        return legal(op, case, case.having(**made))

    return Probe(make, always)


def legal(op: Op, case: Case, changed: Case) -> Case:
    """The changed case, or the case as it is where the reference takes no such call."""
    try:
        op.function(**op.among(changed.arguments), dialect=case.dialect)
    except ContractError:
        return case
    return changed


def _held(value: Any, precision: Precision) -> Any:
    return in_precision(value, precision) if isinstance(value, (np.ndarray, np.generic)) else value

"""The spec: every requirement as a clause, one sentence and one formula with its source, gathered from the families.

The same id stands in the docstring of the reference function that realises it, in the body that judges it and in the
golden cases that show it; a test fails where one is missing. Ids of clauses about gradients end in g.
"""

from __future__ import annotations

import functools
from typing import Any, Callable, Dict, NamedTuple, Tuple

from conformance.cases.case import Cases
from conformance.cases.probes import probed
from conformance.cases.protocol import OPS
from conformance.judging.clause import Clause
from conformance.ops import family

__all__ = ["CLAUSES", "Clause", "PROPERTIES", "Property"]


class Property(NamedTuple):
    """What a test judges: a clause through an op, by a body `(answer, case, judge)`, on cases of some events."""

    clause: str
    op: str
    body: Callable[[Any, Any, Any], None]
    cases: Cases

    @property
    def events(self) -> Tuple[str, ...]:
        return tuple(self.cases.events)


def _clauses() -> Tuple[Clause, ...]:
    """In the order of the families; a gradient behind the value it belongs to."""
    found = family.rows("clauses")
    prefixes = list(dict.fromkeys(clause.id.partition("-")[0] for clause in found))

    def place(clause: Clause) -> Tuple[int, int, bool]:
        prefix, _, number = clause.id.partition("-")
        return prefixes.index(prefix), int(number.rstrip("g")), clause.gradient

    return tuple(sorted(found, key=place))


def _properties() -> Tuple[Property, ...]:
    """In the order of protocol and spec."""
    found = []
    for op in family.ops():
        for clause in CLAUSES.values():
            if op in clause.judged:
                body, cases = clause.judged[op]
                part = "gradient cases" if clause.gradient else "cases"
                found.append(Property(clause.id, op, body, cases or _probed(op, part)))
    return tuple(found)


@functools.lru_cache(maxsize=None)
def _probed(op: str, part: str) -> Cases:
    """The cases of an op with the probes that follow from its signature; one object for all clauses that share them."""
    return probed(OPS[op], family.of(op, part), part == "gradient cases")


CLAUSES: Dict[str, Clause] = {clause.id: clause for clause in _clauses()}
"""All clauses by id."""

PROPERTIES: Tuple[Property, ...] = _properties()
"""Each clause through each of its ops."""

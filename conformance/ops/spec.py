"""The spec: each clause through each of its ops, on cases of some events."""

from __future__ import annotations

import functools
from typing import Any, Callable, NamedTuple, Tuple

from conformance.cases.case import Cases
from conformance.cases.probes.probed import probed
from conformance.cases.protocol import OPS
from conformance.judging.clause import Clause
from conformance.ops import family
from conformance.ops.requirements import CLAUSES

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


def _properties() -> Tuple[Property, ...]:
    """In the order of protocol and spec, of each op those on its value first: a gradient may be wrong because that is."""
    found = []
    for op in family.ops():
        clauses = sorted((one for one in CLAUSES.values() if op in one.judged), key=lambda clause: clause.gradient)
        if not clauses or (OPS[op].wrt and OPS[op].vjp is None):
            raise family.omitted(op)
        for clause in clauses:
            body, cases = clause.judged[op]
            part = "gradient cases" if clause.gradient else "cases"
            found.append(Property(clause.id, op, body, family.of(op, part, cases) if cases else _probed(op, part)))
    return tuple(found)


@functools.lru_cache(maxsize=None)
def _probed(op: str, part: str) -> Cases:
    """The cases of an op with the probes that follow from its signature; one object for all clauses that share them."""
    return probed(OPS[op], family.of(op, part), part == "gradient cases")


PROPERTIES: Tuple[Property, ...] = _properties()
"""Each clause through each of its ops."""

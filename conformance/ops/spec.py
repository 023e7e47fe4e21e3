"""The spec: every requirement as a clause, one sentence and one formula with its source.

The same id stands in the docstring of the reference function that realises it, in the test that judges it and in the
golden cases that show it; a test fails where one is missing. Ids of clauses about gradients end in g.
"""

from __future__ import annotations

from typing import Dict, Tuple

from conformance.ops import spec_forward as forward, spec_gradients as gradients
from conformance.judging.clause import Clause

__all__ = ["CLAUSES", "Clause"]

_FAMILIES = list(dict.fromkeys(clause.id.partition("-")[0] for clause in forward.CLAUSES))


def _place(clause: Clause) -> Tuple[int, int, bool]:
    family, _, number = clause.id.partition("-")
    return _FAMILIES.index(family), int(number.rstrip("g")), clause.gradient


CLAUSES: Dict[str, Clause] = {clause.id: clause for clause in sorted(forward.CLAUSES + gradients.CLAUSES, key=_place)}
"""All clauses by id, in the order of the protocol; a gradient behind the value it belongs to."""

"""The requirements: every clause, one sentence and one formula with its source, gathered from the families.

The same id stands in the docstring of the reference function that realises it, in the body that judges it and in the
golden cases that show it; a test fails where one is missing. Ids of clauses about gradients end in g.
"""

from __future__ import annotations

from typing import Dict, Tuple

from conformance.judging.clause import Clause
from conformance.ops import family

__all__ = ["CLAUSES", "Clause"]


def _clauses() -> Tuple[Clause, ...]:
    """In the order of the families; a gradient behind the value it belongs to."""
    found = family.rows("clauses")
    prefixes = list(dict.fromkeys(clause.id.partition("-")[0] for clause in found))

    def place(clause: Clause) -> Tuple[int, int, bool]:
        prefix, _, number = clause.id.partition("-")
        return prefixes.index(prefix), int(number.rstrip("g")), clause.gradient

    return tuple(sorted(found, key=place))


CLAUSES: Dict[str, Clause] = {clause.id: clause for clause in _clauses()}
"""All clauses by id."""


def is_value_of(clause: str, gradient: str) -> bool:
    """Whether a clause is about the value that belongs to one about a gradient; where none does, any about a value is."""
    own = gradient.rstrip("g")
    return clause == own if own in CLAUSES else clause in CLAUSES and not CLAUSES[clause].gradient

"""Fixes: a known mistake mended in one line, in the languages that ports are written in."""

from __future__ import annotations

from typing import Dict, NamedTuple

from conformance.ops.family import families
from conformance.ops.mutant import Mutant


class Fix(NamedTuple):
    """The right line, with the names of the protocol; `cpp` is of one element, as a loop has it."""

    torch: str
    jax: str
    cpp: str


def fix_of(mutant: Mutant) -> Fix | None:
    """The fix of a mistake; None where it is not said in one line."""
    return fixes().get(mutant.id)


def fixes() -> Dict[str, Fix]:
    """All fixes by the id of the mutant, in the order of the families."""
    return {id: fix for family in families() for table in family.tables("fixes") for id, fix in table.items()}

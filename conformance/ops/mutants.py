"""Mutants: known-bad implementations, one fault each in an otherwise correct candidate.

`--candidate conformance.ops.mutants:alpha_1_percent_off`, the id with underscores, judges one.
"""

from __future__ import annotations

from typing import Any

from conformance.ops.family import families
from conformance.ops.mutant import MUTANTS, Mutant

__all__ = ["MUTANTS", "Mutant"]


for _family in families():
    _family.modules("mutants")


def __getattr__(name: str) -> Any:
    """The factory of a mutant, by its id."""
    found = MUTANTS.get(name.replace("_", "-"))
    if found is None:
        raise AttributeError(name)
    return found.factory

"""Mutants: known-bad implementations, one fault each in an otherwise correct candidate.

`--candidate conformance.mutants:alpha_1_percent_off`, the id with underscores, judges one.
"""

from __future__ import annotations

from typing import Any

from conformance.mutants import (
    alignment, assigner, batches, candidates, ciou, claims, conflicts, conventions, decode, geometry, gradients,
    loss_gradients, losses, overlaps, target_scores, targets, totals
)  # fmt: skip
from conformance.mutants.mutant import MUTANTS, Mutant

__all__ = ["MUTANTS", "Mutant"]


def __getattr__(name: str) -> Any:
    """The factory of a mutant, by its id."""
    found = MUTANTS.get(name.replace("_", "-"))
    if found is None:
        raise AttributeError(name)
    return found.factory

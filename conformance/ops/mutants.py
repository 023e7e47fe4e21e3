"""Mutants: known-bad implementations, one fault each in an otherwise correct candidate.

`--candidate conformance.ops.mutants:alpha_1_percent_off`, the id with underscores, judges one.
"""

from __future__ import annotations

from typing import Any

from conformance.ops.assigner import (
    mutants_metric as alignment,
    mutants as assigner,
    mutants_inside as candidates,
    mutants_claims as claims,
    mutants_conflicts as conflicts,
    mutants_conventions as conventions,
    mutants_scores as target_scores,
)
from conformance.ops.head import mutants as batches, mutants_totals as totals
from conformance.ops.overlaps import mutants_ciou as ciou, mutants_gradients as gradients, mutants as overlaps
from conformance.ops.boxes import mutants_decode as decode, mutants as geometry
from conformance.ops.losses import mutants_gradients as loss_gradients, mutants as losses
from conformance.ops.targets import mutants as targets
from conformance.ops.mutant import MUTANTS, Mutant

__all__ = ["MUTANTS", "Mutant"]


def __getattr__(name: str) -> Any:
    """The factory of a mutant, by its id."""
    found = MUTANTS.get(name.replace("_", "-"))
    if found is None:
        raise AttributeError(name)
    return found.factory

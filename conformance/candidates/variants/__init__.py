"""Variants: correct implementations that differ in every way that the protocol leaves open; none may be accused.

`--candidate conformance.candidates.variants:sparse_pairs`, the id with underscores, judges one.
"""

from __future__ import annotations

from typing import Any

from conformance.candidates.variants import (
    in_torch,
    numpy_assigner,
    numpy_classification,
    numpy_distributions,
    numpy_forms,
    numpy_gradients,
    numpy_heads,
    numpy_images,
    numpy_overlaps,
    numpy_pooling,
    numpy_prediction,
    numpy_regions,
    numpy_sums,
    numpy_suppression,
    numpy_targets,
    numpy_ties,
    numpy_training,
)
from conformance.candidates.variants.variant import VARIANTS, Variant

__all__ = ["VARIANTS", "Variant"]


def __getattr__(name: str) -> Any:
    """The factory of a variant, by its id."""
    found = VARIANTS.get(name.replace("_", "-"))
    if found is None:
        raise AttributeError(name)
    return found.factory

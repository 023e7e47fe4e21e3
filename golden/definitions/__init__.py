"""All cases of the golden tensors before anything is computed, in the order of the protocol, then gradients, the seeds' last."""

from golden.definitions import (
    assignments,
    batches,
    box_gradients,
    geometry,
    loss_gradients,
    losses,
    overlaps,
    seed_000,
    seeds,
    stages,
    targets,
)
from golden.definitions.seeds import ERRATA

_MODULES = (geometry, overlaps, targets, stages, assignments, losses, batches, box_gradients, loss_gradients, seed_000, seeds)

DEFINITIONS = tuple(case for module in _MODULES for case in module.CASES)

__all__ = ["DEFINITIONS", "ERRATA"]

"""All cases of the golden tensors before anything is computed, in the order of the protocol, then gradients, the seeds' last."""

from conformance.ops.assigner import golden as assignments, golden_stages as stages
from conformance.ops.head import golden as batches
from conformance.ops.overlaps import golden_gradients as box_gradients, golden as overlaps
from conformance.ops.boxes import golden as geometry
from conformance.ops.losses import golden_gradients as loss_gradients, golden as losses
from golden.definitions import seed_000, seeds
from conformance.ops.targets import golden as targets
from golden.definitions.seeds import ERRATA

_MODULES = (geometry, overlaps, targets, stages, assignments, losses, batches, box_gradients, loss_gradients, seed_000, seeds)

DEFINITIONS = tuple(case for module in _MODULES for case in module.CASES)

__all__ = ["DEFINITIONS", "ERRATA"]

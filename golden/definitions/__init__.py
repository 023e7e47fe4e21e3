"""All cases of the golden tensors before anything is computed: those of the families, then the seeds' own, then recorded steps."""

from conformance.ops import family
from golden.definitions import recorded, seed_000, seeds
from golden.definitions.seeds import ERRATA

DEFINITIONS = (*family.rows("golden cases"), *seed_000.CASES, *seeds.CASES, *recorded.CASES)

__all__ = ["DEFINITIONS", "ERRATA"]

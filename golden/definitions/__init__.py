"""All cases of the golden tensors before anything is computed: those of the families, then the seeds' own."""

from conformance.ops import family
from golden.definitions import seed_000, seeds
from golden.definitions.seeds import ERRATA

DEFINITIONS = (*family.rows("golden cases"), *seed_000.CASES, *seeds.CASES)

__all__ = ["DEFINITIONS", "ERRATA"]

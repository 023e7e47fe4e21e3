"""Numbers in the formulas of overlaps that are no field of a dialect: from a share to an op in which one is larger."""

from __future__ import annotations

from conformance.ops.overlaps.mutants_ciou import v_of, weighted


def _of_aspects(share):
    """4/π², the weight of the difference of two angles."""
    return lambda self, boxes1, boxes2: weighted(self, boxes1, boxes2, (1 + share) * v_of(self, boxes1, boxes2))


NUMBERS = {"ciou": {"4/π² of v": _of_aspects}}

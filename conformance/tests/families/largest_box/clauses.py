"""LARGE: which box is the largest."""

from __future__ import annotations

import numpy as np

from conformance.judging.clause import clause
from conformance.judging.rounding import Rounded
from conformance.tests.families.largest_box import areas


def legal(boxes, precision):
    """Which boxes (B, G) may be named: those whose area may be as large as any other."""
    area = areas(Rounded(boxes, precision))
    return area.hi >= area.lo.max(axis=-1, keepdims=True, initial=-np.inf)


def _largest(answer, case, judge):
    if case.boxes.shape[1] == 0:
        return judge.equal("largest", answer.largest, np.zeros(len(case.boxes)))
    may = judge.expected(lambda: legal(case.boxes, judge.precision))
    for b, g in enumerate(np.asarray(answer.largest)):
        if not (0 <= g < may.shape[1] and g == int(g) and may[b, int(g)]):
            judge.fail(f"largest[{b}]: expected one of {np.flatnonzero(may[b]).tolist()}, got {g}")
    judge.decided(len(may))


CLAUSES = (
    clause(
        "LARGE-1", "The largest box is one that no other exceeds.", "largest = argmax area", "geometry", largest_box=_largest
    ),
)

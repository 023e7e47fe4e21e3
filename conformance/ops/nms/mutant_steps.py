"""Steps of a greedy pass, of which faults exchange one."""

from __future__ import annotations

import numpy as np

from refimpl.nms import box_overlaps, suppresses


def overlaps(self, boxes):
    """(N, N) of boxes among themselves."""
    return box_overlaps(boxes[:, np.newaxis], boxes, dialect=self.dialect)


def walk(order, falls):
    """A greedy pass in some order: falls[k, r] says whether k drops r."""
    kept = []
    for i in order:
        if not any(falls[k, i] for k in kept):
            kept.append(i)
    return np.array(kept, np.int64)


def fallen(self, boxes, t):
    return suppresses(overlaps(self, boxes), t, dialect=self.dialect)


def falling(scores):
    return np.argsort(-scores, kind="stable")

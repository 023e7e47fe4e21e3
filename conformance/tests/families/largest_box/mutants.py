"""Mistakes about the largest box."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant


@mutant("largest_box", "the widest box is taken for the largest", "LARGE-1")
def largest_by_width(self, right, boxes):
    flat = boxes.copy()
    flat[..., 1], flat[..., 3] = 0, 1
    return right(flat)


@mutant("largest_box", "of equal boxes the last is named", equivalent="any of equal boxes is right")
def largest_the_last(self, right, boxes):
    return boxes.shape[1] - 1 - right(np.ascontiguousarray(boxes[:, ::-1])) if boxes.shape[1] else right(boxes)

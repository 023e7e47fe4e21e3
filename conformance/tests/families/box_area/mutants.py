"""Mistakes of areas."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant


@mutant("box_area", "a box is closed: each side counts one pixel more", "AREA-1", seen="Fast R-CNN")
def area_plus_one(self, right, boxes):
    return right(boxes + np.array([0, 0, 1, 1], boxes.dtype))


@mutant("box_area", "an inverted box has no sign", "AREA-1")
def area_without_sign(self, right, boxes):
    return np.abs(right(boxes))


@mutant("box_area_vjp", "the gradient by x and by y are exchanged", "AREA-1g")
def area_gradient_transposed(self, right, boxes, cotangent):
    return right(boxes, cotangent)[:, [1, 0, 3, 2]]

"""Candidates for the families of this folder: one right in all ops, and one that makes a known mistake in each."""

from __future__ import annotations

import numpy as np

import refimpl


class Right:
    """The reference, under the names of the protocol."""

    def __init__(self, dialect):
        self.dialect = dialect

    def box_area(self, boxes):
        return refimpl.OPS["box_area"].function(boxes, dialect=self.dialect).astype(boxes.dtype)

    def box_area_vjp(self, boxes, cotangent):
        return refimpl.OPS["box_area"].vjp(boxes, cotangent, dialect=self.dialect).astype(boxes.dtype)

    def largest_box(self, boxes):
        return refimpl.OPS["largest_box"].function(boxes, dialect=self.dialect)

    def dimmed(self, image, shift):
        return refimpl.OPS["dimmed"].function(image, shift, dialect=self.dialect)


class Wrong(Right):
    """Closed boxes, the widest for the largest, pixels that wrap round."""

    def box_area(self, boxes):
        return super().box_area(boxes + np.array([0, 0, 1, 1], boxes.dtype))

    def largest_box(self, boxes):
        return (boxes[..., 2] - boxes[..., 0]).argmax(axis=-1) if boxes.shape[1] else super().largest_box(boxes)

    def dimmed(self, image, shift):
        return (image.astype(np.int64) - shift).astype(np.uint8)

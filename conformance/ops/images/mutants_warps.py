"""Faults in warps, and in what is left of boxes."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under


def _points(boxes, corners):
    return np.stack([np.stack([boxes[:, x], boxes[:, y], np.ones(len(boxes))]) for x, y in corners])


def _enclosed(found):
    return np.concatenate([found.min(axis=0), found.max(axis=0)]).T


@mutant("warp_boxes", "only two corners are warped", "AUG-3")
def warped_by_two_corners(self, right, boxes, matrix):
    found = matrix.astype(float) @ _points(boxes, ((0, 1), (2, 3)))
    return _enclosed(found[:, :2] / found[:, 2:])


@mutant("warp_boxes", "two corners are warped and stay in their order", "AUG-3")
def warped_without_order(self, right, boxes, matrix):
    found = matrix.astype(float) @ _points(boxes, ((0, 1), (2, 3)))
    return np.concatenate(list(found[:, :2] / found[:, 2:])).T


@mutant("warp_boxes", "the perspective is not divided by", "AUG-3")
def warped_without_division(self, right, boxes, matrix):
    return _enclosed((matrix.astype(float) @ _points(boxes, ((0, 1), (2, 1), (2, 3), (0, 3))))[:, :2])


@mutant("warp_boxes", "the matrix is transposed", "AUG-3")
def warped_by_transposed(self, right, boxes, matrix):
    return _enclosed((matrix.T.astype(float) @ _points(boxes, ((0, 1), (2, 1), (2, 3), (0, 3))))[:, :2])


@mutant("warp_boxes", "the inverse of the matrix is applied", "AUG-3")
def warped_backwards(self, right, boxes, matrix):
    return right(boxes, np.linalg.inv(matrix))


@mutant("warp_boxes", "a turned box keeps its size: its centre alone is warped", "AUG-3")
def warped_by_centre(self, right, boxes, matrix):
    centre, half = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]) / 2
    moved = right(np.concatenate([centre, centre], axis=1), matrix)[:, :2]
    return np.concatenate([moved - half, moved + half], axis=1)


@mutant("warp_boxes", "boxes are cut off below 0", "AUG-3")
def warped_and_clipped(self, right, *arguments):
    return np.maximum(right(*arguments), 0)


@mutant(
    "warp_boxes",
    "boxes are warped in float32 though float64 is given",
    "AUG-3",
    seen="RandomPerspective's float32 matrix",
)
def warped_in_float32(self, right, boxes, matrix):
    return right(boxes, matrix).astype(np.float32)


@mutant("keep_boxes", "a box of just the least side stays", "AUG-4")
def kept_at_least_side(self, right, before, after):
    return under(self, keep_side=np.nextafter(self.dialect.keep_side, 0)).keep_boxes(before, after)


@mutant("keep_boxes", "a box must keep a thousandth more than a tenth", "AUG-4")
def a_little_more_than_a_tenth(self, right, *arguments):
    return under(self, keep_area=1.001 * self.dialect.keep_area).keep_boxes(*arguments)


@mutant("keep_boxes", "a box that keeps a hair less than a tenth stays", "AUG-4")
def kept_at_least_area(self, right, before, after):
    return under(self, keep_area=self.dialect.keep_area * (1 - 1e-5)).keep_boxes(before, after)


@mutant("keep_boxes", "a box may be 20 times as long as wide", "AUG-4", seen="yolov5 before 5.0", convention=True)
def kept_below_aspect_20(self, right, *arguments):
    return under(self, keep_aspect=20).keep_boxes(*arguments)


@mutant("keep_boxes", "a box may be 101 times as long as wide", "AUG-4")
def kept_at_most_aspect(self, right, *arguments):
    return under(self, keep_aspect=self.dialect.keep_aspect + 1).keep_boxes(*arguments)


@mutant("keep_boxes", "a hundredth of the area is enough", "AUG-4", seen="the limit of segments")
def kept_above_hundredth(self, right, *arguments):
    return under(self, keep_area=0.01).keep_boxes(*arguments)


@mutant("keep_boxes", "before and after are swapped", "AUG-4")
def kept_backwards(self, right, before, after):
    return right(after, before)


@mutant("keep_boxes", "one long side is enough", "AUG-4")
def kept_by_one_side(self, right, before, after):
    w, h = (after[:, i + 2] - after[:, i] for i in (0, 1))
    return right(before, after) | ((np.maximum(w, h) > 2) & (np.minimum(w, h) > 0) & (np.minimum(w, h) <= 2))


@mutant("keep_boxes", "a box that had no area is dropped", "AUG-4")
def kept_only_of_area(self, right, before, after):
    return right(before, after) & (before[:, 2:] > before[:, :2]).all(axis=1)


@mutant("keep_boxes", "the aspect is not looked at", "AUG-4")
def kept_of_any_aspect(self, right, *arguments):
    return under(self, keep_aspect=1e9).keep_boxes(*arguments)


@mutant("keep_boxes", "boxes are kept by the sides they had before", "AUG-4")
def kept_by_old_sides(self, right, before, after):
    return right(before, after) & (before[:, 2:] - before[:, :2] > 4).all(axis=1)


@mutant("warp_boxes", "a perspective below a ten-thousandth is taken for none", "AUG-3")
def warped_without_slight_perspective(self, right, boxes, matrix):
    plain = matrix * np.array([[1], [1], [0]]) + np.array([[0, 0, 0], [0, 0, 0], [0, 0, 1]]) * matrix[2, 2]
    return right(boxes, plain if np.abs(matrix[2, :2]).max() < 1e-4 else matrix)

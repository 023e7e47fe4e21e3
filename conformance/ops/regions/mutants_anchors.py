"""Faults in anchors of regions, and in deltas."""

from __future__ import annotations

import numpy as np

from conformance.judging.whole_numbers import half_away
from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under


@mutant("rpn_anchors", "anchors are not rounded", "RPN-1", seen="Detectron2, mmdet", convention=True)
def anchors_unrounded(self, right, *arguments):
    return under(self, anchor_rounding="none").rpn_anchors(*arguments)


@mutant(
    "rpn_anchors", "the sides of one window are rounded, then enlarged", "RPN-1", seen="py-faster-rcnn", convention=True
)
def anchors_of_rounded_sides(self, right, *arguments):
    return under(self, anchor_rounding="sides").rpn_anchors(*arguments)


@mutant("rpn_anchors", "halves are rounded away from zero", "RPN-1", seen="C's round")
def anchors_halves_away(self, right, feature_shape, stride, sizes, ratios):
    cell = under(self, anchor_rounding="none").rpn_anchors((1, 1), stride, sizes, ratios)
    y, x = np.indices(feature_shape).reshape(2, -1) * stride
    return (np.stack([x, y, x, y], axis=-1)[:, np.newaxis] + half_away(cell)).reshape(-1, 4)


@mutant("rpn_anchors", "sizes are the outer loop of a cell", "RPN-1", seen="Detectron2", convention=True)
def anchors_sizes_first(self, right, *arguments):
    return under(self, anchor_order="sizes_first").rpn_anchors(*arguments)


@mutant(
    "rpn_anchors",
    "anchors stand in the middle of their cells",
    "RPN-1",
    seen="Detectron2 with offset 0.5",
    convention=True,
)
def anchors_in_the_middle(self, right, *arguments):
    return under(self, anchor_centre="middle").rpn_anchors(*arguments)


@mutant("rpn_anchors", "the ratio is width over height", "RPN-1")
def anchors_lying(self, right, feature_shape, stride, sizes, ratios):
    return right(feature_shape, stride, sizes, 1 / ratios)


@mutant("rpn_anchors", "the root of the ratio is left out", "RPN-1")
def anchors_without_root(self, right, feature_shape, stride, sizes, ratios):
    return right(feature_shape, stride, sizes, ratios**2)


@mutant("rpn_anchors", "the height is the size, the width size / ratio", "RPN-1", seen="keras SSD ports")
def anchors_of_one_height(self, right, feature_shape, stride, sizes, ratios):
    found = right(feature_shape, stride, sizes, ratios).reshape(-1, len(ratios), len(sizes), 4)
    centre = (found[..., :2] + found[..., 2:]) / 2
    half = np.stack(np.broadcast_arrays(sizes / ratios[:, np.newaxis], sizes + 0 * ratios[:, np.newaxis]), axis=-1) / 2
    return np.concatenate([centre - half, centre + half], axis=-1).reshape(-1, 4)


@mutant("rpn_anchors", "cells run over x, then y", "RPN-2")
def anchors_x_first(self, right, feature_shape, stride, sizes, ratios):
    found = right(feature_shape, stride, sizes, ratios).reshape(*feature_shape, len(sizes) * len(ratios), 4)
    return np.swapaxes(found, 0, 1).reshape(-1, 4)


@mutant("rpn_anchors", "all cells of one anchor stand together", "RPN-1", "RPN-2")
def anchors_cells_last(self, right, feature_shape, stride, sizes, ratios):
    found = right(feature_shape, stride, sizes, ratios).reshape(-1, len(sizes) * len(ratios), 4)
    return np.swapaxes(found, 0, 1).reshape(-1, 4)


@mutant("rpn_anchors", "x is shifted by rows, y by columns", "RPN-2")
def anchors_shifted_yx(self, right, feature_shape, stride, sizes, ratios):
    found = right(feature_shape, stride, sizes, ratios).reshape(*feature_shape, len(sizes) * len(ratios), 4)
    y, x = np.indices(feature_shape) * stride
    return (found + np.stack([y - x, x - y, y - x, x - y], axis=-1)[:, :, np.newaxis]).reshape(-1, 4)


@mutant("rpn_anchors", "the stride is 16 whatever it is", "RPN-2")
def anchors_of_stride_16(self, right, feature_shape, stride, sizes, ratios):
    return right(feature_shape, 16, sizes, ratios)


@mutant("encode_deltas", "the logarithm is left out: growth is a quotient", "DLT-1")
def deltas_without_logarithm(self, right, *arguments):
    found = right(*arguments)
    return np.concatenate([found[:, :2], np.exp(found[:, 2:])], axis=1)


@mutant("encode_deltas", "shifts are in px, not in anchor sizes", "DLT-1")
def deltas_in_px(self, right, anchors, boxes):
    found = right(anchors, boxes)
    return np.concatenate([found[:, :2] * (anchors[:, 2:] - anchors[:, :2]), found[:, 2:]], axis=1)


@mutant("encode_deltas", "shifts are in sizes of the box, not of the anchor", "DLT-1")
def deltas_in_box_sizes(self, right, anchors, boxes):
    found = right(anchors, boxes)
    return np.concatenate([found[:, :2] * np.exp(-found[:, 2:]), found[:, 2:]], axis=1)


@mutant("encode_deltas", "anchors and boxes are swapped", "DLT-1")
def deltas_backwards(self, right, anchors, boxes):
    return right(boxes, anchors)


@mutant("encode_deltas", "sides are one pixel longer", "DLT-1", seen="py-faster-rcnn", convention=True)
def deltas_of_pixels(self, right, *arguments):
    return under(self, region_pixel_offset=1).encode_deltas(*arguments)


@mutant("encode_deltas", "shifts are those of the upper left corner", "DLT-1")
def deltas_of_corners(self, right, anchors, boxes):
    found = right(anchors, boxes)
    return np.concatenate([(boxes - anchors)[:, :2] / (anchors[:, 2:] - anchors[:, :2]), found[:, 2:]], axis=1)


@mutant("encode_deltas", "shifts are divided by 0.1 and growths by 0.2", "DLT-1", seen="SSD variances", convention=True)
def deltas_with_variances(self, right, *arguments):
    return right(*arguments) / np.array([0.1, 0.1, 0.2, 0.2])


@mutant("encode_deltas", "growths are clamped as in decoding", "DLT-1")
def deltas_clamped(self, right, *arguments):
    found = right(*arguments)
    return np.concatenate([found[:, :2], np.clip(found[:, 2:], -4.135, 4.135)], axis=1)

"""Faults in anchors of regions, deltas and proposals."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under


@mutant("rpn_anchors", "anchors are not rounded", "RPN-1", seen="Detectron2, mmdet", convention=True)
def anchors_unrounded(self, right, *arguments):
    return under(self, anchor_rounding="none").rpn_anchors(*arguments)


@mutant("rpn_anchors", "the sides of one window are rounded, then enlarged", "RPN-1", seen="py-faster-rcnn", convention=True)
def anchors_of_rounded_sides(self, right, *arguments):
    return under(self, anchor_rounding="sides").rpn_anchors(*arguments)


@mutant("rpn_anchors", "sizes are the outer loop of a cell", "RPN-1", seen="Detectron2", convention=True)
def anchors_sizes_first(self, right, *arguments):
    return under(self, anchor_order="sizes_first").rpn_anchors(*arguments)


@mutant("rpn_anchors", "anchors stand in the middle of their cells", "RPN-1", seen="Detectron2 with offset 0.5", convention=True)
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


@mutant("decode_deltas", "growth is not clamped", "DLT-2", seen="py-faster-rcnn", convention=True)
def decoded_unclamped(self, right, *arguments):
    return under(self, delta_clamp="none").decode_deltas(*arguments)


@mutant("decode_deltas", "growth is clamped on both sides", "DLT-2", seen="mmdet", convention=True)
def decoded_clamped_both(self, right, *arguments):
    return under(self, delta_clamp="both").decode_deltas(*arguments)


@mutant("decode_deltas", "sides are one pixel longer", "DLT-2", seen="Caffe", convention=True)
def decoded_of_pixels(self, right, *arguments):
    return under(self, region_pixel_offset=1).decode_deltas(*arguments)


@mutant("decode_deltas", "growth is clamped at 4", "DLT-2")
def decoded_clamped_at_4(self, right, anchors, deltas):
    return right(anchors, np.concatenate([deltas[:, :2], np.minimum(deltas[:, 2:], 4)], axis=1))


@mutant("decode_deltas", "shifts are clamped as growths are", "DLT-2")
def decoded_shifts_clamped(self, right, anchors, deltas):
    return right(anchors, np.concatenate([np.clip(deltas[:, :2], -1, 1), deltas[:, 2:]], axis=1))


@mutant("decode_deltas", "the box is centre and size", "DLT-2")
def decoded_as_centre_and_size(self, right, *arguments):
    found = right(*arguments)
    first, last = found[:, :2], found[:, 2:]
    return np.concatenate([(first + last) / 2, last - first], axis=1)


@mutant("decode_deltas", "growth is a factor, not its logarithm", "DLT-2")
def decoded_without_exponential(self, right, anchors, deltas):
    return right(anchors, np.concatenate([deltas[:, :2], np.log1p(np.abs(deltas[:, 2:]))], axis=1))


@mutant("decode_deltas", "shifts are in px", "DLT-2")
def decoded_shifts_in_px(self, right, anchors, deltas):
    return right(anchors, np.concatenate([deltas[:, :2] / (anchors[:, 2:] - anchors[:, :2]), deltas[:, 2:]], axis=1))


@mutant("decode_deltas", "x and y are swapped", "DLT-2")
def decoded_yx(self, right, anchors, deltas):
    return right(anchors, deltas[:, [1, 0, 3, 2]])


@mutant("decode_deltas", "decoded boxes are float32 though float64 is given", "DLT-2")
def decoded_in_float32(self, right, *arguments):
    return right(*arguments).astype(np.float32)


@mutant("decode_deltas_vjp", "a clamped growth passes its gradient", "DLT-2g")
def clamp_passes_gradient(self, right, *arguments):
    return under(self, delta_clamp="none").decode_deltas_vjp(*arguments)


@mutant("decode_deltas_vjp", "growth passes half its gradient: one corner alone", "DLT-2g")
def growth_of_one_corner(self, right, anchors, deltas, cotangent):
    return right(anchors, deltas, cotangent) * np.array([1, 1, 0.5, 0.5])


@mutant("decode_deltas_vjp", "a shift passes its gradient in px", "DLT-2g")
def shift_gradient_in_px(self, right, anchors, deltas, cotangent):
    found = right(anchors, deltas, cotangent)
    return np.concatenate([found[:, :2] / (anchors[:, 2:] - anchors[:, :2]), found[:, 2:]], axis=1)


@mutant("decode_deltas_vjp", "growth passes the gradient of its logarithm: without the size it makes", "DLT-2g")
def growth_gradient_without_size(self, right, anchors, deltas, cotangent):
    return np.concatenate([right(anchors, deltas, cotangent)[:, :2], (cotangent[:, 2:] - cotangent[:, :2]) / 2], axis=1)


@mutant("decode_deltas_vjp", "corners pull growth the wrong way", "DLT-2g")
def growth_gradient_negated(self, right, *arguments):
    return right(*arguments) * np.array([1, 1, -1, -1])


@mutant("clip_boxes", "corners are clipped to the last pixel: W − 1", "CLP-1", seen="py-faster-rcnn", convention=True)
def clipped_to_pixels(self, right, *arguments):
    return under(self, region_pixel_offset=1).clip_boxes(*arguments)


@mutant("clip_boxes", "x is clipped to the height, y to the width", "CLP-1")
def clipped_hw(self, right, boxes, image_size):
    return right(boxes, image_size[::-1])


@mutant("clip_boxes", "only corners below 0 are clipped", "CLP-1")
def clipped_at_0(self, right, boxes, image_size):
    return np.maximum(boxes, 0)


@mutant("clip_boxes", "only the first corner is clipped below, only the last above", "CLP-1")
def clipped_one_sided(self, right, boxes, image_size):
    found = right(boxes, image_size)
    return np.where([True, True, False, False], np.maximum(boxes, 0), np.minimum(boxes, np.tile(image_size[::-1], 2))) + 0 * found


@mutant("clip_boxes", "boxes that cross the border become zero", "CLP-1")
def clipped_to_nothing(self, right, boxes, image_size):
    return boxes * (right(boxes, image_size) == boxes).all(axis=1, keepdims=True)

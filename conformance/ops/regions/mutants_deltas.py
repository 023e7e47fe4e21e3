"""Faults in decoded and clipped boxes."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under
from refimpl.deltas import LARGEST_GROWTH


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
    return right(anchors, np.minimum(deltas, LARGEST_GROWTH))


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


@mutant("decode_deltas_vjp", "the gradient of a clamped growth is its exp times 0, no number where it overflows", "DLT-2g")
def clamped_growth_times_zero(self, right, anchors, deltas, cotangent):
    with np.errstate(over="ignore", invalid="ignore"):
        return right(anchors, deltas, cotangent) + np.exp(deltas) * 0


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
    return (
        np.where([True, True, False, False], np.maximum(boxes, 0), np.minimum(boxes, np.tile(image_size[::-1], 2)))
        + 0 * found
    )


@mutant("clip_boxes", "boxes that cross the border become zero", "CLP-1")
def clipped_to_nothing(self, right, boxes, image_size):
    return boxes * (right(boxes, image_size) == boxes).all(axis=1, keepdims=True)

"""Faults in boxes that go into a frame and come back."""

from __future__ import annotations


import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under


def _unclipped(self, boxes, network_shape, image_shape):
    placed = self.letterbox_geometry(image_shape, network_shape)
    left, top = placed.padding[:2]
    gain = placed.size / np.array(image_shape)
    return (boxes - np.array([left, top] * 2)) / gain[[1, 0, 1, 0]]


@mutant(
    "letterbox_boxes",
    "boxes are scaled as the pixels are, by sides in whole px",
    "GEO-4",
    seen="albumentations",
    convention=True,
)
def labels_by_pixels(self, right, *arguments):
    return under(self, label_ratio="rounded").letterbox_boxes(*arguments)


@mutant("letterbox_boxes", "the padding is not added", "GEO-4")
def labels_unpadded(self, right, boxes, shape, new_shape):
    return boxes * self.letterbox_geometry(shape, new_shape).ratio


@mutant("letterbox_boxes", "the padding of x is added to y and that of y to x", "GEO-4")
def labels_padding_swapped(self, right, boxes, shape, new_shape):
    left, top = self.letterbox_geometry(shape, new_shape).padding[:2]
    return right(boxes, shape, new_shape) + np.array([top - left, left - top] * 2, boxes.dtype)


@mutant("letterbox_boxes", "half of the rest is added, not the whole px left and above", "GEO-4", seen="yolov5 #5064")
def labels_half_pixel_off(self, right, boxes, shape, new_shape):
    left, top, across, down = self.letterbox_geometry(shape, new_shape).padding
    return right(boxes, shape, new_shape) + np.array([across - left, down - top] * 2, boxes.dtype) / 2


@mutant(
    "letterbox_boxes", "padding is added although the image stands in the corner", "GEO-4", seen="Ultralytics #17728"
)
def labels_padded_twice(self, right, boxes, shape, new_shape):
    left, top = self.letterbox_geometry(shape, new_shape).padding[:2]
    return right(boxes, shape, new_shape) + np.array([left, top] * 2, boxes.dtype)


@mutant("letterbox_boxes", "each axis has a ratio of its own", "GEO-4")
def labels_stretched(self, right, boxes, shape, new_shape):
    left, top = self.letterbox_geometry(shape, new_shape).padding[:2]
    gain = np.array([new_shape[1] / shape[1], new_shape[0] / shape[0]] * 2)
    return boxes * gain + [left, top] * 2


@mutant("letterbox_boxes", "boxes are cut to the frame", "GEO-4")
def labels_clipped(self, right, boxes, shape, new_shape):
    h, w = new_shape
    return np.clip(right(boxes, shape, new_shape), 0, np.array([w, h, w, h]))


@mutant("letterbox_boxes", "boxes are rounded to whole px", "GEO-4")
def labels_in_whole_px(self, right, *arguments):
    return np.rint(right(*arguments))


@mutant(
    "restore_boxes", "one gain for both axes, not rounded", "GEO-5", seen="Ultralytics before #25855", convention=True
)
def restored_by_one_gain(self, right, *arguments):
    return under(self, restore_gain="one").restore_boxes(*arguments)


@mutant(
    "restore_boxes",
    "the padding is half of W − w · r, rounded",
    "GEO-5",
    seen="Ultralytics before #23967",
    convention=True,
)
def restored_by_unrounded_padding(self, right, *arguments):
    return under(self, restore_padding="unrounded", restore_gain="one").restore_boxes(*arguments)


@mutant("restore_boxes", "boxes are not clipped to the image", "GEO-5")
def restored_unclipped(self, right, *arguments):
    return _unclipped(self, *arguments)


@mutant("restore_boxes", "boxes are clipped to the last pixel: W − 1", "GEO-5")
def restored_to_last_pixel(self, right, boxes, network_shape, image_shape):
    h, w = image_shape
    return np.minimum(right(boxes, network_shape, image_shape), np.array([w, h, w, h]) - 1)


@mutant("restore_boxes", "boxes are clipped to width and height in the wrong order", "GEO-5")
def restored_clipped_hw(self, right, boxes, network_shape, image_shape):
    h, w = image_shape
    return np.clip(_unclipped(self, boxes, network_shape, image_shape), 0, np.array([h, w, h, w]))


@mutant("restore_boxes", "the padding is not taken off", "GEO-5")
def restored_with_padding(self, right, boxes, network_shape, image_shape):
    left, top = self.letterbox_geometry(image_shape, network_shape).padding[:2]
    return right(boxes + np.array([left, top] * 2), network_shape, image_shape)


@mutant("restore_boxes", "the padding is taken off after scaling", "GEO-5")
def restored_padding_last(self, right, boxes, network_shape, image_shape):
    placed = self.letterbox_geometry(image_shape, network_shape)
    gain, (left, top) = (placed.size / np.array(image_shape))[[1, 0, 1, 0]], placed.padding[:2]
    h, w = image_shape
    return np.clip(boxes / gain - np.array([left, top] * 2), 0, np.array([w, h, w, h]))


@mutant(
    "restore_boxes", "half of the rest is taken off, not the whole px left and above", "GEO-5", seen="YOLOs-CPP #147"
)
def restored_half_pixel_off(self, right, boxes, network_shape, image_shape):
    left, top, across, down = self.letterbox_geometry(image_shape, network_shape).padding
    return right(boxes - np.array([across - left, down - top] * 2) / 2, network_shape, image_shape)


@mutant("restore_boxes", "image and frame are swapped", "GEO-5")
def restored_the_wrong_way(self, right, boxes, network_shape, image_shape):
    return right(boxes, image_shape, network_shape)

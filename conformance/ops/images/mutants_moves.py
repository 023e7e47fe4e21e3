"""Faults in shares, flips and mosaics."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from refimpl.mosaic import MosaicLayout


@mutant("denormalise_boxes", "the padding is added to shares, before scaling", "GEO-6")
def shares_padded_first(self, right, boxes, shape, padding):
    return right(boxes + np.concatenate([padding, 0 * padding]), shape, 0 * padding)


@mutant("denormalise_boxes", "centre and size are taken for corners", "GEO-6")
def shares_as_corners(self, right, boxes, shape, padding):
    h, w = shape
    return boxes * np.array([w, h, w, h]) + np.tile(padding, 2)


@mutant("denormalise_boxes", "the whole size stands on either side of the centre", "GEO-6")
def shares_twice_as_large(self, right, boxes, shape, padding):
    return right(boxes * np.array([1, 1, 2, 2]), shape, padding)


@mutant("denormalise_boxes", "x is scaled by the height, y by the width", "GEO-6")
def shares_of_hw(self, right, boxes, shape, padding):
    return right(boxes, shape[::-1], padding)


@mutant("denormalise_boxes", "padding is top and left, not left and top", "GEO-6")
def shares_padding_swapped(self, right, boxes, shape, padding):
    return right(boxes, shape, padding[::-1])


@mutant("denormalise_boxes", "boxes are cut to the image", "GEO-6", seen="clip=True of Ultralytics", convention=True)
def shares_clipped(self, right, boxes, shape, padding):
    h, w = shape
    return np.clip(right(boxes, shape, 0 * padding), 0, np.array([w, h, w, h])) + np.tile(padding, 2)


@mutant("denormalise_boxes", "the padding is not added", "GEO-6")
def shares_unpadded(self, right, boxes, shape, padding):
    return right(boxes, shape, 0 * padding)


@mutant("flip_boxes", "pixels are mirrored: W − 1 − x", "AUG-1")
def flipped_pixels(self, right, boxes, width):
    return right(boxes, width) - np.array([1, 0, 1, 0])


@mutant("flip_boxes", "corners do not trade places: x1 is the right one", "AUG-1")
def flipped_inside_out(self, right, boxes, width):
    return right(boxes, width)[:, [2, 1, 0, 3]]


@mutant("flip_boxes", "boxes are flipped upside down", "AUG-1")
def flipped_upside_down(self, right, boxes, width):
    return np.stack([boxes[:, 0], width - boxes[:, 3], boxes[:, 2], width - boxes[:, 1]], axis=-1)


@mutant("flip_boxes", "boxes in px are flipped as if they were shares: 1 − x", "AUG-1")
def flipped_shares(self, right, boxes, width):
    return right(boxes, 1)


@mutant("flip_boxes", "boxes are not flipped with their image", "AUG-1")
def not_flipped(self, right, boxes, width):
    return boxes


@mutant("flip_boxes", "boxes are cut to the image", "AUG-1")
def flipped_and_clipped(self, right, boxes, width):
    return np.maximum(right(boxes, width), 0)


@mutant(
    "mosaic_layout", "the offset is where the image is pasted, not where it would begin", "AUG-2", seen="YOLOX #994"
)
def mosaic_offset_clipped(self, right, *arguments):
    found = right(*arguments)
    return found._replace(offset=found.paste[:, :2])


@mutant("mosaic_layout", "every image is taken from its upper left corner", "AUG-2")
def mosaic_from_upper_left(self, right, *arguments):
    found = right(*arguments)
    size = found.paste[:, 2:] - found.paste[:, :2]
    return found._replace(source=np.concatenate([0 * size, size], axis=1))


@mutant("mosaic_layout", "the canvas is as large as one image", "AUG-2")
def mosaic_on_small_canvas(self, right, shapes, centre, size):
    found = right(shapes, centre, size)
    paste = np.clip(found.paste, 0, size)
    return MosaicLayout(paste, paste - np.tile(found.offset, 2), found.offset)


@mutant("mosaic_layout", "images are cut to the quarter of the middle, not of the centre", "AUG-2")
def mosaic_in_quarters(self, right, shapes, centre, size):
    return right(shapes, np.full(2, size), size)


@mutant("mosaic_layout", "the centre is y, x", "AUG-2")
def mosaic_centre_swapped(self, right, shapes, centre, size):
    return right(shapes, centre[::-1], size)


@mutant("mosaic_layout", "shapes are w, h", "AUG-2")
def mosaic_shapes_swapped(self, right, shapes, centre, size):
    return right(shapes[:, ::-1], centre, size)


@mutant("mosaic_layout", "the second and the third image trade places", "AUG-2")
def mosaic_order_swapped(self, right, shapes, centre, size):
    found = right(shapes[[0, 2, 1, 3]], centre, size)
    return MosaicLayout(*(part[[0, 2, 1, 3]] for part in found))


@mutant(
    "mosaic_layout",
    "right of the centre an image is at least as wide as the centre is far",
    "AUG-2",
    seen="yolov5 #1020",
)
def mosaic_wider_than_it_is(self, right, shapes, centre, size):
    found = right(shapes, centre, size)
    paste = found.paste.copy()
    paste[1, 2] = paste[3, 2] = min(max(centre[0], centre[0] + shapes[1, 1]) + 1, 2 * size)
    return found._replace(paste=paste)


@mutant("mosaic_layout", "images are not cut to the canvas", "AUG-2")
def mosaic_uncut(self, right, shapes, centre, size):
    found = right(shapes, centre, size)
    paste = np.concatenate([found.offset, found.offset + shapes[:, ::-1]], axis=1)
    return MosaicLayout(paste, paste - np.tile(found.offset, 2), found.offset)


@mutant("flip_boxes", "a box that is all zeros is taken for padding and stays", "AUG-1")
def flips_no_zeros(self, right, boxes, width):
    return right(boxes, width) * boxes.any(axis=1, keepdims=True)


@mutant("denormalise_boxes", "a share above 1 is taken for px, and the box is not scaled", "GEO-6")
def shares_above_one_in_px(self, right, boxes, shape, padding):
    found = right(boxes, shape, padding)
    return np.where((boxes > 1).any(axis=1, keepdims=True), right(boxes, (1, 1), padding), found)

"""Faults in moves of boxes, mosaics, tables and mixtures."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under
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


@mutant("mosaic_layout", "the offset is where the image is pasted, not where it would begin", "AUG-2", seen="YOLOX #994")
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


@mutant("mosaic_layout", "right of the centre an image is at least as wide as the centre is far", "AUG-2", seen="yolov5 #1020")
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


@mutant("warp_boxes", "boxes are warped in float32 though float64 is given", "AUG-3", seen="RandomPerspective's float32 matrix")
def warped_in_float32(self, right, boxes, matrix):
    return right(boxes, matrix).astype(np.float32)


@mutant("keep_boxes", "a box of just the least side stays", "AUG-4")
def kept_at_least_side(self, right, before, after):
    return under(self, keep_side=np.nextafter(self.dialect.keep_side, 0)).keep_boxes(before, after)


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


@mutant("hsv_tables", "hue is multiplied, not turned", "AUG-5", seen="Ultralytics before 8.3.79", convention=True)
def hue_multiplied(self, right, gains):
    return under(self, hue_gain="multiplies").hsv_tables(gains)


@mutant("hsv_tables", "a hair below no turn gives hue 180", "AUG-5", seen="Ultralytics RandomHSV")
def hue_180(self, right, gains):
    hue = ((np.arange(256) + np.float64(gains[0]) * 180) % 180).astype(np.uint8)
    return np.concatenate([hue[np.newaxis], right(gains)[1:]])


@mutant("hsv_tables", "hue turns by 256, not by 180", "AUG-5")
def hue_of_256(self, right, gains):
    found = right(gains)
    found[0] = np.floor(np.arange(256) + gains[0] * 180) % 256
    return found


@mutant("hsv_tables", "hue saturates instead of turning", "AUG-5")
def hue_saturates(self, right, gains):
    found = right(gains)
    found[0] = np.clip(np.arange(256) + gains[0] * 180, 0, 179)
    return found


@mutant("hsv_tables", "levels past 255 wrap", "AUG-5", seen="YOLOX #802, netspresso #411")
def levels_wrap(self, right, gains):
    found = right(gains)
    found[1:] = np.floor(np.arange(256) * (1.0 + gains[1:, np.newaxis].astype(float))) % 256
    return found


@mutant("hsv_tables", "fractions are rounded, not cut off", "AUG-5")
def levels_rounded(self, right, gains):
    found = right(gains)
    found[1:] = np.clip(np.rint(np.arange(256) * (1.0 + gains[1:, np.newaxis].astype(float))), 0, 255)
    return found


@mutant("hsv_tables", "gains are of value, saturation and hue", "AUG-5")
def gains_turned_round(self, right, gains):
    return right(gains[::-1])


@mutant("hsv_tables", "a gain is a factor, not a share on top", "AUG-5")
def gains_as_factors(self, right, gains):
    return right(np.concatenate([gains[:1], gains[1:] - 1]))


@mutant("hsv_tables", "saturation 0 is raised with the others", "AUG-5")
def grey_coloured(self, right, gains):
    found = right(gains)
    found[1, 0] = 1
    return found


@mutant("mixup", "both images have the weight lambda", "MIX-1", "MIX-2", seen="seed 001")
def mixed_by_lambda_twice(self, right, image1, image2, lam):
    return np.floor((image1.astype(float) + image2) * lam).astype(np.int64).astype(np.uint8)


@mutant("mixup", "levels are rounded, not cut off", "MIX-2", convention=True, seen="albumentations")
def mixed_to_nearest(self, right, *arguments):
    return under(self, mixup_rounding="nearest").mixup(*arguments)


@mutant("mixup", "the weight is that of the second image", "MIX-1", "MIX-2")
def mixed_the_other_way(self, right, image1, image2, lam):
    return right(image2, image1, lam)


@mutant("mixup", "both images have the same weight", "MIX-1", "MIX-2", seen="YOLOX", convention=True)
def mixed_half_and_half(self, right, image1, image2, lam):
    return right(image1, image2, 0.5)


@mutant("mixup", "levels are added in 8 bits", "MIX-1", "MIX-2")
def mixed_in_8_bits(self, right, image1, image2, lam):
    weight = int(lam * 255)
    return ((image1.astype(np.int64) * weight % 256) + (image2.astype(np.int64) * (255 - weight) % 256)) % 256


@mutant("mixup", "each image is cut off by itself before they are added", "MIX-1", "MIX-2")
def mixed_after_cutting(self, right, image1, image2, lam):
    return np.floor(lam * image1.astype(float)) + np.floor((1 - lam) * image2.astype(float))


@mutant("mixup", "channels are turned round: BGR for RGB", "MIX-1", "MIX-2")
def mixed_bgr(self, right, image1, image2, lam):
    return right(image1, image2, lam)[..., ::-1]


@mutant("mixup", "the weight is rounded to a tenth", "MIX-1", "MIX-2")
def mixed_by_tenths(self, right, image1, image2, lam):
    return right(image1, image2, round(lam, 1))


@mutant("mixup", "the heavier image alone is taken", "MIX-1", "MIX-2")
def mixed_by_choice(self, right, image1, image2, lam):
    return image1 if lam >= 0.5 else image2

"""Image geometry in dense NumPy and whole numbers, and other orders and forms of the same."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from conformance.candidates.variants.variant import variant


def half_even(numerator, denominator):
    """The nearest whole number to a quotient, of two the even one."""
    whole, rest = divmod(2 * numerator + denominator, 2 * denominator)
    return whole - (rest == 0 and whole % 2)


class Images:
    """Sizes in whole numbers, boxes in the precision they come in."""

    framework = "numpy"

    def __init__(self, dialect):
        self.dialect = dialect

    def resized_shape(self, shape, size):
        return np.array([-(-side * size // max(shape)) for side in shape])

    def ratio(self, shape, new_shape):
        """Numerator and denominator of the scale of a letterbox."""
        (h, w), (frame_h, frame_w) = shape, new_shape
        return (frame_h, h) if frame_h * w <= frame_w * h else (frame_w, w)

    def letterbox_geometry(self, shape, new_shape):
        numerator, denominator = self.ratio(shape, new_shape)
        size = np.array([max(half_even(side * numerator, denominator), 1) for side in shape])
        rest = (np.array(new_shape) - size)[::-1]
        return size, np.concatenate([rest // 2, rest - rest // 2]), numerator / denominator

    def letterbox_boxes(self, boxes, shape, new_shape):
        _, padding, ratio = self.letterbox_geometry(shape, new_shape)
        return boxes * ratio + np.tile(padding[:2], 2).astype(boxes.dtype)

    def restore_boxes(self, boxes, network_shape, image_shape):
        size, padding, _ = self.letterbox_geometry(image_shape, network_shape)
        sides = np.tile(image_shape[::-1], 2).astype(boxes.dtype)
        gain = np.tile(size[::-1], 2).astype(boxes.dtype) / sides
        return np.clip((boxes - np.tile(padding[:2], 2).astype(boxes.dtype)) / gain, 0, sides)

    def denormalise_boxes(self, boxes, shape, padding):
        half = boxes[:, 2:] / 2
        shares = np.concatenate([boxes[:, :2] - half, boxes[:, :2] + half], axis=1)
        return shares * np.tile(shape[::-1], 2).astype(boxes.dtype) + np.tile(padding, 2)

    def flip_boxes(self, boxes, width):
        return boxes[:, [2, 1, 0, 3]] * np.array([-1, 1, -1, 1], boxes.dtype) + np.array([width, 0, width, 0], boxes.dtype)

    def mosaic_layout(self, shapes, centre, size):
        (x, y), side = centre, 2 * size
        paste, source, offset = [], [], []
        for i, (h, w) in enumerate(shapes):
            left, top = x - w * (i % 2 == 0), y - h * (i < 2)
            here = [max(left, 0), max(top, 0), min(left + w, side), min(top + h, side)]
            paste.append([min(max(value, 0), side) for value in here])
            source.append([value - shift for value, shift in zip(paste[-1], (left, top) * 2)])
            offset.append([left, top])
        return np.array(paste), np.array(source), np.array(offset)

    def warp_boxes(self, boxes, matrix):
        corners = boxes[:, [[0, 1], [2, 1], [2, 3], [0, 3]]]
        points = np.concatenate([corners, np.ones((*corners.shape[:2], 1), boxes.dtype)], axis=2) @ matrix.T
        points = points[..., :2] / points[..., 2:]
        return np.concatenate([points.min(axis=1), points.max(axis=1)], axis=1)

    def keep_boxes(self, before, after):
        d, (w, h) = self.dialect, (after[:, 2:] - after[:, :2]).T
        area = (before[:, 2:] - before[:, :2]).prod(axis=1) + 1e-16
        longer = np.maximum(w / (h + 1e-16), h / (w + 1e-16))
        return (w > d.keep_side) & (h > d.keep_side) & (w * h / area > d.keep_area) & (longer < d.keep_aspect)

    def hsv_tables(self, gains):
        x = np.arange(256, dtype=gains.dtype)
        hue = np.floor(x + gains[0] * 180).astype(int) % 180
        others = (np.clip(np.floor(x * (1 + gain)), 0, 255) for gain in gains[1:])
        return np.stack([hue, *others]).astype(np.uint8)

    def mixup(self, image1, image2, lam):
        return (image1 * lam + image2 * (1 - lam)).astype(np.uint8)


@variant("sizes are computed in whole numbers, boxes all at once")
class WholeNumbers(Images):
    pass


@variant("sizes are fractions; boxes are moved one at a time")
class FractionsAndLoops(Images):
    def resized_shape(self, shape, size):
        return np.array([math.ceil(Fraction(side * size, max(shape))) for side in shape])

    def letterbox_geometry(self, shape, new_shape):
        r = min(Fraction(frame, side) for frame, side in zip(new_shape, shape))
        h, w = (max(round(side * r), 1) for side in shape)
        top, left = (new_shape[0] - h) // 2, (new_shape[1] - w) // 2
        return np.array([h, w]), np.array([left, top, new_shape[1] - w - left, new_shape[0] - h - top]), np.float64(r)

    def warp_boxes(self, boxes, matrix):
        one = super().warp_boxes
        return np.concatenate([boxes[:0], *(one(box[None], matrix) for box in boxes)])

    def hsv_tables(self, gains):
        hue, saturation, value = (Fraction(float(gain)) for gain in gains)
        levels = [[math.floor(x + 180 * hue) % 180 for x in range(256)]]
        levels += [[min(max(math.floor(x * (1 + g)), 0), 255) for x in range(256)] for g in (saturation, value)]
        return np.array(levels, np.uint8)


@variant("boxes are scaled before they are turned into corners, hues turned before they are cut, and mixed as b + λ(a − b)")
class CornersOfScaled(Images):
    def denormalise_boxes(self, boxes, shape, padding):
        scaled = boxes * np.tile(shape[::-1], 2).astype(boxes.dtype)
        return np.concatenate([scaled[:, :2] - scaled[:, 2:] / 2, scaled[:, :2] + scaled[:, 2:] / 2], axis=1) + np.tile(padding, 2)

    def hsv_tables(self, gains):
        found = super().hsv_tables(gains)
        found[0] = np.mod(np.arange(256, dtype=gains.dtype) + gains[0] * 180, 180).astype(int) % 180
        return found

    def restore_boxes(self, boxes, network_shape, image_shape):
        size, padding, _ = self.letterbox_geometry(image_shape, network_shape)
        sides = np.tile(image_shape[::-1], 2).astype(boxes.dtype)
        moved = (boxes - np.tile(padding[:2], 2).astype(boxes.dtype)) * sides / np.tile(size[::-1], 2).astype(boxes.dtype)
        return np.minimum(np.maximum(moved, 0), sides)

    def mixup(self, image1, image2, lam):
        return np.floor(image2 + lam * (image1.astype(float) - image2)).astype(np.uint8)


@variant("a box is warped corner by corner, and mixed levels are float32")
class CornerByCorner(Images):
    def warp_boxes(self, boxes, matrix):
        points = [[], []]
        for x, y in ((0, 1), (2, 1), (0, 3), (2, 3)):
            u, v, z = (matrix[i, 0] * boxes[:, x] + (matrix[i, 1] * boxes[:, y] + matrix[i, 2]) for i in range(3))
            points[0].append(u / z)
            points[1].append(v / z)
        u, v = (np.stack(values) for values in points)
        return np.stack([u.min(axis=0), v.min(axis=0), u.max(axis=0), v.max(axis=0)], axis=1)

    def mixup(self, image1, image2, lam):
        a, b = (image.astype(np.float32) for image in (image1, image2))
        return (np.float32(lam) * a + np.float32(1 - lam) * b).astype(np.uint8)


@variant("what is left of a box is compared by products, without a division")
class KeptByProducts(Images):
    def keep_boxes(self, before, after):
        d, (w, h) = self.dialect, (after[:, 2:] - after[:, :2]).T
        area = (before[:, 2:] - before[:, :2]).prod(axis=1) + 1e-16
        slender = (w >= d.keep_aspect * h) | (h >= d.keep_aspect * w)
        return (np.minimum(w, h) > d.keep_side) & (w * h > d.keep_area * area) & (area > 0) & ~slender

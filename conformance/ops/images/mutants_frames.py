"""Faults in scaling and letterboxing."""

from __future__ import annotations

import math

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under
from refimpl.letterbox import Letterbox


@mutant("resized_shape", "the short side is cut off, not rounded up", "GEO-1", seen="YOLOX", convention=True)
def resized_down(self, right, *arguments):
    return under(self, short_side="down").resized_shape(*arguments)


@mutant(
    "resized_shape",
    "the short side is rounded to the nearest pixel",
    "GEO-1",
    seen="LetterBox for predict",
    convention=True,
)
def resized_to_nearest(self, right, *arguments):
    return under(self, short_side="nearest").resized_shape(*arguments)


@mutant(
    "resized_shape",
    "the ratio is a float64: a whole side may come out one pixel larger",
    "GEO-1",
    seen="Ultralytics load_image",
    convention=True,
)
def resized_in_floats(self, right, *arguments):
    return under(self, float_rule="float64").resized_shape(*arguments)


@mutant("resized_shape", "the short side becomes the size", "GEO-1")
def resized_by_short_side(self, right, shape, size):
    return np.array([math.ceil(side * size / min(shape)) for side in shape])


@mutant("resized_shape", "width stands before height", "GEO-1")
def resized_w_first(self, right, shape, size):
    return right(shape, size)[::-1]


@mutant("resized_shape", "small images are not enlarged", "GEO-1")
def resized_never_larger(self, right, shape, size):
    return np.array(shape) if max(shape) < size else right(shape, size)


@mutant("resized_shape", "both sides become the size", "GEO-1", seen="rect_mode=False", convention=True)
def resized_square(self, right, shape, size):
    return np.array([size, size])


@mutant("resized_shape", "a thin image loses its short side", "GEO-1", seen="yolov5 before #10558")
def resized_to_nothing(self, right, shape, size):
    found = right(shape, size)
    return found * (found * max(shape) <= np.array(shape) * size + max(shape) * (found > 1))


@mutant("resized_shape", "the short side is rounded up to even pixels", "GEO-1")
def resized_even(self, right, shape, size):
    return np.minimum(right(shape, size) + right(shape, size) % 2, size)


@mutant("letterbox_geometry", "halves are rounded up", "GEO-2", "GEO-3", seen="C++ ports", convention=True)
def letterbox_halves_up(self, right, *arguments):
    return under(self, letterbox_rounding="half_up").letterbox_geometry(*arguments)


@mutant(
    "letterbox_geometry",
    "small images are not enlarged to the frame",
    "GEO-2",
    "GEO-3",
    seen="scaleup=False",
    convention=True,
)
def letterbox_never_larger(self, right, *arguments):
    return under(self, letterbox_enlarges=False).letterbox_geometry(*arguments)


@mutant(
    "letterbox_geometry", "all padding stands right and below", "GEO-3", seen="center=False; YOLOX", convention=True
)
def letterbox_in_corner(self, right, *arguments):
    return under(self, letterbox_centred=False).letterbox_geometry(*arguments)


@mutant(
    "letterbox_geometry", "padding ends at the next multiple of the stride", "GEO-3", seen="auto=True", convention=True
)
def letterbox_to_stride(self, right, *arguments):
    return under(self, letterbox_pads="to_stride").letterbox_geometry(*arguments)


@mutant("letterbox_geometry", "the larger ratio is taken: the image does not fit", "GEO-2", "GEO-3")
def letterbox_larger_ratio(self, right, shape, new_shape):
    r = max(frame / side for frame, side in zip(new_shape, shape))
    size = np.array([max(round(side * r), 1) for side in shape])
    rest = np.array(new_shape) - size
    top, left = rest // 2
    return Letterbox(size, np.array([left, top, rest[1] - left, rest[0] - top]), r)


@mutant(
    "letterbox_geometry",
    "the image is stretched to the frame",
    "GEO-2",
    "GEO-3",
    seen="scale_fill=True",
    convention=True,
)
def letterbox_stretched(self, right, shape, new_shape):
    return Letterbox(np.array(new_shape), np.zeros(4, np.int64), right(shape, new_shape).ratio)


@mutant("letterbox_geometry", "width stands before height", "GEO-2")
def letterbox_w_first(self, right, *arguments):
    found = right(*arguments)
    return found._replace(size=found.size[::-1])


@mutant("letterbox_geometry", "sides are cut off to whole px", "GEO-2", "GEO-3", seen="YOLOX, TensorRT ports")
def letterbox_cut(self, right, shape, new_shape):
    found = right(shape, new_shape)
    size = np.array(
        [max(side * min(f * s for f, s in zip(new_shape, shape[::-1])) // (shape[0] * shape[1]), 1) for side in shape]
    )
    rest = np.array(new_shape) - size
    top, left = rest // 2
    return Letterbox(size, np.array([left, top, rest[1] - left, rest[0] - top]), found.ratio)


@mutant("letterbox_geometry", "a thin image loses its short side", "GEO-2", "GEO-3")
def letterbox_to_nothing(self, right, shape, new_shape):
    found = right(shape, new_shape)
    lost = (found.size == 1) & (np.array(shape) * found.ratio < 0.5)
    left, top, across, down = found.padding
    return Letterbox(found.size - lost, np.array([left, top, across + lost[1], down + lost[0]]), found.ratio)


@mutant("letterbox_geometry", "the odd pixel of the padding stands left and above", "GEO-3")
def letterbox_odd_pixel_left(self, right, *arguments):
    found = right(*arguments)
    return found._replace(padding=found.padding[[2, 3, 0, 1]])


@mutant("letterbox_geometry", "padding is top, left, bottom, right", "GEO-3")
def letterbox_top_first(self, right, *arguments):
    found = right(*arguments)
    return found._replace(padding=found.padding[[1, 0, 3, 2]])


@mutant("letterbox_geometry", "both sides are padded alike: the odd pixel is lost", "GEO-3", seen="YOLOs-CPP #147")
def letterbox_odd_pixel_lost(self, right, *arguments):
    found = right(*arguments)
    return found._replace(padding=np.tile(found.padding[:2], 2))


@mutant("letterbox_geometry", "the ratio is that of the rounded height", "GEO-2")
def letterbox_rounded_ratio(self, right, shape, new_shape):
    found = right(shape, new_shape)
    return found._replace(ratio=found.size[0] / shape[0])


@mutant("letterbox_geometry", "the ratio is from frame to image", "GEO-2")
def letterbox_inverse_ratio(self, right, *arguments):
    found = right(*arguments)
    return found._replace(ratio=1 / found.ratio)

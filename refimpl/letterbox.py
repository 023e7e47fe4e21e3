"""Letterbox: an image is scaled into a frame without changing its shape, and the rest is padded.

Three maps belong together: that of the pixels, that of the labels on the way in, and that of the predictions on the
way out. They are one map only if all three use the sides in whole pixels.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Tuple

import numpy as np

from refimpl.arrays import FloatArray, like
from refimpl.dialect import Dialect
from refimpl.protocol import op
from refimpl.rules import number, rounded


class Letterbox(NamedTuple):
    """size (2,) int64, h and w of the scaled image; padding (4,) int64, left, top, right, bottom, px; ratio, float."""

    size: np.ndarray
    padding: np.ndarray
    ratio: float


@op("shape: size px, size: natural px -> resized: 2 index")
def resized_shape(shape: Tuple[int, int], size: int, *, dialect: Dialect) -> np.ndarray:
    """Scale an image so that its long side is `size`.  [GEO-1, seed 001 section 1.1]

        r = size / max(h, w),   side = min(⌈side · r⌉, size)

    The short side is the least whole number not below its share, so it is never 0 (dialect: `short_side`). An image
    smaller than `size` is enlarged.

    Parameters
    ----------
    shape : (h, w), px
    size : px, of the long side
    dialect : short_side and float_rule are read

    Returns
    -------
    (2,) int64: h, w

    Raises
    ------
    RangeError
        If an argument is not as above.

    >>> from refimpl import YOLOV8
    >>> resized_shape((116, 87), 320, dialect=YOLOV8).tolist()
    [320, 240]
    """
    r = number(size, dialect=dialect) / max(shape)
    return np.array([min(rounded(side * r, dialect.short_side), size) if r != 1 else side for side in shape], np.int64)


@op("shape: size px, new_shape: size px -> size: 2 index, padding: 4 index, ratio:")
def letterbox_geometry(shape: Tuple[int, int], new_shape: Tuple[int, int], *, dialect: Dialect) -> Letterbox:
    """Place an image in a frame, scaled by one ratio, the rest of the frame padded.  [GEO-2, GEO-3]

        r = min(H/h, W/w),   size = max(round(side · r), 1),   left = ⌊(W − w′)/2⌋,   right = W − w′ − left

    A half is rounded to the even neighbour (`letterbox_rounding`). The odd pixel of the padding stands right and
    below. r is at most 1 where small images are not enlarged (`letterbox_enlarges`).

    Parameters
    ----------
    shape : (h, w), px
    new_shape : (H, W), px
    dialect : float_rule, letterbox_rounding, letterbox_enlarges, letterbox_centred, letterbox_pads and strides are read

    Returns
    -------
    Letterbox

    Raises
    ------
    RangeError
        If an argument is not as above.

    >>> from refimpl import YOLOV8
    >>> letterbox_geometry((375, 500), (640, 640), dialect=YOLOV8).padding.tolist()
    [0, 80, 0, 80]
    """
    r = _ratio(shape, new_shape, dialect)
    size = [max(rounded(side * r, dialect.letterbox_rounding), 1) for side in shape]
    rest = [frame - side for frame, side in zip(new_shape, size)]
    if dialect.letterbox_pads == "to_stride":
        rest = [gap % max(dialect.strides) for gap in rest]
    top, left = (gap // 2 if dialect.letterbox_centred else 0 for gap in rest)
    padding = [left, top, rest[1] - left, rest[0] - top]
    return Letterbox(np.array(size, np.int64), np.array(padding, np.int64), float(r))


@op("boxes: N 4 xyxy px, shape: size px, new_shape: size px -> moved: N 4 xyxy px")
def letterbox_boxes(
    boxes: FloatArray, shape: Tuple[int, int], new_shape: Tuple[int, int], *, dialect: Dialect
) -> FloatArray:
    """Move boxes into the letterboxed frame.  [GEO-4]

        x → x · r + left,   y → y · r + top

    Pixels are scaled by round(w · r) / w, boxes by r, so that they part by up to half a pixel; a dialect whose
    `label_ratio` is "rounded" scales both alike. Nothing is clipped.

    Parameters
    ----------
    boxes : (N, 4) float, xyxy, px of the image
    shape : (h, w) of the image, px
    new_shape : (H, W) of the frame, px
    dialect : label_ratio, float_rule, letterbox_rounding, letterbox_enlarges, letterbox_centred, letterbox_pads and strides

    Returns
    -------
    (N, 4) float64, xyxy, px of the frame

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.
    """
    placed, r = letterbox_geometry(shape, new_shape, dialect=dialect), _ratio(shape, new_shape, dialect)
    height, width = (
        float(number(int(side), dialect=dialect) / whole) if dialect.label_ratio == "rounded" else float(r)
        for side, whole in zip(placed.size, shape)
    )
    left, top = placed.padding[:2]
    gain, shift = like(boxes, [width, height, width, height]), like(boxes, [left, top, left, top])
    return boxes * gain + shift


@op("boxes: N 4 xyxy px, network_shape: size px, image_shape: size px -> restored: N 4 xyxy px")
def restore_boxes(
    boxes: FloatArray, network_shape: Tuple[int, int], image_shape: Tuple[int, int], *, dialect: Dialect
) -> FloatArray:
    """Move boxes from the letterboxed frame back onto the image, and clip them to it.  [GEO-5]

        x → clip((x − left) / gain, 0, w),   gain = round(w · r) / w,   left as in `letterbox_geometry`

    The gain is that of the pixels, one for each axis. Releases before 8.4 take r for both (`restore_gain`), and
    half of W − w · r, rounded, for the padding (`restore_padding`), which is another pixel in 15 of 100 shapes.

    Parameters
    ----------
    boxes : (N, 4) float, xyxy, px of the frame
    network_shape : (H, W) of the frame, px
    image_shape : (h, w) of the image, px
    dialect : restore_gain, restore_padding, float_rule, letterbox_rounding, letterbox_enlarges, letterbox_centred,
        letterbox_pads and strides are read

    Returns
    -------
    (N, 4) float64, xyxy, px of the image, x in [0, w], y in [0, h]

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.
    """
    shift, gain = restoration(boxes, network_shape, image_shape, dialect=dialect)
    h, w = image_shape
    return np.clip((boxes - shift) / gain, 0, np.array([w, h, w, h], np.float64))


def restoration(
    boxes: FloatArray, network_shape: Tuple[int, int], image_shape: Tuple[int, int], *, dialect: Dialect
) -> Tuple[FloatArray, FloatArray]:
    """Padding (4,) and gain (4,) that `restore_boxes` takes off boxes, x and y of both corners; parameters as there."""
    placed = letterbox_geometry(image_shape, network_shape, dialect=dialect)
    r = _ratio(image_shape, network_shape, dialect)
    left, top = placed.padding[:2]
    if dialect.restore_padding == "unrounded" and dialect.letterbox_centred:
        top, left = (_unrounded_padding(*sides, r, dialect) for sides in zip(image_shape, network_shape))
    height, width = (
        float(number(int(side), dialect=dialect) / whole) if dialect.restore_gain == "per_axis" else float(r)
        for side, whole in zip(placed.size, image_shape)
    )
    return like(boxes, [left, top, left, top]), like(boxes, [width, height, width, height])


def _ratio(shape: Tuple[int, int], new_shape: Tuple[int, int], dialect: Dialect) -> Any:
    r = min(number(frame, dialect=dialect) / side for frame, side in zip(new_shape, shape))
    return r if dialect.letterbox_enlarges else min(r, number(1, dialect=dialect))


def _unrounded_padding(side: int, frame: int, r: Any, dialect: Dialect) -> int:
    """Half of what w · r leaves of the frame, less 0.1 so that a half goes down, rounded."""
    return rounded((frame - side * r) / 2 - number(1, dialect=dialect) / 10, dialect.letterbox_rounding)

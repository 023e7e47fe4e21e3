"""Other right ways to write the moves of boxes."""

from __future__ import annotations

from typing import Any, Tuple

import numpy as np

from conformance.judging.rounding import Rounded, widened
from refimpl import Dialect
from refimpl.box_moves import around, flip_boxes, warped_corners
from refimpl.letterbox import letterbox_boxes, restoration


def denormalise_in_px(boxes: Rounded, shape: Tuple[int, int], padding: Rounded, *, dialect: Dialect) -> Any:
    """Centre and size are scaled before corners are taken: cx·W − w·W/2.  [GEO-6]"""
    h, w = shape
    sides = Rounded(np.array([w, h], np.float64), boxes.precision)
    centre, half = boxes[:, :2] * sides, boxes[:, 2:] * sides / 2
    shift = np.concatenate([padding, padding], axis=0)
    return np.concatenate([centre - half, centre + half], axis=-1) + shift


def denormalise_padding_first(boxes: Rounded, shape: Tuple[int, int], padding: Rounded, *, dialect: Dialect) -> Any:
    """The padding is added to the centre.  [GEO-6]"""
    h, w = shape
    sides = Rounded(np.array([w, h], np.float64), boxes.precision)
    centre, half = boxes[:, :2] * sides + padding, boxes[:, 2:] * sides / 2
    return np.concatenate([centre - half, centre + half], axis=-1)


def flip_by_centre(boxes: Rounded, width: int, *, dialect: Dialect) -> Rounded:
    """Boxes are held as centre and size, as labels are, and corners taken at the end.  [AUG-1]"""
    return flip_boxes(_by_centre(boxes), width, dialect=dialect)


def letterbox_by_centre(boxes: Rounded, shape: Tuple[int, int], new_shape: Tuple[int, int], *, dialect: Dialect) -> Rounded:
    """Boxes are held as centre and size, as labels are, and corners taken at the end.  [GEO-4]"""
    return letterbox_boxes(_by_centre(boxes), shape, new_shape, dialect=dialect)


def _by_centre(boxes: Rounded) -> Rounded:
    """Corners (N, 4) that went into centre and size and will come back: three sums, of the corners of an axis each."""
    size = np.abs(boxes.value).reshape(-1, 2, 2).sum(axis=1)
    return widened(boxes, 3 * boxes.precision.u * np.tile(size, 2))


def restore_by_one_map(boxes: Rounded, network_shape: Tuple[int, int], image_shape: Tuple[int, int], *, dialect: Dialect) -> Any:
    """Gain and shift are those of the inverse map, known before any box is: x · (1/g) − left · (1/g).  [GEO-5]"""
    shift, gain = restoration(boxes, network_shape, image_shape, dialect=dialect)
    h, w = image_shape
    return np.clip(boxes * (1.0 / gain) - shift * (1.0 / gain), 0, np.array([w, h, w, h], np.float64))


def restore_multiplied_first(
    boxes: Rounded, network_shape: Tuple[int, int], image_shape: Tuple[int, int], *, dialect: Dialect
) -> Any:
    """The sides of the image first, then those of the scaled one: x · w / round(w · r), rounded twice where they are equal.  [GEO-5]"""
    shift, gain = restoration(boxes, network_shape, image_shape, dialect=dialect)
    h, w = image_shape
    sides = np.array([w, h, w, h], np.float64)
    return np.clip((boxes - shift) * sides / (gain * sides), 0, sides)


def warp_by_reciprocal(boxes: Rounded, matrix: Rounded, *, dialect: Dialect) -> Any:
    """Corners are multiplied by 1/z.  [AUG-3]"""
    u, v, z = warped_corners(boxes, matrix)
    return around(u * (1.0 / z), v * (1.0 / z))

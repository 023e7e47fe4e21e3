"""Box moves: what happens to boxes when their image is normalised, flipped, warped or cropped."""

from __future__ import annotations

from typing import NamedTuple, Tuple

import numpy as np

from refimpl.arrays import FloatArray, is_own_number, like
from refimpl.boxes import xywh2xyxy
from refimpl.dialect import Dialect
from refimpl.errors import RangeError
from refimpl.protocol import op

KEEP_EPS = 1e-16
"""Added to what sides and areas are divided by in `keep_boxes`, as Ultralytics does."""


@op("boxes: N 4 xywh, shape: size px, padding: 2 px -> corners: N 4 xyxy px")
def denormalise_boxes(
    boxes: FloatArray, shape: Tuple[int, int], padding: FloatArray, *, dialect: Dialect
) -> FloatArray:
    """Turn boxes given as shares of their image into corners in px.  [GEO-6, seed 001 section 1.1]

        x1 = w · (cx − bw/2) + left,   x2 = w · (cx + bw/2) + left,   and so for y with h and top

    The padding of a letterbox is added after scaling. Nothing is clipped: a box that reaches out of its image does so
    in px, too.

    Parameters
    ----------
    boxes : (N, 4) float, xywh, shares of the image
    shape : (h, w), px
    padding : (2,) float, left and top, px
    dialect : unused; every op takes it

    Returns
    -------
    (N, 4) float64, xyxy, px

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.

    >>> from refimpl import YOLOV8
    >>> denormalise_boxes([[0.5, 0.5, 0.25, 1]], (60, 80), [0, 2], dialect=YOLOV8).tolist()
    [[30.0, 2.0, 50.0, 62.0]]
    """
    h, w = shape
    shift = np.concatenate([padding, padding], axis=0)
    return xywh2xyxy(boxes) * like(boxes, [w, h, w, h]) + shift


@op("boxes: N 4 xyxy px, width: natural px -> flipped: N 4 xyxy px")
def flip_boxes(boxes: FloatArray, width: int, *, dialect: Dialect) -> FloatArray:
    """Mirror boxes left to right, with their image.  [AUG-1]

        (x1, y1, x2, y2) → (W − x2, y1, W − x1, y2)

    Corners trade places, so that x1 stays the left one. Coordinates are continuous: pixel i covers [i, i + 1] and
    goes to pixel W − 1 − i.

    Parameters
    ----------
    boxes : (N, 4) float, xyxy, px
    width : W of the image, px
    dialect : unused; every op takes it

    Returns
    -------
    (N, 4) float64, xyxy, px

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.

    >>> from refimpl import YOLOV8
    >>> flip_boxes([[0, 1, 2, 5]], 8, dialect=YOLOV8).tolist()
    [[6.0, 1.0, 8.0, 5.0]]
    """
    x1, y1, x2, y2 = (boxes[:, i] for i in range(4))
    return np.stack([width - x2, y1, width - x1, y2], axis=-1)


@op("boxes: N 4 xyxy px, matrix: 3 3 -> warped: N 4 xyxy px")
def warp_boxes(boxes: FloatArray, matrix: FloatArray, *, dialect: Dialect) -> FloatArray:
    """Enclose the warped corners of each box in a box.  [AUG-3]

        (u, v, z) = M · (x, y, 1),   the least box around the four points (u/z, v/z)

    A turned box grows: its corners' box is larger than what it turned. The matrix is applied to column vectors. An
    affine matrix has (0, 0, 1) as its last row and z is 1. Nothing is clipped.

    Parameters
    ----------
    boxes : (N, 4) float, xyxy, px
    matrix : (3, 3) float, M, from px to px; z > 0 at every corner
    dialect : unused; every op takes it

    Returns
    -------
    (N, 4) float64, xyxy, px

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.

    >>> from refimpl import YOLOV8
    >>> warp_boxes([[0, 0, 2, 1]], [[0, -1, 0], [1, 0, 0], [0, 0, 1]], dialect=YOLOV8).tolist()
    [[-1.0, 0.0, 0.0, 2.0]]
    """
    u, v, z = warped_corners(boxes, matrix)
    if not is_own_number(z) and not (z > 0).all():
        raise RangeError(f"matrix: expected corners with a third coordinate > 0, got {z.min():g}")
    return around(u / z, v / z)


def warped_corners(boxes: FloatArray, matrix: FloatArray) -> Tuple[FloatArray, FloatArray, FloatArray]:
    """The three coordinates, each (4, N), of the four corners of boxes after a projective map."""
    x, y = np.stack([boxes[:, i] for i in (0, 2, 2, 0)]), np.stack([boxes[:, i] for i in (1, 1, 3, 3)])
    one = like(x, np.ones(x.shape))
    u, v, z = (np.stack([matrix[row, 0] * x, matrix[row, 1] * y, matrix[row, 2] * one]).sum(axis=0) for row in range(3))
    return u, v, z


def around(x: FloatArray, y: FloatArray) -> FloatArray:
    """The least boxes (N, 4) around points (P, N)."""
    return np.stack([_least(x), _least(y), x.max(axis=0), y.max(axis=0)], axis=-1)


class Remains(NamedTuple):
    """Of each box after augmentation, (N,): width and height, px; share of the area it had; longer over shorter side."""

    width: FloatArray
    height: FloatArray
    share: FloatArray
    aspect: FloatArray


@op("before: N 4 xyxy px, after: N 4 xyxy px -> kept: N mask")
def keep_boxes(before: FloatArray, after: FloatArray, *, dialect: Dialect) -> np.ndarray:
    """Mark the boxes that an augmentation leaves large enough to learn from.  [AUG-4]

        kept = w > 2  and  h > 2  and  w·h / (w₀·h₀) > 0.1  and  max(w/h, h/w) < 100

    All four are strict: a box of exactly 2 px is dropped. `before` is the box scaled as the image was, without being
    moved or clipped.

    Parameters
    ----------
    before, after : (N, 4) float, xyxy, px
    dialect : keep_side, keep_area and keep_aspect are read

    Returns
    -------
    (N,) bool

    Raises
    ------
    ShapeError, NumberTypeError
        If an argument is not as above.
    """
    left = remains(before, after)
    large = (left.width > dialect.keep_side) & (left.height > dialect.keep_side)
    return large & (left.share > dialect.keep_area) & (left.aspect < dialect.keep_aspect)


def remains(before: FloatArray, after: FloatArray) -> Remains:
    """Measure what an augmentation leaves of boxes.  [AUG-4]

    Parameters
    ----------
    before, after : (N, 4) float, xyxy, px

    Returns
    -------
    Remains
    """
    width, height = after[:, 2] - after[:, 0], after[:, 3] - after[:, 1]
    area = (before[:, 2] - before[:, 0]) * (before[:, 3] - before[:, 1])
    aspect = np.maximum(width / (height + KEEP_EPS), height / (width + KEEP_EPS))
    return Remains(width, height, width * height / (area + KEEP_EPS), aspect)


def _least(points: FloatArray) -> FloatArray:
    """Smallest along the first axis; an error-carrying number has a largest only."""
    return -((-points).max(axis=0))

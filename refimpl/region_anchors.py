"""Region anchors: boxes of several sizes and shapes at each cell of a feature map."""

from __future__ import annotations

from typing import Tuple

import numpy as np

from refimpl.arrays import FloatArray, like
from refimpl.dialect import Dialect
from refimpl.protocol import op


@op("feature_shape: shape, stride: natural px, sizes: S positive px, ratios: T positive -> anchors: ? 4 xyxy px")
def rpn_anchors(
    feature_shape: Tuple[int, int], stride: int, sizes: FloatArray, ratios: FloatArray, *, dialect: Dialect
) -> FloatArray:
    """Place the anchors of one cell at every cell: y, then x, then the cell's anchors.  [RPN-1, RPN-2]

        anchor(y, x, a) = cell_a + stride · (x, y, x, y)

    Shifts are whole strides, so the first cell's anchors are centred on its corner unless `anchor_centre` says
    otherwise. Nothing is clipped: anchors of border cells reach out of the image.

    Parameters
    ----------
    feature_shape : (H, W), cells
    stride : px per cell
    sizes : (S,) float > 0, px, root of the area of an anchor
    ratios : (T,) float > 0, height over width
    dialect : anchor_rounding, anchor_order and anchor_centre are read

    Returns
    -------
    (H·W·S·T, 4) float64, xyxy, px

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.
    """
    cell = cell_anchors(stride, sizes, ratios, dialect=dialect)
    y, x = np.indices(feature_shape, dtype=np.float64).reshape(2, -1) * stride
    shifts = np.stack([x, y, x, y], axis=-1)[:, np.newaxis]
    return (like(cell, shifts) + cell).reshape((-1, 4))


def cell_anchors(stride: int, sizes: FloatArray, ratios: FloatArray, *, dialect: Dialect) -> FloatArray:
    """The anchors of the first cell.  [RPN-1]

        w = size / √ratio,   h = size · √ratio,   corners = ∓ (w, h) / 2, rounded where `anchor_rounding` says so

    Ratios are the outer loop (`anchor_order`). Halves are rounded to the even neighbour. With "sides" the anchors are
    those of py-faster-rcnn: √(stride² / ratio) and that · ratio are rounded, then scaled by size / stride, about the
    centre of the pixels 0 … stride − 1.

    Parameters
    ----------
    stride : px per cell
    sizes : (S,) float, px
    ratios : (T,) float, height over width
    dialect : as in `rpn_anchors`

    Returns
    -------
    (S·T, 4) float, xyxy, px
    """
    w, h = anchor_sides(stride, sizes, ratios, dialect=dialect)
    if dialect.anchor_rounding == "sides":
        centre, half = (stride - 1) / 2, np.stack([w - 1, h - 1], axis=-1) / 2
    else:
        centre, half = stride / 2 * (dialect.anchor_centre == "middle"), np.stack([w, h], axis=-1) / 2
    corners = np.concatenate([-half, half], axis=-1)
    return centre + (np.rint(corners) if dialect.anchor_rounding == "corners" else corners)


def anchor_sides(
    stride: int, sizes: FloatArray, ratios: FloatArray, *, dialect: Dialect
) -> Tuple[FloatArray, FloatArray]:
    """Widths and heights of one cell's anchors, (S·T,) each, in the dialect's order.  [RPN-1]"""
    size, ratio = sizes[np.newaxis, :], ratios[:, np.newaxis]
    if dialect.anchor_rounding == "sides":
        width = np.rint(np.sqrt(stride**2 / ratio))
        w, h = width * (size / stride), np.rint(width * ratio) * (size / stride)
    else:
        root = np.sqrt(ratio)
        w, h = size / root, size * root
    if dialect.anchor_order == "sizes_first":
        w, h = np.moveaxis(w, 0, 1), np.moveaxis(h, 0, 1)
    return w.reshape(-1), h.reshape(-1)

"""Deltas: a box as shift and growth of an anchor.  arXiv:1311.2524 appendix C."""

from __future__ import annotations

import math
from typing import Tuple

import numpy as np

from refimpl.arrays import FloatArray, is_own_number
from refimpl.dialect import Dialect
from refimpl.errors import RangeError
from refimpl.kinks import step
from refimpl.protocol import op, vjp

LARGEST_GROWTH = math.log(1000 / 16)
"""Logarithm of the largest growth of a side: an anchor of 16 px to 1000 px."""


@op("anchors: N 4 xyxy px, boxes: N 4 xyxy px -> deltas: N 4")
def encode_deltas(anchors: FloatArray, boxes: FloatArray, *, dialect: Dialect) -> FloatArray:
    """Express each box as shift and growth of its anchor.  [DLT-1]

        dx = (gx − px) / pw,   dy = (gy − py) / ph,   dw = ln(gw / pw),   dh = ln(gh / ph)

    (px, py, pw, ph) is the anchor as centre and size, (gx, gy, gw, gh) the box. A side is x2 − x1 plus the
    `region_pixel_offset`, and the centre is x1 plus half the side. Not clamped.

    Parameters
    ----------
    anchors, boxes : (N, 4) float, xyxy, px, with sides > 0
    dialect : region_pixel_offset is read

    Returns
    -------
    (N, 4) float64: dx, dy, dw, dh

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.
    """
    _check_sides("anchors", anchors, dialect)
    _check_sides("boxes", boxes, dialect)
    (pxy, pwh), (gxy, gwh) = (_centre_and_size(corners, dialect) for corners in (anchors, boxes))
    return np.concatenate([(gxy - pxy) / pwh, np.log(gwh / pwh)], axis=-1)


@op("anchors: N 4 xyxy px, deltas~: N 4 -> decoded~: N 4 xyxy px")
def decode_deltas(anchors: FloatArray, deltas: FloatArray, *, dialect: Dialect) -> FloatArray:
    """Shift and grow each anchor by its deltas.  [DLT-2]

        g = p + d · pwh,   gwh = pwh · exp(min(dwh, ln(1000/16))),   corners = g ∓ gwh/2

    Decoding inverts encoding for boxes that grow no more than that. With a pixel offset the last corner is one less,
    the last pixel, unless `decoded_end` is "past_it": then x2 and y2 of a round trip come out one too large.

    Parameters
    ----------
    anchors : (N, 4) float, xyxy, px
    deltas : (N, 4) float: dx, dy, dw, dh
    dialect : region_pixel_offset, decoded_end and delta_clamp are read

    Returns
    -------
    (N, 4) float64, xyxy, px

    Raises
    ------
    ShapeError, NumberTypeError
        If an argument is not as above.
    """
    pxy, pwh = _centre_and_size(anchors, dialect)
    centre, half = pxy + deltas[:, :2] * pwh, pwh * np.exp(_clamped(deltas[:, 2:], dialect)) / 2
    end = dialect.region_pixel_offset if dialect.decoded_end == "last_pixel" else 0
    return np.concatenate([centre - half, centre + half - end], axis=-1)


@vjp(decode_deltas)
def decode_deltas_vjp(
    anchors: FloatArray, deltas: FloatArray, cotangent: FloatArray, *, dialect: Dialect
) -> FloatArray:
    """Gradient of `decode_deltas` with respect to the deltas.  [DLT-2g]

        ∂dx = pw · (∂x1 + ∂x2),   ∂dw = gw/2 · (∂x2 − ∂x1) · [dw < ln(1000/16)]

    A clamped growth passes no gradient; at the clamp itself anything between none and all is right.

    Parameters
    ----------
    anchors, deltas : as in `decode_deltas`
    cotangent : (N, 4) float, gradient with respect to the boxes
    dialect : region_pixel_offset and delta_clamp are read

    Returns
    -------
    (N, 4) float64

    Raises
    ------
    ShapeError, NumberTypeError
        If an argument is not as above.
    """
    _, pwh = _centre_and_size(anchors, dialect)
    first, last, growth = cotangent[:, :2], cotangent[:, 2:], deltas[:, 2:]
    passes = 1.0
    if dialect.delta_clamp != "none":
        passes = step(LARGEST_GROWTH - growth)
    if dialect.delta_clamp == "both":
        passes = passes * step(LARGEST_GROWTH + growth)
    half = pwh * np.exp(_clamped(growth, dialect)) / 2
    return np.concatenate([pwh * (first + last), half * (last - first) * passes], axis=-1)


def _check_sides(name: str, boxes: FloatArray, dialect: Dialect) -> None:
    """Refuse boxes whose sides have no logarithm."""
    sides = _centre_and_size(boxes, dialect)[1]
    if not is_own_number(sides) and not (sides > 0).all():
        row = int((sides <= 0).any(axis=1).argmax())
        raise RangeError(f"{name}[{row}]: expected sides > 0, got {sides[row, 0]:g} by {sides[row, 1]:g}")


def _centre_and_size(boxes: FloatArray, dialect: Dialect) -> Tuple[FloatArray, FloatArray]:
    size = boxes[:, 2:] - boxes[:, :2] + dialect.region_pixel_offset
    return boxes[:, :2] + size / 2, size


def _clamped(growth: FloatArray, dialect: Dialect) -> FloatArray:
    if dialect.delta_clamp == "none":
        return growth
    growth = np.minimum(growth, LARGEST_GROWTH)
    return np.maximum(growth, -LARGEST_GROWTH) if dialect.delta_clamp == "both" else growth

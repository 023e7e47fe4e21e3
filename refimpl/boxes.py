"""Boxes: corners, centre and size, and the four distances from an anchor point to the edges."""

from __future__ import annotations

import numpy as np

from refimpl import _check
from refimpl._check import FloatArray
from refimpl.dialect import Dialect


def dist2bbox(distance: FloatArray, anchor_points: FloatArray, *, dialect: Dialect | None = None) -> FloatArray:
    """Turn the distances to the four edges into a box.  [DEC-1]

        box = (x − l, y − t, x + r, y + b)

    Negative distances are legal and give an inverted box.

    Parameters
    ----------
    distance : (…, A, 4) float, ltrb, any unit
    anchor_points : (A, 2) float, xy, the same unit
    dialect : unused; every op takes it

    Returns
    -------
    (…, A, 4) float64, xyxy, the same unit

    Raises
    ------
    ShapeError, NumberTypeError
        If an argument is not as above.
    """
    distance, anchor_points = _check.floats("distance", distance), _check.floats("anchor_points", anchor_points)
    _check.shapes(distance=(distance, "... A 4"), anchor_points=(anchor_points, "A 2"))
    return np.concatenate([anchor_points - distance[..., :2], anchor_points + distance[..., 2:]], axis=-1)


def dist2bbox_vjp(
    distance: FloatArray, anchor_points: FloatArray, cotangent: FloatArray, *, dialect: Dialect | None = None
) -> FloatArray:
    """Gradient of `dist2bbox` with respect to the distances.  [DEC-1g]

        ∂(l, t, r, b) = (−∂x1, −∂y1, ∂x2, ∂y2)

    since a longer l or t moves a corner to the left or up.

    Parameters
    ----------
    distance, anchor_points : as in `dist2bbox`
    cotangent : (…, A, 4) float, gradient with respect to the boxes
    dialect : unused; every op takes it

    Returns
    -------
    (…, A, 4) float64

    Raises
    ------
    ShapeError, NumberTypeError
        If an argument is not as above.
    """
    distance, anchor_points = _check.floats("distance", distance), _check.floats("anchor_points", anchor_points)
    cotangent = _check.floats("cotangent", cotangent)
    _check.shapes(distance=(distance, "... A 4"), anchor_points=(anchor_points, "A 2"))
    _check.same_shape(distance=distance, cotangent=cotangent)
    return np.concatenate([-cotangent[..., :2], cotangent[..., 2:]], axis=-1)


def bbox2dist(anchor_points: FloatArray, bboxes: FloatArray, *, dialect: Dialect) -> FloatArray:
    """Turn a box into the distances from an anchor point to its four edges, within the range of the bins.  [DEC-2]

        ltrb = (x − x1, y − y1, x2 − x, y2 − y), each clamped to [0, R − 1 − 0.01]

    A distance past the last bin, or negative because the anchor is outside the box, is silently clamped, as the
    sources do (seed 003).

    Parameters
    ----------
    anchor_points : (A, 2) float, xy, grid
    bboxes : (…, A, 4) float, xyxy, grid
    dialect : reg_max is read

    Returns
    -------
    (…, A, 4) float64, ltrb, grid, in [0, R − 1.01]

    Raises
    ------
    ShapeError, NumberTypeError
        If an argument is not as above.
    """
    anchor_points, bboxes = _check.floats("anchor_points", anchor_points), _check.floats("bboxes", bboxes)
    _check.shapes(anchor_points=(anchor_points, "A 2"), bboxes=(bboxes, "... A 4"))
    ltrb = np.concatenate([anchor_points - bboxes[..., :2], bboxes[..., 2:] - anchor_points], axis=-1)
    return np.clip(ltrb, 0, dialect.largest_distance)


def xywh2xyxy(boxes: FloatArray) -> FloatArray:
    """Turn centre and size into corners:  (cx − w/2, cy − h/2, cx + w/2, cy + h/2).

    Parameters
    ----------
    boxes : (…, 4) float, xywh, any unit

    Returns
    -------
    (…, 4) float64, xyxy, the same unit

    Raises
    ------
    ShapeError, NumberTypeError
        If `boxes` is not as above.
    """
    boxes = _check.floats("boxes", boxes)
    _check.shapes(boxes=(boxes, "... 4"))
    centre, half = boxes[..., :2], boxes[..., 2:] / 2
    return np.concatenate([centre - half, centre + half], axis=-1)

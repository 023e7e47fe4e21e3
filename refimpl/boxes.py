"""Boxes: corners, centre and size, and the four distances from an anchor point to the edges."""

from __future__ import annotations

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.dialect import Dialect
from refimpl.protocol import op, vjp


@op("distance~: ... A 4 ltrb, anchor_points: A 2 xy -> boxes~: ... A 4 xyxy")
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
    ContractError
        If an argument is not as above.
    """
    return np.concatenate([anchor_points - distance[..., :2], anchor_points + distance[..., 2:]], axis=-1)


@vjp(dist2bbox)
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
    ContractError
        If an argument is not as above.
    """
    return np.concatenate([-cotangent[..., :2], cotangent[..., 2:]], axis=-1)


@op("anchor_points: A 2 xy grid, bboxes: ... A 4 xyxy grid -> distance: ... A 4 ltrb grid")
def bbox2dist(anchor_points: FloatArray, bboxes: FloatArray, *, dialect: Dialect) -> FloatArray:
    """Turn a box into the distances from an anchor point to its four edges, within the range of the bins.  [DEC-2]

        ltrb = (x − x1, y − y1, x2 − x, y2 − y), each clamped to [0, R − 1 − 0.01]

    A distance past the last bin, or negative because the anchor is outside the box, is silently clamped, as the
    sources do (seed 003). Without bins (R = 1) nothing is clamped.

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
    ContractError
        If an argument is not as above.
    """
    ltrb = np.concatenate([anchor_points - bboxes[..., :2], bboxes[..., 2:] - anchor_points], axis=-1)
    return ltrb if dialect.reg_max == 1 else np.clip(ltrb, 0, dialect.largest_distance)


def xywh2xyxy(boxes: FloatArray) -> FloatArray:
    """Turn centre and size into corners:  (cx − w/2, cy − h/2, cx + w/2, cy + h/2).

    Parameters
    ----------
    boxes : (…, 4) float, xywh, any unit

    Returns
    -------
    (…, 4) float, xyxy, the same unit
    """
    centre, half = boxes[..., :2], boxes[..., 2:] / 2
    return np.concatenate([centre - half, centre + half], axis=-1)

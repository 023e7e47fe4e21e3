"""Areas of boxes: an op whose results are numbers, with a gradient."""

from __future__ import annotations

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.dialect import Dialect
from refimpl.protocol import op, vjp


@op("boxes~: N 4 xyxy px -> areas~: N px")
def box_area(boxes: FloatArray, *, dialect: Dialect | None = None) -> FloatArray:
    """Measure boxes.  [AREA-1]

        area = (x2 − x1) · (y2 − y1)

    A box with one negative side has a negative area.

    Parameters
    ----------
    boxes : (N, 4) float, xyxy, px

    Returns
    -------
    (N,) float, px²
    """
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


@vjp(box_area)
def box_area_vjp(boxes: FloatArray, cotangent: FloatArray, *, dialect: Dialect | None = None) -> FloatArray:
    """Pull a gradient back to the corners.  [AREA-1g]

        ∂area/∂x2 = y2 − y1,  ∂area/∂y2 = x2 − x1,  the upper left corner with the other sign

    Parameters and Returns are those of `box_area`, and the gradient of its areas.
    """
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    return np.stack([-height * cotangent, -width * cotangent, height * cotangent, width * cotangent], axis=-1)


TITLE = "Areas"
OPS = (box_area,)

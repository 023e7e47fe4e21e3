"""The largest box of an image: an op that decides, with more than one right answer where two are equal."""

from __future__ import annotations

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.dialect import Dialect
from refimpl.protocol import op


@op("boxes: B G 4 xyxy px -> largest: B index")
def largest_box(boxes: FloatArray, *, dialect: Dialect | None = None) -> np.ndarray:
    """Say which box of each image is the largest; 0 in an image without one.  [LARGE-1]

        largest = argmax over g of (x2 − x1) · (y2 − y1)

    Of equal boxes any may be named.

    Parameters
    ----------
    boxes : (B, G, 4) float, xyxy, px

    Returns
    -------
    (B,) int64
    """
    if boxes.shape[1] == 0:
        return np.zeros(len(boxes), np.int64)
    return areas(boxes).argmax(axis=-1)


def areas(boxes: FloatArray) -> FloatArray:
    """Areas (B, G)."""
    return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])


TITLE = "The largest box"
OPS = (largest_box,)

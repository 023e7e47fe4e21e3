"""Mosaic: four images meet at one point of a canvas."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from refimpl.dialect import Dialect
from refimpl.protocol import op


class MosaicLayout(NamedTuple):
    """paste (4, 4), xyxy on the canvas; source (4, 4), xyxy in each image; offset (4, 2), xy; all int64, px."""

    paste: np.ndarray
    source: np.ndarray
    offset: np.ndarray


@op("shapes: 4 2 index px, centre: 2 index px, size: natural px -> paste: 4 4, source: 4 4, offset: 4 2")
def mosaic_layout(shapes: np.ndarray, centre: np.ndarray, size: int, *, dialect: Dialect) -> MosaicLayout:
    """Place four images so that each meets the centre with its own corner.  [AUG-2, seed 001 section 1.1]

        offset = (xc − w, yc − h), (xc, yc − h), (xc − w, yc), (xc, yc)
        paste = (offset, offset + (w, h)) clipped to [0, 2·size],   source = paste − offset

    The images stand top left, top right, bottom left, bottom right. A box moves by the offset of its image; it is
    then clipped to the canvas, and dropped if nothing of it is left.

    Parameters
    ----------
    shapes : (4, 2) whole numbers, h and w of each image, px
    centre : (2,) whole numbers, x and y on the canvas, px
    size : px, half the side of the canvas
    dialect : unused; every op takes it

    Returns
    -------
    MosaicLayout

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.

    >>> from refimpl import YOLOV8
    >>> mosaic_layout([[4, 6]] * 4, [5, 8], 8, dialect=YOLOV8).source[0].tolist()  # one column does not fit
    [1, 0, 6, 4]
    """
    sides = shapes[:, ::-1]
    behind = np.array([[1, 1], [0, 1], [1, 0], [0, 0]])
    offset = centre - behind * sides
    paste = np.clip(np.concatenate([offset, offset + sides], axis=1), 0, 2 * size)
    return MosaicLayout(paste, paste - np.tile(offset, 2), offset)

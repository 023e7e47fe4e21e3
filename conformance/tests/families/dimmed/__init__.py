"""Images made darker: an op that takes whole numbers, an image and a plain number, and answers exactly."""

from __future__ import annotations

import numpy as np

from refimpl.dialect import Dialect
from refimpl.protocol import op


@op("image: H W 3 image, shift: count -> darker: H W 3 image")
def dimmed(image: np.ndarray, shift: int, *, dialect: Dialect | None = None) -> np.ndarray:
    """Make an image darker.  [DIM-1]

        darker = max(pixel − shift, 0)

    Parameters
    ----------
    image : (H, W, 3) uint8
    shift : int ≥ 0

    Returns
    -------
    (H, W, 3) uint8
    """
    return np.maximum(image.astype(np.int64) - shift, 0).astype(np.uint8)


TITLE = "Images"
OPS = (dimmed,)

"""Raw distances: a head without bins, R = 1, gives the four distances themselves and learns them by their L1 error.

    L1 = ¼ Σ_side |σ · (d − q) / n|,   n = (W, H, W, H)

with σ the stride of the anchor and (H, W) the size of the image, px: the error as a share of the image. The distance q
of the target is not clamped, since there is no last bin.
"""

from __future__ import annotations

from typing import Tuple

import numpy as np

from refimpl.arrays import FloatArray, like
from refimpl.errors import ArgumentError
from refimpl.kinks import sign


def share_of_image(stride: FloatArray | None, image_size: Tuple[int, int] | None, array: FloatArray) -> FloatArray:
    """σ / n: what a cell of each anchor is of the image, to the left, up, right and down.

    Parameters
    ----------
    stride : (N, 1) float, px per cell
    image_size : (H, W), px
    array : in whose number type

    Returns
    -------
    (N, 4) float

    Raises
    ------
    ArgumentError
        If one of the two is missing.
    """
    if stride is None or image_size is None:
        missing = "stride_tensor: expected (A, 1) px" if stride is None else "image_size: expected (H, W) px"
        raise ArgumentError(f"{missing}, which a dialect with reg_max 1 reads, got None")
    height, width = image_size
    return stride / like(array, [width, height, width, height])


def distance_loss(distance: FloatArray, target: FloatArray, share: FloatArray) -> FloatArray:
    """Mean absolute error of the four sides, as a share of the image: (N, 4), (N, 4), (N, 4) -> (N,).  [BOX-2]"""
    return np.abs(share * (distance - target)).sum(axis=-1) / 4


def distance_loss_vjp(distance: FloatArray, target: FloatArray, share: FloatArray, cotangent: FloatArray) -> FloatArray:
    """Gradient of `distance_loss` with respect to the distances: ± σ / 4n, 0 where the error is 0.  [BOX-2g]"""
    return cotangent[:, np.newaxis] * sign(distance - target) * share / 4

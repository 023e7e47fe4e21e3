"""Colours: the tables that turn hue, saturation and value, and the mixture of two images."""

from __future__ import annotations

import numpy as np

from refimpl.arrays import FloatArray, like
from refimpl.dialect import Dialect
from refimpl.protocol import op

HUES = 180
"""Hue is stored in half degrees, 0 … 179."""


@op("gains: 3 -> tables: 3 256 image")
def hsv_tables(gains: FloatArray, *, dialect: Dialect) -> np.ndarray:
    """Tabulate the change of hue, saturation and value for each of the 256 levels.  [AUG-5]

        hue = ⌊x + 180 g₁⌋ mod 180,   saturation = min(⌊x · (1 + g₂)⌋, 255),   value = min(⌊x · (1 + g₃)⌋, 255)

    Hue turns, the others scale and saturate. Fractions are cut off; hue 180 is hue 0. Where g₁ is a hair below 0,
    level 0 becomes 179, or 0 if it is turned before it is cut and rounded up to 180. Level 0 stays 0 in saturation and
    value, so that white and black stay so.

    Parameters
    ----------
    gains : (3,) float, −1 … 1, g of hue, saturation and value
    dialect : hue_gain is read

    Returns
    -------
    (3, 256) uint8

    Raises
    ------
    ShapeError, NumberTypeError
        If an argument is not as above.
    """
    whole = np.floor(hsv_levels(gains, dialect=dialect))
    return np.concatenate([np.mod(whole[:1], HUES), np.clip(whole[1:], 0, 255)]).astype(np.uint8)


def hsv_levels(gains: FloatArray, *, dialect: Dialect) -> FloatArray:
    """The tables before they are cut to whole numbers, turned and saturated.  [AUG-5]

    Parameters
    ----------
    gains : (3,) float
    dialect : hue_gain is read

    Returns
    -------
    (3, 256) float
    """
    x = like(gains, np.arange(256))
    turn = x + gains[0] * HUES if dialect.hue_gain == "adds" else x * (gains[0] + 1)
    return np.stack([turn, x * (gains[1] + 1), x * (gains[2] + 1)])


@op("image1: H W 3 image, image2: H W 3 image, lam: share -> mixed: H W 3 image")
def mixup(image1: np.ndarray, image2: np.ndarray, lam: float, *, dialect: Dialect) -> np.ndarray:
    """Blend two images.  [MIX-1, MIX-2, seed 001 section 1.1]

        image = ⌊λ · a + (1 − λ) · b⌋

    The fraction is cut off (dialect: `mixup_rounding`). The labels of both images stay as they are, those of the
    first before those of the second; λ does not weigh them. Seed 001 writes λ on both images, which brightens them by
    2λ; the weights must add up to 1.

    Parameters
    ----------
    image1, image2 : (H, W, 3) uint8
    lam : λ, 0 … 1, weight of the first
    dialect : mixup_rounding is read

    Returns
    -------
    (H, W, 3) uint8

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.
    """
    levels = mixed_levels(image1.astype(np.float64), image2.astype(np.float64), lam)
    return (np.floor(levels) if dialect.mixup_rounding == "down" else np.rint(levels)).astype(np.uint8)


def mixed_levels(image1: FloatArray, image2: FloatArray, lam: FloatArray) -> FloatArray:
    """λ · a + (1 − λ) · b, before it is made whole.  [MIX-1]

    Parameters
    ----------
    image1, image2 : (H, W, 3) float, 0 … 255
    lam : λ

    Returns
    -------
    (H, W, 3) float
    """
    return lam * image1 + (1 - lam) * image2

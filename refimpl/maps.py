"""Feature maps: the image they are of, and their channels anchor by anchor and back."""

from __future__ import annotations

from typing import List, Sequence, Tuple

import numpy as np

from refimpl.arrays import FloatArray, in_double
from refimpl.dialect import Dialect
from refimpl.errors import ShapeError


def image_size(shapes: Sequence[Tuple[int, int]], *, dialect: Dialect) -> Tuple[int, int]:
    """Size of the network input: the first map times its stride.  [DET-1]

    Parameters
    ----------
    shapes : [(H, W)]·L of the feature maps
    dialect : strides are read

    Returns
    -------
    (H, W), px

    Raises
    ------
    ShapeError
        If the maps are not those of one image, to a cell at its edge.
    """
    for side in range(2):
        least, most = -np.inf, np.inf
        for i, (shape, stride) in enumerate(zip(shapes, dialect.strides)):
            low, high = (shape[side] - 2) * stride, (shape[side] + 1) * stride  # Rounded up, or off by a cell.
            if not max(low, least) < min(high, most):
                expected = f"maps of one image at strides {dialect.strides}"
                came = ", ".join(f"({h}, {w})" for h, w in shapes[: i + 1])
                raise ShapeError(f"feature_maps[{i}]: expected {expected}, got {came}")
            least, most = max(low, least), min(high, most)
    height, width = shapes[0]
    return height * dialect.strides[0], width * dialect.strides[0]


def split_predictions(feature_maps: Sequence[FloatArray], *, dialect: Dialect) -> Tuple[FloatArray, FloatArray]:
    """Flatten the levels, y then x, and split the channels into bin logits and class logits.  [DET-1, DET-2]

    Memory stays as the maps have it, one channel after the other: only the view is (B, A, channels).

    Parameters
    ----------
    feature_maps : [(B, 4R + C, H, W) float]·L
    dialect : reg_max is read

    Returns
    -------
    (B, A, 4R) and (B, A, C), in float64 or the number type of the maps
    """
    flat = [in_double(level).reshape((*level.shape[:2], level.shape[2] * level.shape[3])) for level in feature_maps]
    channels = np.moveaxis(np.concatenate(flat, axis=-1), 1, -1)
    return channels[..., : 4 * dialect.reg_max], channels[..., 4 * dialect.reg_max :]


def levels_of(channels: FloatArray, shapes: Sequence[Tuple[int, int]]) -> List[FloatArray]:
    """The channels of all anchors, level by level: undo what `split_predictions` did.

    Parameters
    ----------
    channels : (B, A, 4R + C) float
    shapes : [(H, W)]·L

    Returns
    -------
    [(B, 4R + C, H, W)]·L
    """
    levels, start = [], 0
    for height, width in shapes:
        of_level = np.moveaxis(channels[:, start : start + height * width], -1, 1)
        levels.append(of_level.reshape((*of_level.shape[:2], height, width)))
        start += height * width
    return levels

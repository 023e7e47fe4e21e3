"""Anchor points: one at the centre of each cell of each feature map."""

from __future__ import annotations

from typing import NamedTuple, Sequence, Tuple

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.dialect import Dialect
from refimpl.protocol import op


class Anchors(NamedTuple):
    """anchor_points (A, 2) float64, xy, grid; stride_tensor (A, 1) float64, px per cell."""

    anchor_points: FloatArray
    stride_tensor: FloatArray


@op("feature_shapes: [shape]*L -> anchor_points: A 2 xy grid, stride_tensor: A 1 positive px")
def make_anchors(feature_shapes: Sequence[Tuple[int, int]], *, dialect: Dialect) -> Anchors:
    """Place an anchor at the centre of each cell: levels as given, then y, then x.  [ANC-1, ANC-2]

        anchor i of a level of width W is (i mod W + 0.5, ⌊i / W⌋ + 0.5)

    Parameters
    ----------
    feature_shapes : [(H, W)]·L, cells; H or W may be 0
    dialect : strides are read, one for each level

    Returns
    -------
    Anchors

    Raises
    ------
    ContractError
        If there is not one (H, W) for each stride.

    >>> from refimpl import YOLOV8
    >>> make_anchors([(1, 2), (1, 1), (1, 1)], dialect=YOLOV8).anchor_points.tolist()
    [[0.5, 0.5], [1.5, 0.5], [0.5, 0.5], [0.5, 0.5]]
    """
    points, strides = [], []
    for (height, width), stride in zip(feature_shapes, dialect.strides):
        y, x = np.indices((height, width), dtype=np.float64).reshape(2, -1) + 0.5
        points.append(np.stack([x, y], axis=-1))
        strides.append(np.full((height * width, 1), stride, dtype=np.float64))
    return Anchors(np.concatenate(points), np.concatenate(strides))

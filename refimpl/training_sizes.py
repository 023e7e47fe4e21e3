"""Training sizes: images of a batch are scaled to a size drawn anew, in multiples of the stride."""

from __future__ import annotations

import math
from typing import Tuple

import numpy as np

from refimpl.dialect import Dialect
from refimpl.protocol import op
from refimpl.rules import number


@op("size: natural px, share: share, stride: natural px -> sizes: ? index")
def training_sizes(size: int, share: float, stride: int, *, dialect: Dialect) -> np.ndarray:
    """The sizes a batch may be given.  [SIZ-1, seed 001 section 6.1]

        {⌊n / stride⌋ · stride  :  max(⌊size · (1 − share)⌋, stride) ≤ n < ⌊size · (1 + share)⌋ + stride}

    Multiples of the stride, from the last at or below the smaller end to the first at or above the larger, never less
    than one stride.

    Parameters
    ----------
    size : px, of the training
    share : 0 … 1, by how much it varies
    stride : px, the largest of the model
    dialect : float_rule is read

    Returns
    -------
    (M,) int64, rising

    Raises
    ------
    RangeError
        If an argument is not as above.

    >>> from refimpl import YOLOV8
    >>> training_sizes(128, 0.5, 32, dialect=YOLOV8).tolist()
    [64, 96, 128, 160, 192]
    """
    share, one = number(share, dialect=dialect), number(1, dialect=dialect)
    least = max(math.floor(size * (one - share)), stride)
    past = math.floor(size * (one + share) + stride)
    return np.arange(least // stride, (past - 1) // stride + 1) * stride


@op("shape: size px, size: natural px, stride: natural px -> scaled: 2 index")
def scaled_shape(shape: Tuple[int, int], size: int, stride: int, *, dialect: Dialect) -> np.ndarray:
    """Scale a batch so that its long side is `size`, both sides multiples of the stride.  [SIZ-2]

        side = ⌈side · size / max(h, w) / stride⌉ · stride

    Released code multiplies in float64 and takes one stride too many where the exact quotient is whole and the
    product a hair above it (`float_rule`): 608 to 672 gives 704.

    Parameters
    ----------
    shape : (h, w), px
    size : px, of the long side
    stride : px
    dialect : float_rule is read

    Returns
    -------
    (2,) int64: h, w

    Raises
    ------
    RangeError
        If an argument is not as above.

    >>> from refimpl import YOLOV8
    >>> scaled_shape((608, 608), 672, 32, dialect=YOLOV8).tolist()
    [672, 672]
    """
    factor = number(size, dialect=dialect) / max(shape)
    return np.array([math.ceil(side * factor / stride) * stride for side in shape], np.int64)

"""Other right ways to write the moves of boxes."""

from __future__ import annotations

from typing import Any, Tuple

import numpy as np

from conformance.judging.rounding import Rounded
from refimpl import Dialect


def denormalise_in_px(boxes: Rounded, shape: Tuple[int, int], padding: Rounded, *, dialect: Dialect) -> Any:
    """Centre and size are scaled before corners are taken: cx·W − w·W/2.  [GEO-6]"""
    h, w = shape
    sides = Rounded(np.array([w, h], np.float64), boxes.precision)
    centre, half = boxes[:, :2] * sides, boxes[:, 2:] * sides / 2
    shift = np.concatenate([padding, padding], axis=0)
    return np.concatenate([centre - half, centre + half], axis=-1) + shift


def denormalise_padding_first(boxes: Rounded, shape: Tuple[int, int], padding: Rounded, *, dialect: Dialect) -> Any:
    """The padding is added to the centre.  [GEO-6]"""
    h, w = shape
    sides = Rounded(np.array([w, h], np.float64), boxes.precision)
    centre, half = boxes[:, :2] * sides + padding, boxes[:, 2:] * sides / 2
    return np.concatenate([centre - half, centre + half], axis=-1)

"""Boxes in px with their bounds, and the sums by which padding is told from boxes."""

from __future__ import annotations

from typing import Tuple

import numpy as np

from conformance.judging.rounding import LATTICE, Precision, Rounded
from refimpl.targets import to_pixels


def pixel_boxes(xywh: np.ndarray, size: Tuple[int, int], precision: Precision) -> Rounded:
    """Corners in px:  (N, 4) -> (N, 4).

    A coordinate on the 1/1024 px lattice that scaling before and after halving both hit exactly in the judged
    precision carries no error, so that an anchor on the edge of its box is decided.
    """
    boxes = to_pixels(Rounded(xywh, precision), size)
    stored, scale = xywh.astype(precision.dtype), np.array([size[1], size[0]] * 2, precision.dtype)
    centre, half = stored[:, :2], stored[:, 2:] / 2
    after = np.concatenate([centre - half, centre + half], axis=1) * scale
    centre, half = stored[:, :2] * scale[:2], stored[:, 2:] * scale[2:] / 2
    before = np.concatenate([centre - half, centre + half], axis=1)
    exact = (after == boxes.value) & (before == boxes.value) & (boxes.value * LATTICE == np.floor(boxes.value * LATTICE))
    return Rounded(boxes.value, precision, np.where(exact, 0, boxes.error))


def coordinate_sums(boxes: Rounded) -> Rounded:
    """x1 + y1 + x2 + y2, exact where all four lie on the lattice:  (…, 4) -> (…,)."""
    total = boxes.sum(axis=-1)
    return Rounded(total.value, total.precision, np.where((boxes.error == 0).all(axis=-1), 0, total.error))

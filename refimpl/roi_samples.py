"""Samples of RoIAlign: where they lie, and which cells they look at.

Rows and columns are weighed apart: a sample counts where both do, and its bilinear weight is their product.
"""

from __future__ import annotations

from typing import Tuple

import numpy as np

from refimpl.arrays import FloatArray, like


def sample_counts(
    rois: FloatArray, output_size: int, spatial_scale: float, sampling_ratio: int, aligned: bool
) -> np.ndarray:
    """Samples per bin, down and across, of each region: (K, 2) int64.  [RAL-1]

    Parameters
    ----------
    rois … aligned : as in `roi_align`
    """
    if sampling_ratio:
        return np.full((len(rois), 2), sampling_ratio, np.int64)
    sides = [scaled_side(rois[:, i], rois[:, i + 2], spatial_scale, aligned)[1] for i in (1, 0)]
    return np.maximum(np.ceil(np.stack(sides, axis=-1) / output_size), 0).astype(np.int64)


def scaled_side(
    start: FloatArray, end: FloatArray, spatial_scale: float, aligned: bool
) -> Tuple[FloatArray, FloatArray]:
    """First coordinate and length of one side of a region, in cells.  [RAL-1]"""
    first, last = start * spatial_scale, end * spatial_scale
    if aligned:
        return first - 0.5, last - first
    return first, np.maximum(last - first, 1)


def sample_positions(
    start: FloatArray, end: FloatArray, output_size: int, spatial_scale: float, samples: int, aligned: bool
) -> FloatArray:
    """Where the samples of one side of one region lie, in cells.  [RAL-1]

    Parameters
    ----------
    start, end : scalar floats, px
    output_size : P
    spatial_scale : cells per px
    samples : g, per bin
    aligned : as in `roi_align`

    Returns
    -------
    (P, g) float, cells
    """
    begin, side = scaled_side(start, end, spatial_scale, aligned)
    bin_at = np.arange(output_size)[:, np.newaxis] + (np.arange(samples) + 0.5) / max(samples, 1)
    return begin + side * like(side, bin_at) / output_size


def sample_weights(positions: FloatArray, cells: int) -> FloatArray:
    """How much each cell of a side counts in each bin: the mean over its samples.  [RAL-2, RAL-3, RAL-4]

        weight[i, y] = mean_k [−1 ≤ p ≤ cells] · max(0, 1 − |clip(p, 0, cells − 1) − y|)

    Parameters
    ----------
    positions : (P, g) float, cells
    cells : of the map along this side

    Returns
    -------
    (P, cells) float
    """
    counts = np.heaviside(positions + 1, 1) * np.heaviside(cells - positions, 1)
    inside = np.clip(positions, 0, cells - 1)[..., np.newaxis]
    near = np.maximum(1 - np.abs(inside - like(positions, np.arange(cells))), 0)
    return (counts[..., np.newaxis] * near).sum(axis=1) / max(positions.shape[1], 1)

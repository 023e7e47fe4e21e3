"""RoIAlign: a region of a feature map is sampled at points between its cells.  arXiv:1703.06870 section 3."""

from __future__ import annotations

from typing import Tuple

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.dialect import Dialect
from refimpl.protocol import op, vjp
from refimpl.roi_samples import sample_counts, sample_positions, sample_weights

SIGNATURE = (
    "features~: D H W, rois: K 4 xyxy px, output_size: P natural, spatial_scale: real, sampling_ratio: count,"
    " aligned: switch -> pooled~: K D P P"
)


@op(SIGNATURE)
def roi_align(
    features: FloatArray,
    rois: FloatArray,
    output_size: int,
    spatial_scale: float,
    sampling_ratio: int,
    aligned: bool,
    *,
    dialect: Dialect,
) -> FloatArray:
    """Average bilinear samples of the map over each of the P × P bins of each region.  [RAL-1, RAL-2, RAL-3, RAL-4]

        start = x1 · scale − ½ [aligned],   side = (x2 − x1) · scale,   sample k of bin i: start + (i + (k + ½)/g) · side/P

    g is `sampling_ratio`, or ⌈side/P⌉ where that is 0. Not aligned, a side is at least one cell. A sample more than
    one cell before the first, or past the last by more than one, counts 0; any other is clamped to the map. Cell
    centres have whole coordinates. A bin without samples (aligned, side 0, ratio 0) gives 0.

    Parameters
    ----------
    features : (D, H, W) float
    rois : (K, 4) float, xyxy, px of the image
    output_size : P >= 1
    spatial_scale : cells per px
    sampling_ratio : samples per bin and axis; 0 to take as many as there are cells
    aligned : whether pixels are cell-centred (True), or the first release's half a cell off (False)
    dialect : unused; every op takes it

    Returns
    -------
    (K, D, P, P) float64

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.
    """
    samples = sample_counts(rois, output_size, spatial_scale, sampling_ratio, aligned)
    return averaged(features, rois, output_size, spatial_scale, samples, aligned)


@vjp(roi_align)
def roi_align_vjp(
    features: FloatArray,
    rois: FloatArray,
    output_size: int,
    spatial_scale: float,
    sampling_ratio: int,
    aligned: bool,
    cotangent: FloatArray,
    *,
    dialect: Dialect,
) -> FloatArray:
    """Gradient of `roi_align` with respect to the features: the same weights, transposed.  [RAL-5g]

        ∂features[y, x] = Σ_bins ∂pooled[i, j] · rows[i, y] · columns[j, x]

    The regions are constants.

    Parameters
    ----------
    features … aligned : as in `roi_align`
    cotangent : (K, D, P, P) float, gradient with respect to the result
    dialect : unused; every op takes it

    Returns
    -------
    (D, H, W) float64

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.
    """
    samples = sample_counts(rois, output_size, spatial_scale, sampling_ratio, aligned)
    return averaged_vjp(features, rois, output_size, spatial_scale, samples, aligned, cotangent)


def averaged(
    features: FloatArray, rois: FloatArray, output_size: int, spatial_scale: float, samples: np.ndarray, aligned: bool
) -> FloatArray:
    """`roi_align` with so many samples, (K, 2), per bin: (K, D, P, P).  [RAL-1, RAL-2, RAL-3, RAL-4]"""
    pooled = np.zeros_like(features, shape=(len(rois), len(features), output_size, output_size))
    for k in range(len(rois)):
        rows, columns = _weights(features, rois[k], output_size, spatial_scale, samples[k], aligned)
        across = (features[:, :, np.newaxis, :] * columns).sum(axis=-1)
        pooled[k] = (across[:, np.newaxis] * rows[:, :, np.newaxis]).sum(axis=2)
    return pooled


def averaged_vjp(
    features: FloatArray,
    rois: FloatArray,
    output_size: int,
    spatial_scale: float,
    samples: np.ndarray,
    aligned: bool,
    cotangent: FloatArray,
) -> FloatArray:
    """Gradient of `averaged` with respect to the features: (D, H, W).  [RAL-5g]"""
    gradient = np.zeros_like(cotangent, shape=features.shape)
    for k in range(len(rois)):
        rows, columns = _weights(features, rois[k], output_size, spatial_scale, samples[k], aligned)
        across = (cotangent[k][..., np.newaxis] * columns).sum(axis=2)
        gradient = gradient + (across[:, :, np.newaxis] * rows[..., np.newaxis]).sum(axis=1)
    return gradient


def _weights(features, roi, output_size, spatial_scale, samples, aligned) -> Tuple[FloatArray, FloatArray]:
    """Weights of the rows, (P, H), and of the columns, (P, W), for one region."""
    sides = ((roi[1], roi[3], features.shape[1]), (roi[0], roi[2], features.shape[2]))
    rows, columns = (
        sample_weights(sample_positions(start, end, output_size, spatial_scale, int(count), aligned), cells)
        for (start, end, cells), count in zip(sides, samples)
    )
    return rows, columns

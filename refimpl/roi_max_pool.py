"""RoI max pooling: a region of a feature map, of any size, becomes P × P numbers.  arXiv:1504.08083 section 2.1"""

from __future__ import annotations

from typing import Iterator, NamedTuple, Tuple

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.dialect import Dialect
from refimpl.protocol import op, vjp


@op("features~: D H W, rois: K 4 xyxy px, output_size: P natural, spatial_scale: real -> pooled~: K D P P")
def roi_max_pool(
    features: FloatArray, rois: FloatArray, output_size: int, spatial_scale: float, *, dialect: Dialect
) -> FloatArray:
    """Take the largest value of each of the P × P bins of each region.  [ROI-1, ROI-2, ROI-3, ROI-4, ROI-5, seed 001 section RoI Pooling]

        x′ = round(x · scale),   w = max(x2′ − x1′ + 1, 1) cells,   bin i = [⌊i·w/P⌋, ⌈(i+1)·w/P⌉) + x1′

    Halves are rounded away from zero (`roi_rounding`). Corners are the first and the last cell, so a region has at
    least one. Neighbouring bins share cells where P does not divide w. Bins are clipped to the map; an empty one
    gives 0.

    Parameters
    ----------
    features : (D, H, W) float
    rois : (K, 4) float, xyxy, px of the image
    output_size : P >= 1
    spatial_scale : cells per px
    dialect : roi_rounding and roi_bins are read

    Returns
    -------
    (K, D, P, P) float64

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.
    """
    pooled = np.zeros_like(features, shape=(len(rois), len(features), output_size, output_size))
    for at in bins(features.shape[1:], rois, output_size, spatial_scale, dialect=dialect):
        pooled[at.roi, :, at.row, at.column] = features[:, at.rows, at.columns].max(axis=(1, 2))
    return pooled


@vjp(roi_max_pool)
def roi_max_pool_vjp(
    features: FloatArray,
    rois: FloatArray,
    output_size: int,
    spatial_scale: float,
    cotangent: FloatArray,
    *,
    dialect: Dialect,
) -> FloatArray:
    """Gradient of `roi_max_pool` with respect to the features.  [ROI-6g]

        ∂features[argmax of the bin] += ∂pooled[bin]

    All of it goes to the first maximum in the order of rows; any split over equal maxima is right. An empty bin
    passes nothing. A cell that is the maximum of several bins, or of several regions, gets the sum.

    Parameters
    ----------
    features … spatial_scale : as in `roi_max_pool`
    cotangent : (K, D, P, P) float, gradient with respect to the result
    dialect : roi_rounding and roi_bins are read

    Returns
    -------
    (D, H, W) float64

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.
    """
    gradient = np.zeros_like(cotangent, shape=features.shape)
    for at in bins(features.shape[1:], rois, output_size, spatial_scale, dialect=dialect):
        cells = features[:, at.rows, at.columns]
        y, x = np.unravel_index(cells.reshape(len(cells), -1).argmax(axis=1), cells.shape[1:])
        first = (np.arange(len(cells)), y + at.rows.start, x + at.columns.start)
        gradient[first] = gradient[first] + cotangent[at.roi, :, at.row, at.column]
    return gradient


class Bin(NamedTuple):
    """A bin of the output, and the cells of the map it covers."""

    roi: int
    row: int
    column: int
    rows: slice
    columns: slice


def bins(
    shape: Tuple[int, int], rois: FloatArray, output_size: int, spatial_scale: float, *, dialect: Dialect
) -> Iterator[Bin]:
    """Walk over the bins that are not empty: regions, then rows, then columns.  [ROI-3, ROI-5]

    Parameters
    ----------
    shape : (H, W) of the map, cells
    rois, output_size, spatial_scale, dialect : as in `roi_max_pool`
    """
    height, width = shape
    for k, (x1, y1, x2, y2) in enumerate(whole_cells(rois * spatial_scale, dialect=dialect).tolist()):
        down = edges(y1, y2, output_size, height, dialect=dialect)
        across = edges(x1, x2, output_size, width, dialect=dialect)
        for i, (top, bottom) in enumerate(down):
            for j, (left, right) in enumerate(across):
                if top < bottom and left < right:
                    yield Bin(k, i, j, slice(top, bottom), slice(left, right))


def whole_cells(corners: FloatArray, *, dialect: Dialect) -> np.ndarray:
    """Round corners, in cells, to whole ones.  [ROI-1]

    Parameters
    ----------
    corners : (…) float, cells
    dialect : roi_rounding is read

    Returns
    -------
    (…) int64
    """
    if dialect.roi_rounding == "half_even":
        return np.rint(corners).astype(np.int64)
    whole = np.trunc(corners)
    # Not ⌊|x| + ½⌋: the sum rounds 0.49999999999999994 up to 1.
    return (whole + np.sign(corners) * (np.abs(corners - whole) >= 0.5)).astype(np.int64)


def edges(first: int, last: int, bins: int, cells: int, *, dialect: Dialect) -> list:
    """First cell, and the one past the last, of each bin of one side, clipped to the map.  [ROI-2, ROI-3]

    Parameters
    ----------
    first, last : cells of the region's corners
    bins : P
    cells : of the map along this side
    dialect : roi_bins is read

    Returns
    -------
    [(start, end)]·P

    >>> from refimpl import YOLOV8
    >>> edges(0, 4, 2, 9, dialect=YOLOV8)  # five cells in two bins: the middle one is in both
    [(0, 3), (2, 5)]
    """
    length = max(last - first + 1, 1)
    spans = [_span(i, length, bins, dialect) for i in range(bins)]
    return [tuple(min(max(first + edge, 0), cells) for edge in span) for span in spans]


def _span(i: int, length: int, bins: int, dialect: Dialect) -> Tuple[int, int]:
    """⌊i · w/P⌋ and ⌈(i + 1) · w/P⌉."""
    if dialect.roi_bins == "exact":
        return i * length // bins, -(-(i + 1) * length // bins)
    side = np.float32(length) / np.float32(bins)
    return int(np.floor(np.float32(i) * side)), int(np.ceil(np.float32(i + 1) * side))

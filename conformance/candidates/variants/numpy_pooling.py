"""Pooling of regions in dense NumPy, and other ways to find the largest and to sample; each with its gradient."""

from __future__ import annotations

import numpy as np

from conformance.candidates.variants.variant import variant


def half_away(x):
    """The nearest whole numbers, of two the one away from 0."""
    whole = np.trunc(x)
    return (whole + np.sign(x) * (np.abs(x - whole) >= 0.5)).astype(int)


class Pooling:
    """The largest of masked maps, and four cells around each sample."""

    framework = "numpy"

    def __init__(self, dialect):
        self.dialect = dialect

    def edges(self, length, count):
        """First cell, and the one past the last, of each bin: two lists of P."""
        i = np.arange(count)
        return i * length // count, -(-(i + 1) * length // count)

    def covered(self, first, last, count, cells):
        """Which cells of a side are in which bin: (P, cells) bool."""
        starts, ends = self.edges(max(last - first + 1, 1), count)
        cell = np.arange(cells)
        return (cell >= first + starts[:, None]) & (cell < first + ends[:, None])

    def _bins(self, features, rois, count, scale):
        """Place in the result and mask of the map (H, W), of each bin that is not empty."""
        for k, (x1, y1, x2, y2) in enumerate(half_away(rois * rois.dtype.type(scale))):
            rows, columns = (self.covered(*ends, count, n) for ends, n in zip(((y1, y2), (x1, x2)), features.shape[1:]))
            for i, j in np.ndindex(count, count):
                mask = rows[i][:, None] & columns[j]
                if mask.any():
                    yield (k, slice(None), i, j), mask

    def roi_max_pool(self, features, rois, output_size, spatial_scale):
        pooled = np.zeros((len(rois), len(features), output_size, output_size), features.dtype)
        for at, mask in self._bins(features, rois, output_size, spatial_scale):
            pooled[at] = np.where(mask, features, -np.inf).max(axis=(1, 2))
        return pooled

    def shares(self, largest):
        """How much each of the largest cells, (D, H·W) bool, receives."""
        return largest & (np.cumsum(largest, axis=1) == 1)

    def roi_max_pool_vjp(self, features, rois, output_size, spatial_scale, cotangent):
        gradient = np.zeros_like(features)
        for at, mask in self._bins(features, rois, output_size, spatial_scale):
            cells = np.where(mask, features, -np.inf).reshape(len(features), -1)
            share = self.shares(cells == cells.max(axis=1, keepdims=True))
            gradient += (share * cotangent[at][:, None]).reshape(features.shape).astype(features.dtype)
        return gradient

    def positions(self, start, end, count, scale, ratio, aligned):
        """Where the samples of a side lie, in cells: (P, g)."""
        scale = start.dtype.type(scale)
        begin, side = start * scale - (0.5 if aligned else 0), (end - start) * scale
        if not aligned:
            side = max(end * scale - start * scale, start.dtype.type(1))
        samples = ratio or max(int(np.ceil(side / count)), 0)
        width = side / count
        of_bin, of_sample = np.arange(count, dtype=start.dtype), np.arange(samples, dtype=start.dtype)
        return begin + of_bin[:, None] * width + (of_sample + start.dtype.type(0.5)) * width / max(samples, 1)

    def weights(self, positions, cells):
        """How much each cell counts in each bin: (P, cells), the sum over the samples, from two neighbours each."""
        found = np.zeros((len(positions), cells), positions.dtype)
        for i, k in np.ndindex(positions.shape):
            p = positions[i, k]
            if -1 <= p <= cells:
                p = min(max(p, 0), cells - 1)
                low = int(p)
                found[i, low] += 1 - (p - low)
                if low + 1 < cells:
                    found[i, low + 1] += p - low
        return found

    def _sides(self, features, rois, *how):
        """Weights of rows and of columns, and samples of a bin, of each region."""
        for x1, y1, x2, y2 in rois:
            down, across = self.positions(y1, y2, *how), self.positions(x1, x2, *how)
            counted = max(down.shape[1] * across.shape[1], 1)
            yield self.weights(down, features.shape[1]), self.weights(across, features.shape[2]), counted

    def roi_align(self, features, rois, output_size, spatial_scale, sampling_ratio, aligned):
        pooled = np.zeros((len(rois), len(features), output_size, output_size), features.dtype)
        for k, (rows, columns, counted) in enumerate(
            self._sides(features, rois, output_size, spatial_scale, sampling_ratio, aligned)
        ):
            pooled[k] = rows @ features @ columns.T / counted
        return pooled

    def roi_align_vjp(self, features, rois, output_size, spatial_scale, sampling_ratio, aligned, cotangent):
        gradient = np.zeros_like(features)
        for k, (rows, columns, counted) in enumerate(
            self._sides(features, rois, output_size, spatial_scale, sampling_ratio, aligned)
        ):
            gradient += rows.T @ (cotangent[k] / counted) @ columns
        return gradient


@variant("the largest of masked maps; samples are products of matrices; the first of equals learns")
class MaskedMaps(Pooling):
    pass


@variant("edges of bins are products of a float32 quotient, as in released kernels; the last of equals learns")
class EdgesInFloat32(Pooling):
    def edges(self, length, count):
        side, i = np.float32(length) / np.float32(count), np.arange(count, dtype=np.float32)
        return np.floor(i * side).astype(int), np.ceil((i + 1) * side).astype(int)

    def shares(self, largest):
        return super().shares(largest[:, ::-1])[:, ::-1]


@variant("the largest of rows is taken first, then of columns; equals share what they learn")
class RowsThenColumns(Pooling):
    def roi_max_pool(self, features, rois, output_size, spatial_scale):
        pooled = np.zeros((len(rois), len(features), output_size, output_size), features.dtype)
        for at, mask in self._bins(features, rois, output_size, spatial_scale):
            rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
            pooled[at] = features[:, rows].max(axis=1)[:, columns].max(axis=1)
        return pooled

    def shares(self, largest):
        return largest / largest.sum(axis=1, keepdims=True)


@variant("samples are taken one at a time, from the four cells around each")
class SampleBySample(Pooling):
    def roi_align(self, features, rois, output_size, spatial_scale, sampling_ratio, aligned):
        pooled = np.zeros((len(rois), len(features), output_size, output_size), features.dtype)
        how = output_size, spatial_scale, sampling_ratio, aligned
        for k, (x1, y1, x2, y2) in enumerate(rois):
            down, across = self.positions(y1, y2, *how), self.positions(x1, x2, *how)
            for i, j in np.ndindex(output_size, output_size):
                for y in down[i]:
                    for x in across[j]:
                        pooled[k, :, i, j] += self._sample(features, y, x) / (down.shape[1] * across.shape[1])
        return pooled

    def _sample(self, features, y, x):
        height, width = features.shape[1:]
        if not (-1 <= y <= height and -1 <= x <= width):
            return np.zeros(len(features), features.dtype)
        y, x = min(max(y, 0), height - 1), min(max(x, 0), width - 1)
        top, left = int(y), int(x)
        bottom, right = min(top + 1, height - 1), min(left + 1, width - 1)
        v, u = y - top, x - left
        upper = features[:, top, left] * (1 - u) + features[:, top, right] * u
        return upper * (1 - v) + (features[:, bottom, left] * (1 - u) + features[:, bottom, right] * u) * v


@variant("a cell counts in a sample by a tent around it, and all samples are weighed at once")
class TentsAtOnce(Pooling):
    def weights(self, positions, cells):
        counts = (positions >= -1) & (positions <= cells)
        near = np.maximum(1 - np.abs(np.clip(positions, 0, cells - 1)[..., None] - np.arange(cells, dtype=positions.dtype)), 0)
        return (near * counts[..., None]).sum(axis=1)

"""Faults in aligned pooling of regions."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from refimpl.roi_samples import sample_counts, sample_positions

ALL = ("RAL-1", "RAL-2", "RAL-3", "RAL-4")


def hats(p, cells, *, limit=1.0, clamp=True):
    """Weights of the cells for samples (P, g)."""
    inside = np.clip(p, 0, cells - 1) if clamp else p
    near = np.maximum(1 - np.abs(inside[..., np.newaxis] - np.arange(cells)), 0)
    return ((p >= -limit) & (p <= cells - 1 + limit))[..., np.newaxis] * near


def sampled(self, features, rois, bins, scale, ratio, aligned, *, weigh=hats, at=None, samples=None):
    """Aligned pooling with one step exchanged."""
    found = np.zeros((len(rois), len(features), bins, bins))
    counts = sample_counts(rois.astype(float), bins, scale, ratio, aligned) if samples is None else samples
    for k, (roi, (down, across)) in enumerate(zip(rois.astype(float), counts)):
        place = at or (lambda a, b, n: sample_positions(a, b, bins, scale, int(n), aligned))
        rows = weigh(place(roi[1], roi[3], down), features.shape[1]).sum(axis=1) / max(down, 1)
        columns = weigh(place(roi[0], roi[2], across), features.shape[2]).sum(axis=1) / max(across, 1)
        found[k] = np.einsum("iy,dyx,jx->dij", rows, features.astype(float), columns)
    return found


@mutant("roi_align", "aligned or not, no half pixel is taken off", *ALL, seen="onnxruntime #7354, onnx #3428")
def aligned_as_not(self, right, features, rois, bins, scale, ratio, aligned):
    half = 0.5 / scale if aligned else 0
    return right(features, rois + half, bins, scale, ratio, aligned)


@mutant("roi_align", "not aligned, half a pixel is taken off as well", *ALL)
def not_aligned_as_aligned(self, right, features, rois, bins, scale, ratio, aligned):
    return right(features, rois - (0 if aligned else 0.5 / scale), bins, scale, ratio, aligned)


@mutant("roi_align", "aligned regions are at least one cell, too", *ALL, seen="torchvision #2438")
def aligned_at_least_a_cell(self, right, features, rois, bins, scale, ratio, aligned):
    size = np.maximum(rois[:, 2:] - rois[:, :2], 1 / scale)
    return right(features, np.concatenate([rois[:, :2], rois[:, :2] + size], axis=1), bins, scale, ratio, aligned)


@mutant("roi_align", "not aligned, a region may be smaller than a cell", *ALL)
def any_size_without_alignment(self, right, features, rois, bins, scale, ratio, aligned):
    def at(a, b, n):
        start, side = a * scale - 0.5 * aligned, (b - a) * scale
        return start + side / bins * (np.arange(bins)[:, np.newaxis] + (np.arange(n) + 0.5) / max(n, 1))

    counts = sample_counts(rois.astype(float), bins, scale, ratio, aligned)
    return sampled(self, features, rois, bins, scale, ratio, aligned, at=at, samples=counts)


@mutant(
    "roi_align", "a sample off the map counts as the border does", "RAL-2", seen="torchvision 0.28 roi_align in Python"
)
def samples_all_clamped(self, right, *arguments):
    return sampled(self, *arguments, weigh=lambda p, cells: hats(p, cells, limit=np.inf))


@mutant("roi_align", "a sample off the map at all counts 0", "RAL-2", "RAL-3")
def samples_on_the_map_only(self, right, *arguments):
    return sampled(self, *arguments, weigh=lambda p, cells: hats(p, cells, limit=0.0))


@mutant(
    "roi_align",
    "beyond the border values fade to 0: padding, not clamping",
    "RAL-2",
    "RAL-3",
    seen="grid_sample with zeros",
)
def samples_fade(self, right, *arguments):
    return sampled(self, *arguments, weigh=lambda p, cells: hats(p, cells, clamp=False))


@mutant("roi_align", "samples are taken from the nearest cell", *ALL)
def samples_nearest(self, right, *arguments):
    return sampled(
        self, *arguments, weigh=lambda p, cells: hats(np.rint(p), cells) * ((p >= -1) & (p <= cells))[..., np.newaxis]
    )


@mutant("roi_align", "samples lie at the beginning of their share, not in its middle", *ALL)
def samples_not_centred(self, right, features, rois, bins, scale, ratio, aligned):
    def at(a, b, n):
        start, side = a * scale - 0.5 * aligned, (b - a) * scale
        side = side if aligned else max(side, 1)
        return start + side / bins * (np.arange(bins)[:, np.newaxis] + np.arange(n) / max(n, 1))

    return sampled(self, features, rois, bins, scale, ratio, aligned, at=at)


@mutant("roi_align", "samples are added up, not averaged", "RAL-2", "RAL-3", "RAL-4")
def samples_summed(self, right, features, rois, bins, scale, ratio, aligned):
    counts = np.maximum(sample_counts(rois.astype(float), bins, scale, ratio, aligned).prod(axis=1), 1)
    return right(features, rois, bins, scale, ratio, aligned) * counts[:, np.newaxis, np.newaxis, np.newaxis]


@mutant("roi_align", "samples off the map do not count in the mean", "RAL-2")
def samples_of_the_map_averaged(self, right, features, rois, bins, scale, ratio, aligned):
    share = right(np.ones_like(features), rois, bins, scale, ratio, aligned)
    return right(features, rois, bins, scale, ratio, aligned) / np.where(share > 0, share, 1)


@mutant(
    "roi_align", "ratio 0 takes two samples", "RAL-2", "RAL-3", "RAL-4", "RAL-1", seen="ONNX exports with a fixed ratio"
)
def samples_two_for_0(self, right, features, rois, bins, scale, ratio, aligned):
    return right(features, rois, bins, scale, ratio or 2, aligned)


@mutant("roi_align", "ratio 0 rounds the number of samples down", "RAL-2", "RAL-3", "RAL-4", "RAL-1")
def samples_rounded_down(self, right, features, rois, bins, scale, ratio, aligned):
    if ratio:
        return right(features, rois, bins, scale, ratio, aligned)
    sides = (rois[:, 2:] - rois[:, :2])[:, ::-1].astype(float) * scale
    counts = np.maximum(np.floor((sides if aligned else np.maximum(sides, 1)) / bins), 1).astype(int)
    return sampled(self, features, rois, bins, scale, ratio, aligned, samples=counts)


@mutant("roi_align", "the largest sample is taken, not the mean", "RAL-2", "RAL-3", "RAL-4", seen="mode max of ONNX")
def samples_largest(self, right, features, rois, bins, scale, ratio, aligned):
    if ratio < 2:
        return right(features, rois, bins, scale, ratio, aligned)
    fine = right(features, rois, bins * ratio, scale, 1, aligned)
    return fine.reshape(*fine.shape[:2], bins, ratio, bins, ratio).max(axis=(3, 5))


@mutant("roi_align", "corners are rounded to whole cells first", *ALL)
def aligned_after_rounding(self, right, features, rois, bins, scale, ratio, aligned):
    return right(features, np.rint(rois * scale) / scale, bins, scale, ratio, aligned)


@mutant("roi_align", "the spacing of rows is that of columns", *ALL, seen="longcw/RoIAlign #2")
def spacing_swapped(self, right, features, rois, bins, scale, ratio, aligned):
    size = rois[:, 2:] - rois[:, :2]
    return right(
        features, np.concatenate([rois[:, :2], rois[:, :2] + size[:, ::-1]], axis=1), bins, scale, ratio, aligned
    )


@mutant("roi_align", "rows and columns of the bins are swapped", *ALL)
def aligned_transposed(self, right, *arguments):
    return np.swapaxes(right(*arguments), 2, 3)


@mutant("roi_align_vjp", "the gradient goes to the nearest cells alone", "RAL-5g")
def gradient_to_nearest(self, right, features, rois, bins, scale, ratio, aligned, cotangent):
    return np.where(
        np.abs(found := right(features, rois, bins, scale, ratio, aligned, cotangent)) >= np.abs(found).max() / 4,
        found,
        0,
    )


@mutant("roi_align_vjp", "the gradient is not divided by the number of samples", "RAL-5g")
def gradient_summed(self, right, features, rois, bins, scale, ratio, aligned, cotangent):
    counts = np.maximum(sample_counts(rois.astype(float), bins, scale, ratio, aligned).prod(axis=1), 1)
    return right(features, rois, bins, scale, ratio, aligned, cotangent * counts[:, np.newaxis, np.newaxis, np.newaxis])


@mutant("roi_align_vjp", "only the last region passes its gradient", "RAL-5g")
def gradient_of_last_roi(self, right, features, rois, bins, scale, ratio, aligned, cotangent):
    return right(features, rois[-1:], bins, scale, ratio, aligned, cotangent[-1:])


@mutant("roi_align_vjp", "rows and columns of the cotangent are swapped", "RAL-5g")
def aligned_gradient_transposed(self, right, features, rois, bins, scale, ratio, aligned, cotangent):
    return right(features, rois, bins, scale, ratio, aligned, np.swapaxes(cotangent, 2, 3))

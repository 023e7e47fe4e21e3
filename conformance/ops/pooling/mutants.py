"""Faults in max pooling of regions."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under
from refimpl.roi_max_pool import edges, whole_cells

ALL = ("ROI-1", "ROI-2", "ROI-3", "ROI-4", "ROI-5")


def pooled(self, features, rois, bins, scale, *, corners=None, spans=None, empty=0.0, value=None):
    """Max pooling with one step exchanged."""
    corners = corners or (lambda x: whole_cells(x, dialect=self.dialect))
    spans = spans or (lambda first, last, cells: edges(first, last, bins, cells, dialect=self.dialect))
    value = value or (lambda cells: cells.max(axis=(1, 2)))
    found = np.full((len(rois), len(features), bins, bins), empty, features.dtype)
    for k, (x1, y1, x2, y2) in enumerate(np.asarray(corners(rois * scale)).astype(int).tolist()):
        for i, (top, bottom) in enumerate(spans(y1, y2, features.shape[1])):
            for j, (left, right) in enumerate(spans(x1, x2, features.shape[2])):
                if top < bottom and left < right:
                    found[k, :, i, j] = value(features[:, top:bottom, left:right])
    return found


@mutant("roi_max_pool", "halves are rounded to even cells", "ROI-1", "ROI-5", seen="torchvision #923", convention=True)
def rois_half_even(self, right, *arguments):
    return under(self, roi_rounding="half_even").roi_max_pool(*arguments)


@mutant("roi_max_pool", "halves are rounded up, below zero too", "ROI-1", "ROI-5")
def rois_half_up(self, right, *arguments):
    return pooled(self, *arguments, corners=lambda x: np.floor(x + 0.5))


@mutant("roi_max_pool", "corners are cut off", *ALL, seen="OpenCV and TensorRT ports")
def rois_cut(self, right, *arguments):
    return pooled(self, *arguments, corners=np.trunc)


@mutant("roi_max_pool", "first corners are rounded down, last ones up", *ALL, seen="imagine-nn #17")
def rois_outwards(self, right, *arguments):
    return pooled(self, *arguments, corners=lambda x: np.concatenate([np.floor(x[:, :2]), np.ceil(x[:, 2:])], axis=1))


@mutant("roi_max_pool", "corners are shifted by half a pixel", *ALL, seen="onnxruntime #7354")
def rois_half_a_pixel_off(self, right, features, rois, output_size, spatial_scale):
    return right(features, rois - 0.5 / spatial_scale, output_size, spatial_scale)


@mutant("roi_max_pool", "the last cell is left out: no + 1", *ALL)
def rois_without_last_cell(self, right, *arguments):
    return pooled(self, *arguments, corners=lambda x: whole_cells(x, dialect=self.dialect) - [0, 0, 1, 1])


@mutant("roi_max_pool", "a region upside down gives 0", "ROI-2", seen="mmcv")
def rois_malformed_empty(self, right, features, rois, output_size, spatial_scale):
    found = right(features, rois, output_size, spatial_scale)
    cells = whole_cells(rois * spatial_scale, dialect=self.dialect)
    return found * (cells[:, 2:] >= cells[:, :2]).all(axis=1)[:, np.newaxis, np.newaxis, np.newaxis]


@mutant("roi_max_pool", "a region upside down is turned round", "ROI-2", "ROI-5")
def rois_malformed_turned(self, right, features, rois, output_size, spatial_scale):
    low, high = np.minimum(rois[:, :2], rois[:, 2:]), np.maximum(rois[:, :2], rois[:, 2:])
    return right(features, np.concatenate([low, high], axis=1), output_size, spatial_scale)


@mutant(
    "roi_max_pool", "bins end where the next begins: they share no cell", "ROI-1", "ROI-2", "ROI-3", "ROI-4", "ROI-5"
)
def bins_apart(self, right, features, rois, bins, scale):
    def spans(first, last, cells):
        length = max(last - first + 1, 1)
        return [tuple(min(max(first + i * length // bins, 0), cells) for i in (n, n + 1)) for n in range(bins)]

    return pooled(self, features, rois, bins, scale, spans=spans)


@mutant(
    "roi_max_pool", "all bins have the size of the first, rounded down", "ROI-1", "ROI-2", "ROI-3", "ROI-4", "ROI-5"
)
def bins_of_whole_size(self, right, features, rois, bins, scale):
    def spans(first, last, cells):
        size = max((last - first + 1) // bins, 1)
        return [tuple(min(max(first + n * size, 0), cells) for n in (i, i + 1)) for i in range(bins)]

    return pooled(self, features, rois, bins, scale, spans=spans)


@mutant("roi_max_pool", "rows and columns of the bins are swapped", *ALL)
def bins_transposed(self, right, *arguments):
    return np.swapaxes(right(*arguments), 2, 3)


@mutant("roi_max_pool", "the largest is looked for from 0 on: a map below zero gives 0", "ROI-1", "ROI-2", "ROI-3", "ROI-4", "ROI-5",
        seen="onnxruntime #319, oneDNN #1677")  # fmt: skip
def maxima_from_0(self, right, *arguments):
    return np.maximum(right(*arguments), 0)


@mutant("roi_max_pool", "bins are averaged", *ALL)
def bins_averaged(self, right, *arguments):
    return pooled(self, *arguments, value=lambda cells: cells.mean(axis=(1, 2)))


@mutant(
    "roi_max_pool", "an empty bin keeps the value the search begins with", "ROI-5", seen="TuSimple mx-maskrcnn #148"
)
def empty_bins_lowest(self, right, *arguments):
    return pooled(self, *arguments, empty=-3e38)


@mutant("roi_max_pool", "bins off the map are moved onto it", "ROI-5", "ROI-3", "ROI-4", "ROI-1", "ROI-2")
def empty_bins_moved(self, right, features, rois, output_size, spatial_scale):
    h, w = features.shape[1:]
    room = np.array([w - 1, h - 1, w - 1, h - 1]) / spatial_scale
    return right(features, np.clip(rois, 0, room), output_size, spatial_scale)


@mutant("roi_max_pool", "all channels take the cell of the first", "ROI-1", "ROI-2", "ROI-3", "ROI-4")
def maxima_of_first_channel(self, right, *arguments):
    def value(cells):
        y, x = np.unravel_index(cells[0].argmax(), cells[0].shape)
        return cells[:, y, x]

    return pooled(self, *arguments, value=value)


@mutant("roi_max_pool", "regions are y, x, y, x", *ALL)
def rois_yxyx(self, right, features, rois, output_size, spatial_scale):
    return right(features, rois[:, [1, 0, 3, 2]], output_size, spatial_scale)


@mutant("roi_max_pool", "the scale is lost: regions are taken in cells", *ALL)
def rois_in_cells(self, right, features, rois, output_size, spatial_scale):
    return right(features, rois, output_size, 1.0)


@mutant("roi_max_pool", "every region is pooled as the first", *ALL)
def first_roi_only(self, right, features, rois, output_size, spatial_scale):
    return right(features, np.broadcast_to(rois[:1], rois.shape), output_size, spatial_scale)


@mutant("roi_max_pool", "values are rounded to float16", *ALL)
def pooled_in_float16(self, right, *arguments):
    return right(*arguments).astype(np.float16)


@mutant("roi_max_pool_vjp", "a bin passes its gradient to all of its cells", "ROI-6g")
def gradient_to_all_cells(self, right, features, rois, bins, scale, cotangent):
    return right(features, rois, bins, scale, cotangent) * 0 + cotangent.mean()


@mutant("roi_max_pool_vjp", "of several bins with one largest cell the last alone counts", "ROI-6g")
def gradient_of_last_bin(self, right, features, rois, bins, scale, cotangent):
    found = np.zeros_like(features, dtype=float)
    for k in range(len(rois)):
        for i in range(bins):
            for j in range(bins):
                one = np.zeros_like(cotangent)
                one[k, :, i, j] = cotangent[k, :, i, j]
                part = right(features, rois, bins, scale, one)
                found = np.where(part != 0, part, found)
    return found


@mutant("roi_max_pool_vjp", "equal cells get the whole gradient each", "ROI-6g")
def gradient_to_each_tie(self, right, features, rois, bins, scale, cotangent):
    found = right(features, rois, bins, scale, cotangent)
    return np.where(features == features.max(axis=(1, 2), keepdims=True), found.max(axis=(1, 2), keepdims=True), found)


@mutant("roi_max_pool_vjp", "the gradients of several regions are averaged", "ROI-6g")
def gradient_averaged_over_rois(self, right, features, rois, bins, scale, cotangent):
    return right(features, rois, bins, scale, cotangent) / max(len(rois), 1)


@mutant("roi_max_pool_vjp", "an empty bin passes its gradient to the first cell", "ROI-6g")
def gradient_of_empty_bins(self, right, features, rois, bins, scale, cotangent):
    found = right(features, rois, bins, scale, cotangent)
    found[:, 0, 0] += cotangent.sum(axis=(0, 2, 3)) - found.sum(axis=(1, 2))
    return found

"""Aligned pooling on error-carrying numbers, for each number of samples that is legal."""

from __future__ import annotations

from typing import Any, List

import numpy as np

from conformance.judging.rounding import Precision, Rounded
from conformance.judging.whole_numbers import whole_numbers
from refimpl.roi_align import averaged, averaged_vjp
from refimpl.roi_samples import sample_counts, sample_positions, scaled_side


def counts(case: Any, precision: Precision) -> List[np.ndarray]:
    """Samples per bin, (K, 2), as few and as many as are legal; one entry where they are certain."""
    given = (case.output_size, case.spatial_scale, case.sampling_ratio, case.aligned)
    if case.sampling_ratio or not len(case.rois):
        return [sample_counts(case.rois, *given)]
    rois, scale = Rounded(case.rois, precision), Rounded(np.float64(case.spatial_scale), precision)
    sides = [scaled_side(rois[:, i], rois[:, i + 2], scale, case.aligned)[1] for i in (1, 0)]
    legal = whole_numbers(np.stack(sides, axis=-1) / float(case.output_size), np.ceil)
    ends = [np.maximum(legal.least, 0), np.maximum(legal.most, 0)]
    return ends if (ends[0] != ends[1]).any() else ends[:1]


def aligned(case: Any, precision: Precision) -> List[Any]:
    """The pooled values for each legal number of samples."""
    features, rois = Rounded(case.features, precision), Rounded(case.rois, precision)
    scale = Rounded(np.float64(case.spatial_scale), precision)
    return [averaged(features, rois, case.output_size, scale, n, case.aligned) for n in counts(case, precision)]


def aligned_vjp(case: Any, precision: Precision, samples: np.ndarray) -> Any:
    """The gradient for one legal number of samples."""
    features, rois, cotangent = (Rounded(x, precision) for x in (case.features, case.rois, case.cotangent))
    scale = Rounded(np.float64(case.spatial_scale), precision)
    return averaged_vjp(features, rois, case.output_size, scale, samples, case.aligned, cotangent)


def kinds(case: Any) -> np.ndarray:
    """What each bin, (K, D, P, P), shows: "off", "border", "several" or "one"."""
    given = (case.output_size, case.spatial_scale)
    found = np.empty((len(case.rois), len(case.features), case.output_size, case.output_size), object)
    for k, (roi, samples) in enumerate(
        zip(case.rois, sample_counts(case.rois, *given, case.sampling_ratio, case.aligned))
    ):
        off, border = [], []
        for i, cells, count in ((1, case.features.shape[1], samples[0]), (0, case.features.shape[2], samples[1])):
            p = sample_positions(roi[i], roi[i + 2], *given, int(count), case.aligned)
            off.append(((p <= -1) | (p >= cells)).any(axis=1))
            border.append(((p < 0) | (p > cells - 1)).any(axis=1))
        kind = "one" if samples.prod() == 1 else "several"
        outside, near = (np.logical_or.outer(*sides) for sides in (off, border))
        found[k] = np.where(outside, "off", np.where(near, "border", kind))
    return found

"""Feature maps and regions: the inputs of pooling."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from conformance.cases.case import Case, Cases, also_asked_before, always
from conformance.cases.draws import composite, in_precision, numbers, realness
from conformance.judging.rounding import Rounded
from refimpl.roi_samples import sample_counts, sample_positions

SCALES = (0.125, 0.25, 0.0625)

ROIS = {
    "corners just a half": (4.0, 12.0, 20.0, 28.0),  # at scale 1/8: ½, 1½, 2½, 3½
    "corners just a half below 0": (-12.0, -20.0, 20.0, 20.0),
    "upside down": (16.0, 16.0, 8.0, 8.0),  # its first cell lies on every map
    "one cell": (16.0, 16.0, 16.0, 16.0),
    "beyond the map": (-48.0, -48.0, 24.0, 24.0),
    "far outside": (400.0, 400.0, 440.0, 440.0),
    "left of the map": (-80.0, 0.0, -40.0, 30.0),
    "a cell less than its bins": (0.0, 0.0, 8.0, 8.0),
    "samples at the limits": (-12.0, -4.0, 4.0, 12.0),
    "samples past the far side": (60.0, 40.0, 76.0, 56.0),
    "no size": (24.0, 24.0, 24.0, 24.0),
}
"""The first region, px, for each event of that name; the scale is 1/8."""


@composite
def _maps(draw, event, precision):
    """(D, H, W) features."""
    shape = draw(st.integers(1, 2), label="D"), draw(st.integers(3, 6), label="H"), draw(st.integers(3, 6), label="W")
    if event == "H != W" and shape[1] == shape[2]:
        shape = (shape[0], shape[1], shape[2] + 1)
    if event == "large region":
        shape = (1, 60, 60)
    if event == "a row of cells":
        shape = (shape[0], 1, shape[2])
    real = draw(realness(event), label="real")
    features = draw(numbers(shape, -8, 8, step=1, precision=precision, real=real), label="features")
    # Different from cell to cell, or faults hide; but for ties, which are an event.
    features = (
        features + np.arange(features.size).reshape(shape) * 7 % 11 / 4 if event != "equal cells" else features * 0 + 1
    )
    if event == "all below 0":
        features = -np.abs(features) - 1
    return in_precision(features, precision)


@composite
def _regions(draw, event, features, precision):
    """(K, 4) rois in px, and the scale."""
    count = 0 if event == "no regions" else draw(st.integers(1, 3), label="K")
    scale = 0.125 if event in ROIS else draw(st.sampled_from(SCALES), label="scale")
    height, width = features.shape[1:]
    real = draw(realness(event), label="real")
    first = draw(numbers((count, 2), 0, 0.75, step=0.125, precision=precision, real=real), label="first")
    size = draw(numbers((count, 2), 0.125, 0.75, step=0.125, precision=precision, real=real), label="size")
    room = np.array([width, height]) / scale
    rois = np.concatenate([first * room, (first + size) * room], axis=1)
    if event in ROIS:
        rois[0] = ROIS[event]
    if event == "large region":
        rois[0] = np.array([0, 0, 56, 56]) / scale
    if event == "whole map":
        rois[0] = 0, 0, width / scale, height / scale
    return in_precision(rois, precision), scale


EVENTS = {
    "lattice": always,
    "real": always,
    "H != W": lambda c: c.features.shape[1] != c.features.shape[2],
    "all below 0": lambda c: bool((c.features < 0).all()),
    "equal cells": lambda c: len(np.unique(c.features)) == 1,
    "a row of cells": lambda c: c.features.shape[1] == 1,
    "large region": lambda c: bool((c.rois[:, 2:] * c.spatial_scale >= 56).any()),
    "whole map": always,
    **{name: (lambda c, roi=roi: bool((c.rois == roi).all(axis=1).any())) for name, roi in ROIS.items()},
    "several regions": lambda c: len(c.rois) > 1,
    "no regions": lambda c: len(c.rois) == 0,
}


@composite
def _pool_cases(draw, event, precision, served):
    features = draw(_maps(event, precision))
    rois, scale = draw(_regions(event, features, precision))
    if event == "several regions":
        rois = np.concatenate([rois, rois[:1] / 2])
    # On the lattice nothing is rounded that way, so that what lies at a limit is decided.
    bins = draw(st.sampled_from([3, 2] if event == "real" else [2, 1, 4]), label="P")
    bins = 7 if event == "large region" else bins
    return Case.of(
        draw(st.sampled_from(served)),
        {"features": features, "rois": rois, "output_size": bins, "spatial_scale": scale},
    )


@composite
def _align_cases(draw, event, precision, served):
    case = draw(_pool_cases(event, precision, served))
    ratio = draw(st.sampled_from([1, 3, 0] if event == "real" else [1, 2, 0, 4]), label="sampling_ratio")
    aligned = draw(st.booleans(), label="aligned")
    if event in ("one sample", "samples at the limits", "samples past the far side"):
        ratio = 1
    if event == "samples at the limits":
        case.arguments["output_size"], aligned = 1, True
    if event == "as many samples as cells":
        ratio = 0
    if event == "aligned":
        aligned = True
    if event == "not aligned":
        aligned = False
    case = case.having(sampling_ratio=ratio, aligned=aligned)
    return case if not _on_the_edge(case, precision) else case.having(rois=case.rois + 0.375)


def _on_the_edge(case, precision):
    """Whether rounding decides on which side of a limit a sample lies: it may count or not."""
    scale = Rounded(np.float64(case.spatial_scale), precision)
    counts = sample_counts(case.rois, case.output_size, case.spatial_scale, case.sampling_ratio, case.aligned)
    for roi, both in zip(Rounded(case.rois, precision), counts):
        for i, cells, count in ((1, case.features.shape[1], both[0]), (0, case.features.shape[2], both[1])):
            p = sample_positions(roi[i], roi[i + 2], case.output_size, scale, int(count), case.aligned)
            if any(((p.lo <= limit) & (limit <= p.hi) & (p.error > 0)).any() for limit in (-1, cells)):
                return True
    return False


ALIGN_EVENTS = {
    **EVENTS,
    "one sample": lambda c: c.sampling_ratio == 1,
    "as many samples as cells": lambda c: c.sampling_ratio == 0,
    "aligned": lambda c: c.aligned,
    "not aligned": lambda c: not c.aligned,
}


def _other(case):
    return {"features": -case.features}


POOL = also_asked_before(Cases(EVENTS, _pool_cases), _other)
ALIGN = also_asked_before(Cases(ALIGN_EVENTS, _align_cases), _other)

CASES = {"roi_max_pool": POOL, "roi_align": ALIGN}

"""Golden cases of pooling."""

from __future__ import annotations

from typing import Any, Dict

import numpy as np

from conformance.cases.case import Case
from conformance.cases.stored import Definition, exactly, gradient_case
from conformance.judging.rounding import Precision
from conformance.ops.pooling.aligned import aligned, aligned_vjp, counts

SEED = "seed 001, section RoI Pooling"
FEATURES = (np.arange(48).reshape(2, 4, 6) * 7 % 48 - 24) / 4 - 3
ROIS = [[0, 0, 31, 31], [4, 12, 20, 28], [-48, -48, 24, 24], [40, 40, 16, 16]]


def pooled(id: str, clauses: Any, why: str, source: str, **changed: Any) -> Definition:
    """A case of `roi_max_pool`."""
    inputs = {"features": FEATURES, "rois": ROIS, "output_size": 2, "spatial_scale": 0.125}
    return Definition(id, "roi_max_pool", clauses, why, source, {**inputs, **changed})


def aligned_case(id: str, clauses: Any, why: str, source: str, **changed: Any) -> Definition:
    """A case of `roi_align`."""
    inputs = {
        "features": FEATURES,
        "rois": ROIS[:3],
        "output_size": 2,
        "spatial_scale": 0.125,
        "sampling_ratio": 2,
        "aligned": True,
    }
    return Definition(id, "roi_align", clauses, why, source, {**inputs, **changed})


GOLDEN = (
    pooled(
        "roi-pool-four-regions", ("ROI-1", "ROI-2", "ROI-3", "ROI-4", "ROI-5"),
        "catches: halves to even cells, regions upside down, bins off the map, a maximum looked for from 0 on",
        "torchvision 923, mmcv, onnxruntime 319",
    ),
    pooled("seed-001-seven-by-seven", ("ROI-3",), "catches: bins that share no cell where 7 does not divide the region", SEED,
           rois=[[0, 0, 47, 31]], output_size=7),
    gradient_case(
        "gradient-roi-pool", "roi_max_pool", ("ROI-6g",), "catches: several bins with one largest cell of which the last alone counts",
        "made up", {"features": FEATURES, "rois": ROIS[:3], "output_size": 2, "spatial_scale": 0.125},
        cotangent=(np.arange(24).reshape(3, 2, 2, 2) % 5 - 2) / 2,
    ),
    aligned_case("roi-align-off-the-map", ("RAL-2", "RAL-3", "RAL-4"), "catches: samples off the map that count as the border does",
                 "torchvision 0.28 roi_align in Python"),
    aligned_case("roi-align-one-sample", ("RAL-1",), "catches: half a pixel off", "onnxruntime 7354", rois=[[8, 4, 36, 28]],
                 sampling_ratio=1),
    aligned_case("roi-align-as-many-as-cells", ("RAL-4",), "catches: two samples for as many as there are cells",
                 "ONNX exports", rois=[[4, 4, 38, 21]], sampling_ratio=0, aligned=False),
    gradient_case(
        "gradient-roi-align", "roi_align", ("RAL-5g",), "catches: a gradient that is not divided by the number of samples", "made up",
        {"features": FEATURES, "rois": ROIS[:3], "output_size": 2, "spatial_scale": 0.125, "sampling_ratio": 2, "aligned": True},
        cotangent=(np.arange(24).reshape(3, 2, 2, 2) % 5 - 2) / 2,
    ),
)  # fmt: skip


def _aligned(case: Case, expected: Any, precision: Precision) -> Dict[str, np.ndarray]:
    return {"pooled": aligned(case, precision)[0].error}


def _aligned_vjp(case: Case, expected: Any, precision: Precision) -> Dict[str, np.ndarray]:
    return {"features": aligned_vjp(case, precision, counts(case, precision)[0]).error}


def _summed(case: Case, expected: Any, precision: Precision) -> Dict[str, np.ndarray]:
    """A cell adds up what its bins give it."""
    return {"features": 8 * precision.u * np.abs(case.cotangent).sum() * np.ones(expected["features"].shape)}


BOUNDS = {
    "roi_max_pool": exactly("pooled"), "roi_max_pool_vjp": _summed, "roi_align": _aligned, "roi_align_vjp": _aligned_vjp,
}  # fmt: skip

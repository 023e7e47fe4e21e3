"""Golden answers by the second oracle: pooling."""

from __future__ import annotations

import numpy as np

from conformance.cases.exact import Arguments, Outputs, floats
from refimpl import Dialect
from refimpl.oracle import pooling


def _shape(x: Arguments) -> tuple:
    return len(x["rois"]), len(x["features"]), x["output_size"], x["output_size"]


def _roi_max_pool(x: Arguments, dialect: Dialect) -> Outputs:
    features = x["features"].tolist()
    found = [pooling.max_pool(features, roi, x["output_size"], x["spatial_scale"]) for roi in x["rois"].tolist()]
    return {"pooled": floats(found, _shape(x))}


def _roi_align(x: Arguments, dialect: Dialect) -> Outputs:
    features, options = (
        x["features"].tolist(),
        (x["output_size"], x["spatial_scale"], x["sampling_ratio"], x["aligned"]),
    )
    found = [pooling.align(features, roi, *options) for roi in x["rois"].tolist()]
    return {"pooled": floats(found, _shape(x))}


def _roi_max_pool_vjp(x: Arguments, dialect: Dialect) -> Outputs:
    """Cell by cell: a cotangent goes where its bin has its value; no two cells of a stored case are equal."""
    gradient = np.zeros(x["features"].shape)
    pooled = _roi_max_pool(x, dialect)["pooled"]
    for at in np.ndindex(pooled.shape):
        place = np.argwhere(x["features"][at[1]] == pooled[at])
        for y, column in place.tolist():
            gradient[at[1], y, column] += x["cotangent"][at]
    return {"features": gradient}


def _roi_align_vjp(x: Arguments, dialect: Dialect) -> Outputs:
    """It is linear: the slope by a cell is the value of a map that is 1 there and 0 elsewhere."""
    gradient = np.zeros(x["features"].shape)
    options = (x["output_size"], x["spatial_scale"], x["sampling_ratio"], x["aligned"])
    depth, height, width = gradient.shape
    for y, column in np.ndindex(height, width):
        unit = [[float((i, j) == (y, column)) for j in range(width)] for i in range(height)]
        for k, roi in enumerate(x["rois"].tolist()):
            (grid,) = pooling.align([unit], roi, *options)
            weights = [value for line in grid for value in line]
            for d in range(depth):
                given = x["cotangent"][k, d].ravel().tolist()
                gradient[d, y, column] += float(sum(weight * pooling.exact(g) for weight, g in zip(weights, given)))
    return {"features": gradient}


ANSWERS = {
    "roi_max_pool": _roi_max_pool, "roi_max_pool_vjp": _roi_max_pool_vjp, "roi_align": _roi_align, "roi_align_vjp": _roi_align_vjp,
}  # fmt: skip

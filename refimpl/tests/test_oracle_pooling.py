"""RoI pooling against the second oracle, and its gradients against differences."""

from __future__ import annotations

import numpy as np
import pytest

from refimpl import YOLOV8
from refimpl.oracle import pooling as oracle
from refimpl.oracle.closeness import assert_close
from refimpl.oracle.differences import gradient
from refimpl.roi_align import roi_align, roi_align_vjp
from refimpl.roi_max_pool import roi_max_pool, roi_max_pool_vjp


def regions(rng, n):
    """(n, 4) px, on a lattice of halves of a cell at scale ⅛: inside, outside, upside down and of no area."""
    return np.concatenate(
        [
            rng.integers(-4, 14, (n // 2, 4)) * 4.0,
            np.sort(rng.uniform(-30, 90, (n - n // 2, 2, 2)), axis=1).reshape(-1, 4),
        ]
    )


@pytest.mark.parametrize("bins", [1, 2, 7])
def test_max_pooling_finds_the_same_values(bins):
    rng = np.random.default_rng(0)
    features, rois = rng.normal(0, 1, (2, 6, 8)) - 2, regions(rng, 80)

    got = roi_max_pool(features, rois, bins, 0.125, dialect=YOLOV8)

    assert got.tolist() == [oracle.max_pool(features.tolist(), roi, bins, 0.125) for roi in rois.tolist()]
    assert (got == 0).any() and (got < 0).any()


@pytest.mark.parametrize("aligned", [True, False])
@pytest.mark.parametrize("ratio", [0, 1, 3])
def test_aligned_pooling_finds_the_same_means(aligned, ratio):
    rng = np.random.default_rng(1)
    features, rois = rng.normal(0, 1, (2, 6, 8)), regions(rng, 40)

    got = roi_align(features, rois, 2, 0.125, ratio, aligned, dialect=YOLOV8)

    expected = [oracle.align(features.tolist(), roi, 2, 0.125, ratio, aligned) for roi in rois.tolist()]
    assert assert_close("pooled", got, expected, ulps=64, scale=4) > 0


def test_the_gradient_of_max_pooling_is_that_of_differences():
    rng = np.random.default_rng(2)
    features, rois, cotangent = rng.normal(0, 1, (1, 4, 5)), regions(rng, 6), rng.normal(0, 1, (6, 1, 2, 2))

    got = roi_max_pool_vjp(features, rois, 2, 0.125, cotangent, dialect=YOLOV8)

    def loss(x):
        channel = [x[5 * y : 5 * y + 5] for y in range(4)]
        pooled = [oracle.max_pool([channel], roi, 2, 0.125) for roi in rois.tolist()]
        return weighted(pooled, cotangent)

    expected = gradient(loss, features.ravel().tolist())
    assert_close("gradient", got.ravel(), expected, ulps=8, scale=4)


@pytest.mark.parametrize("aligned", [True, False])
def test_the_gradient_of_aligned_pooling_is_that_of_differences(aligned):
    rng = np.random.default_rng(3)
    features, rois, cotangent = rng.normal(0, 1, (1, 3, 4)), regions(rng, 4), rng.normal(0, 1, (4, 1, 2, 2))

    got = roi_align_vjp(features, rois, 2, 0.125, 2, aligned, cotangent, dialect=YOLOV8)

    pooled_by = [
        [oracle.align([_unit(y, x)], roi, 2, 0.125, 2, aligned) for roi in rois.tolist()]
        for y in range(3)
        for x in range(4)
    ]
    expected = [weighted(pooled, cotangent) for pooled in pooled_by]  # linear: its slope is its value at a unit
    assert_close("gradient", got.ravel(), expected, ulps=64, scale=4)


def weighted(pooled, cotangent):
    """Σ pooled · cotangent."""
    return sum(
        oracle.exact(weight) * value if not hasattr(value, "ae") else value * float(weight)
        for region, weights in zip(pooled, cotangent.tolist())
        for grid, rows in zip(region, weights)
        for line, row in zip(grid, rows)
        for value, weight in zip(line, row)
    )


def _unit(y, x):
    return [[float((row, column) == (y, x)) for column in range(4)] for row in range(3)]

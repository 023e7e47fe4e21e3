"""Anchor points: cell centres, level by level."""

from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8, make_anchors

TWO = replace(YOLOV8, strides=(8, 16))


def test_a_wide_map_is_walked_row_by_row_and_levels_follow_each_other():
    # 2 rows of 3 cells with stride 8, then 1 row of 2 cells with stride 16.
    points, strides = make_anchors([(2, 3), (1, 2)], dialect=TWO)

    assert points.tolist() == [
        [0.5, 0.5], [1.5, 0.5], [2.5, 0.5],
        [0.5, 1.5], [1.5, 1.5], [2.5, 1.5],
        [0.5, 0.5], [1.5, 0.5],
    ]  # fmt: skip
    assert strides.tolist() == [[8]] * 6 + [[16]] * 2


def test_levels_come_as_given_whatever_their_size():
    points, strides = make_anchors([(1, 1), (2, 2)], dialect=replace(TWO, strides=(32, 8)))

    assert strides[:, 0].tolist() == [32, 8, 8, 8, 8]


def test_anchors_are_float64():
    points, strides = make_anchors([(1, 1), (1, 1)], dialect=TWO)

    assert points.dtype == strides.dtype == np.float64


@pytest.mark.parametrize("empty", [(0, 3), (3, 0)])
def test_a_map_without_cells_has_no_anchors(empty):
    points, strides = make_anchors([empty, (1, 1)], dialect=TWO)

    assert (points.tolist(), strides.tolist()) == ([[0.5, 0.5]], [[16]])

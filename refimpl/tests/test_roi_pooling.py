"""RoI pooling: bins and samples, worked by hand."""

from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8
from refimpl.roi_align import roi_align, roi_align_vjp
from refimpl.roi_max_pool import edges, roi_max_pool, roi_max_pool_vjp, whole_cells

RAMP = np.arange(64.0).reshape(1, 8, 8)


def pooled(roi, bins=2, scale=1.0, features=RAMP, dialect=YOLOV8):
    return roi_max_pool(features, [roi], bins, scale, dialect=dialect)[0, 0].tolist()


def test_corners_are_the_first_and_the_last_cell():
    assert pooled([0, 0, 3, 3]) == [[9, 11], [25, 27]]
    assert pooled([2, 2, 2, 2]) == [[18, 18], [18, 18]]  # one cell


def test_neighbouring_bins_share_a_cell_where_they_do_not_divide():
    assert edges(0, 4, 2, 8, dialect=YOLOV8) == [(0, 3), (2, 5)]
    assert edges(0, 6, 7, 8, dialect=YOLOV8) == [(i, i + 1) for i in range(7)]
    assert edges(0, 2, 7, 8, dialect=YOLOV8) == [(0, 1), (0, 1), (0, 2), (1, 2), (1, 3), (2, 3), (2, 3)]


@pytest.mark.parametrize(
    "x, cell", [(2.5, 3), (3.5, 4), (-2.5, -3), (0.5, 1), (-0.5, -1), (0.49999999999999994, 0), (2.4999, 2)]
)
def test_halves_are_rounded_away_from_zero(x, cell):
    assert whole_cells(np.array(x), dialect=YOLOV8) == cell


def test_a_dialect_may_round_halves_to_even_cells():
    assert whole_cells(np.array([2.5, 3.5]), dialect=replace(YOLOV8, roi_rounding="half_even")).tolist() == [2, 4]


def test_a_region_upside_down_has_one_cell():
    assert pooled([5, 5, 2, 2]) == [[45, 45], [45, 45]]


def test_a_map_below_zero_pools_to_what_it_holds():
    assert pooled([0, 0, 3, 3], features=RAMP - 100) == [[-91, -89], [-75, -73]]


def test_bins_off_the_map_are_empty_and_give_0_without_gradient():
    roi = [[-4, 0, 3, 3]]

    got = roi_max_pool(RAMP - 100, roi, 2, 1.0, dialect=YOLOV8)[0, 0]
    slope = roi_max_pool_vjp(RAMP - 100, roi, 2, 1.0, np.ones((1, 1, 2, 2)), dialect=YOLOV8)

    assert got.tolist() == [[0, -89], [0, -73]]
    assert np.argwhere(slope[0]).tolist() == [[1, 3], [3, 3]]


def test_seed_001_pools_to_seven_by_seven():
    assert roi_max_pool(RAMP, [[0, 0, 111, 111]], 7, 1 / 16, dialect=YOLOV8).shape == (1, 1, 7, 7)


@pytest.mark.parametrize("length", [57, 114, 121])
def test_bins_in_float32_read_a_row_outside_the_region(length):
    exact = edges(0, length - 1, 7, 1000, dialect=YOLOV8)
    single = edges(0, length - 1, 7, 1000, dialect=replace(YOLOV8, roi_bins="float32"))

    assert exact[-1][1] == length and single[-1][1] == length + 1


def test_the_gradient_goes_to_the_first_maximum_and_adds_up():
    flat = np.zeros((1, 4, 4))

    got = roi_max_pool_vjp(flat, [[0, 0, 3, 3], [0, 0, 1, 1]], 1, 1.0, [[[[3.0]]], [[[4.0]]]], dialect=YOLOV8)

    assert got[0, 0, 0] == 7 and got.sum() == 7


def aligned_value(roi, ratio=1, aligned=True, bins=1):
    return roi_align(RAMP, [roi], bins, 1.0, ratio, aligned, dialect=YOLOV8)[0, 0]


def test_cell_centres_stand_half_a_cell_in():
    # The middle of the region (0, 0, 2, 2) is (1, 1) px, which is (½, ½) in cells: between 0, 1, 8 and 9.
    assert aligned_value([0, 0, 2, 2]).tolist() == [[4.5]]
    assert aligned_value([0, 0, 2, 2], aligned=False).tolist() == [[9]]


def test_a_region_of_no_size_is_one_cell_only_if_not_aligned():
    assert aligned_value([3, 3, 3, 3], ratio=2).tolist() == [[2.5 * 9]]
    assert aligned_value([3, 3, 3, 3], ratio=2, aligned=False).tolist() == [[3.5 * 9]]
    assert aligned_value([3, 3, 3, 3], ratio=0).tolist() == [[0]]


def test_a_sample_farther_than_a_cell_outside_counts_0_and_a_nearer_one_is_clamped():
    # Samples at x = −1, just at the limit, and at −1.5, past it; y = 0 both times.
    assert aligned_value([-1.5, -0.5, 0.5, 1.5])[0, 0] == 0 == RAMP[0, 0, 0]
    lifted = RAMP + 5
    inside = roi_align(lifted, [[-1.5, -0.5, 0.5, 1.5]], 1, 1.0, 1, True, dialect=YOLOV8)
    outside = roi_align(lifted, [[-2, -0.5, 0, 1.5]], 1, 1.0, 1, True, dialect=YOLOV8)
    past = roi_align(lifted, [[7.5, -0.5, 9.5, 1.5], [8, -0.5, 10, 1.5]], 1, 1.0, 1, True, dialect=YOLOV8)

    assert inside.ravel().tolist() == [5] and outside.ravel().tolist() == [0]
    assert past.ravel().tolist() == [12, 0]


def test_as_many_samples_are_taken_as_there_are_cells():
    # 4 x 4 cells in one bin, samples at the cells' centres: their mean.
    assert aligned_value([0, 0, 4, 4], ratio=0)[0, 0] == RAMP[0, :4, :4].mean()


def test_the_gradient_of_a_mean_spreads_it():
    got = roi_align_vjp(RAMP, [[0, 0, 4, 4]], 1, 1.0, 0, True, np.full((1, 1, 1, 1), 16.0), dialect=YOLOV8)

    expected = np.zeros((1, 8, 8))
    expected[:, :4, :4] = 1
    np.testing.assert_array_equal(got, expected)

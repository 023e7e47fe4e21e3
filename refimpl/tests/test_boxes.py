"""Boxes: corners, distances from an anchor point, centre and size."""

from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8, bbox2dist, dist2bbox, dist2bbox_vjp
from refimpl.boxes import xywh2xyxy

FOUR_BINS = replace(YOLOV8, reg_max=4)
"""Distances reach from 0 to 4 − 1 − 0.01 = 2.99."""


def test_distances_go_left_up_right_and_down_from_the_point():
    # From (5, 7): 1 to the left, 2 up, 3 to the right, 4 down.
    assert dist2bbox([[1, 2, 3, 4]], [[5, 7]]).tolist() == [[4, 5, 8, 11]]


def test_negative_distances_give_an_inverted_box():
    assert dist2bbox([[-1, 0, -2, 0]], [[5, 7]]).tolist() == [[6, 7, 3, 7]]


@pytest.mark.parametrize("lead", [(), (1,), (2, 3)])
def test_distances_may_have_any_leading_axes(lead):
    distance = np.broadcast_to([[1.0, 2, 3, 4], [0, 0, 0, 0]], (*lead, 2, 4))

    boxes = dist2bbox(distance, [[5, 7], [1, 1]])

    assert (boxes == np.broadcast_to([[4, 5, 8, 11], [1, 1, 1, 1]], (*lead, 2, 4))).all()


@pytest.mark.parametrize("lead", [(), (0,), (2, 3)])
def test_distances_get_the_gradient_of_their_corners_left_and_top_with_a_minus(lead):
    distance, anchors = np.zeros((*lead, 2, 4)), np.zeros((2, 2))
    g = np.broadcast_to([[1.0, 2, 3, 4], [-5, 0, 0.5, -8]], distance.shape)

    gradient = dist2bbox_vjp(distance, anchors, g)

    assert (gradient == np.broadcast_to([[-1, -2, 3, 4], [5, 0, 0.5, -8]], distance.shape)).all()
    assert gradient.shape == distance.shape


def test_the_gradient_of_a_box_does_not_depend_on_where_it_is():
    g = np.array([[1.0, 2, 3, 4]])

    assert (dist2bbox_vjp([[-9, 1e6, 0, 3]], [[700, -5]], g) == dist2bbox_vjp([[1, 1, 1, 1]], [[2, 2]], g)).all()


def test_a_box_gives_the_distances_back():
    assert bbox2dist([[5, 7]], [[4, 5.5, 6.25, 9]], dialect=FOUR_BINS).tolist() == [[1, 1.5, 1.25, 2]]


@pytest.mark.parametrize(
    "box, expected",
    [
        ([6, 7, 8, 9], [0, 0, 2.99, 2]),  # the point is 1 left of the box: 0; 3 to the right side: 2.99
        ([5, 7, 5, 7], [0, 0, 0, 0]),
        ([2.01, 4, 7.98, 10], [2.99, 2.99, 2.98, 2.99]),  # 2.99 itself is within the range
        ([8, 9, 4, 5], [0, 0, 0, 0]),  # inverted: every distance is negative
    ],
)
def test_a_distance_outside_the_range_of_the_bins_is_clamped(box, expected):
    np.testing.assert_array_almost_equal_nulp(bbox2dist([[5, 7]], [box], dialect=FOUR_BINS)[0], np.array(expected), 8)


def test_centre_and_size_give_the_corners():
    # 4 wide and 2 high about (3, 5); a negative size gives an inverted box.
    assert xywh2xyxy(np.array([[3, 5, 4, 2], [3, 5, -4, 2]])).tolist() == [[1, 4, 5, 6], [5, 4, 1, 6]]

"""Box moves: flips and warps that undo themselves, and the boxes that are left."""

from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8
from refimpl.box_moves import denormalise_boxes, flip_boxes, keep_boxes, warp_boxes

BOXES = np.random.default_rng(0).integers(-8, 64, (50, 4)).astype(float)


def test_shares_become_px_and_the_padding_is_added_after_scaling():
    got = denormalise_boxes([[0.5, 0.5, 1, 1], [0.25, 0.5, 0.5, 0.25]], (40, 80), [10, 3], dialect=YOLOV8)

    np.testing.assert_array_equal(got, [[10, 3, 90, 43], [10, 18, 50, 28]])


def test_a_flip_is_its_own_inverse_and_x1_stays_the_left_corner():
    once = flip_boxes(BOXES, 56, dialect=YOLOV8)

    np.testing.assert_array_equal(flip_boxes(once, 56, dialect=YOLOV8), BOXES)
    np.testing.assert_array_equal(once[:, 2] - once[:, 0], BOXES[:, 2] - BOXES[:, 0])


def test_a_flipped_box_covers_the_flipped_pixels():
    image = np.zeros((1, 8))
    image[0, 1:4] = 1

    x1, _, x2, _ = flip_boxes([[1, 0, 4, 1]], 8, dialect=YOLOV8)[0].astype(int)

    assert np.flatnonzero(image[0, ::-1]).tolist() == list(range(x1, x2))


def test_the_identity_warps_nothing_and_a_shift_shifts():
    upright = np.sort(BOXES.reshape(-1, 2, 2), axis=1).reshape(-1, 4)

    np.testing.assert_array_equal(warp_boxes(upright, np.eye(3), dialect=YOLOV8), upright)
    np.testing.assert_array_equal(
        warp_boxes(upright, [[1, 0, 5], [0, 1, -3], [0, 0, 1]], dialect=YOLOV8), upright + [5, -3, 5, -3]
    )


def test_a_turned_box_is_enclosed_by_a_larger_one():
    c = np.sqrt(0.5)

    got = warp_boxes([[-1, -1, 1, 1]], [[c, -c, 0], [c, c, 0], [0, 0, 1]], dialect=YOLOV8)

    np.testing.assert_allclose(got, [[-2 * c, -2 * c, 2 * c, 2 * c]])


def test_perspective_divides_by_the_third_coordinate():
    got = warp_boxes([[0, 0, 4, 2]], [[1, 0, 0], [0, 1, 0], [0.25, 0, 1]], dialect=YOLOV8)

    np.testing.assert_array_equal(got, [[0, 0, 2, 2]])  # (4, 2) goes to (2, 1), (0, 2) stays


@pytest.mark.parametrize(
    "before, after, stays",
    [
        ((0, 0, 10, 10), (0, 0, 10, 10), True),
        ((0, 0, 10, 10), (0, 0, 2, 10), False),  # exactly 2 px wide
        ((0, 0, 10, 10), (0, 0, 2.001, 10), True),
        ((0, 0, 10, 10), (0, 0, 10, 2), False),
        ((0, 0, 30, 10), (0, 0, 10, 3), False),  # exactly a tenth
        ((0, 0, 30, 10), (0, 0, 10, 3.001), True),
        ((0, 0, 300, 3), (0, 0, 300, 3), False),  # exactly a hundred times as wide
        ((0, 0, 299, 3), (0, 0, 299, 3), True),
        ((0, 0, 3, 300), (0, 0, 3, 300), False),
        ((0, 0, 0, 10), (0, 0, 5, 5), True),  # it had no area
        ((0, 0, 10, 10), (8, 8, 3, 3), False),  # turned inside out
    ],
)
def test_a_box_stays_if_enough_of_it_is_left_and_every_limit_is_strict(before, after, stays):
    assert keep_boxes([before], [after], dialect=YOLOV8).tolist() == [stays]


def test_a_dialect_may_ask_for_another_aspect():
    yolov5 = replace(YOLOV8, keep_aspect=20)

    assert keep_boxes([[0, 0, 90, 3]], [[0, 0, 90, 3]], dialect=yolov5).tolist() == [False]

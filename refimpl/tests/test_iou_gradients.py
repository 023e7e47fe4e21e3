"""Gradients of the IoU family by hand: plain pairs, kinks, and boxes without area."""

import math
from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8, ciou_vjp, diou_vjp, giou_vjp, iou_vjp

FAMILY = {"iou": iou_vjp, "giou": giou_vjp, "diou": diou_vjp, "ciou": ciou_vjp}
OP = pytest.mark.parametrize("vjp", FAMILY.values(), ids=FAMILY)
NO_EPS = replace(YOLOV8, iou_eps=0)
FREE_ALPHA = replace(NO_EPS, constant_alpha=False)


def single(vjp, box1, box2, dialect=NO_EPS):
    """Slopes by the corners of the first box, and of the second."""
    first, second = vjp([box1], [box2], [1.0], dialect=dialect)
    return first[0], second[0]


def close(got, expected):
    np.testing.assert_allclose(got, expected, rtol=1e-14, atol=1e-16)


CROSSING = [0, 0, 2, 2], [1, 1, 3, 3]
"""Shared 1 · 1, union 7, enclosing 3 · 3; centres (1, 1) and (2, 2): ρ² = 2, c² = 18; same aspect."""


def test_iou_of_crossing_squares_by_hand():
    # x1: I stays, A shrinks by 2: −(1/7)·(−2)/7. x2: I grows by 1, A by 2: (8/7 − 2/7)/7.
    first, second = single(iou_vjp, *CROSSING)

    close(first, [2 / 49, 2 / 49, 6 / 49, 6 / 49])
    close(second, [-6 / 49, -6 / 49, -2 / 49, -2 / 49])


def test_giou_of_crossing_squares_by_hand():
    # GIoU = I/U + U/E − 1. x1: ∂U = −2, ∂E = −3: 2/49 − 2/9 + 7·3/81. x2: ∂U = 2 − 1, E stays: 6/49 + 1/9.
    first, second = single(giou_vjp, *CROSSING)

    close(first, [2 / 49 + 1 / 27] * 2 + [6 / 49 + 1 / 9] * 2)
    close(second, -first[[2, 3, 0, 1]])


def test_diou_of_crossing_squares_by_hand():
    # x1: ∂ρ² = −1, ∂c² = −6: (−1 + 6/9)/18. x2: ∂ρ² = −1, c² stays.
    first, second = single(diou_vjp, *CROSSING)

    close(first, [2 / 49 + 1 / 54] * 2 + [6 / 49 + 1 / 18] * 2)
    close(second, -first[[2, 3, 0, 1]])


def test_ciou_of_boxes_of_one_aspect_is_diou_in_its_gradient_too():
    close(single(ciou_vjp, *CROSSING), single(diou_vjp, *CROSSING))
    close(single(ciou_vjp, *CROSSING, FREE_ALPHA), single(diou_vjp, *CROSSING))


def test_ciou_of_a_lying_and_a_standing_box_by_hand():
    # 2 × 1 and 1 × 2 with the same lower corner. turn = atan 1/2 − atan 2; θ1 turns by h/5 in w and by −w/5 in h.
    lying, standing = [0, 0, 2, 1], [0, 0, 1, 2]
    turn, overlap = math.atan(1 / 2) - math.atan(2), 1 / 3
    v = 4 / math.pi**2 * turn**2
    alpha = v / (1 - overlap + v)
    by_width, by_height = (-8 / math.pi**2 * turn * slope for slope in (1 / 5, -2 / 5))
    v_slopes = np.array([-by_width, -by_height, by_width, by_height])

    plain, _ = single(diou_vjp, lying, standing)
    held, _ = single(ciou_vjp, lying, standing)
    free, _ = single(ciou_vjp, lying, standing, FREE_ALPHA)

    close(held, plain - alpha * v_slopes)
    close(free, plain - alpha * (2 - alpha) * v_slopes - alpha**2 * single(iou_vjp, lying, standing)[0])


def test_the_slopes_of_a_nested_box_are_those_of_its_own_area_and_aspect():
    # IoU = A/16: 2/16 by width and by height.
    close(single(iou_vjp, [1, 1, 3, 3], [0, 0, 4, 4])[0], [-1 / 8, -1 / 8, 1 / 8, 1 / 8])


@OP
def test_the_order_of_the_boxes_does_not_matter(vjp):
    rng = np.random.default_rng(1)
    corner = rng.uniform(0, 50, (2, 40, 2))
    boxes1, boxes2 = np.concatenate([corner, corner + rng.uniform(1, 50, (2, 40, 2))], axis=-1)

    there, back = vjp(boxes1, boxes2, np.ones(40), dialect=YOLOV8), vjp(boxes2, boxes1, np.ones(40), dialect=YOLOV8)

    assert (there.boxes1 == back.boxes2).all() and (there.boxes2 == back.boxes1).all()


@OP
def test_moving_both_boxes_together_changes_nothing(vjp):
    first, second = single(vjp, [0, 0, 7, 3], [2, 1, 9, 8], YOLOV8)

    np.testing.assert_allclose((first + second)[:2], -(first + second)[2:], atol=1e-15)


def test_touching_boxes_take_the_middle_of_the_two_sides():
    # One side: nothing is shared. The other: 4 px more of the first box share 4 px² of a union of 48.
    apart, sharing = 0, 4 / 48

    first, second = single(iou_vjp, [0, 0, 8, 4], [8, 0, 12, 4])

    close(first, [0, 0, (apart + sharing) / 2, 0])
    close(second, [-(apart + sharing) / 2, 0, 0, 0])


@OP
def test_identical_boxes_take_the_middle_of_two_opposite_slopes(vjp):
    # x1 to the right: the IoU falls by 1/10 per px; to the left: as well.
    assert not np.any(single(vjp, [0, 0, 10, 20], [0, 0, 10, 20], replace(YOLOV8, iou_eps=2.0**-80, overlap_eps=2.0**-80)))


def test_boxes_apart_learn_nothing_from_iou_and_something_from_the_others():
    pair = [0, 0, 2, 2], [5, 6, 7, 9]

    assert not np.any(single(iou_vjp, *pair))
    assert all(np.all(single(vjp, *pair)[0] != 0) for vjp in (giou_vjp, diou_vjp, ciou_vjp))


def test_far_below_minus_one_ciou_still_pulls():
    first, _ = single(ciou_vjp, [0, 0, 100, 1], [500, 500, 501, 600], YOLOV8)

    assert (first != 0).all()


@OP
@pytest.mark.parametrize("box", [[4, 0, 4, 8], [0, 4, 8, 4], [4, 4, 4, 4], [7, 6, 2, 1]])
@pytest.mark.parametrize("dialect", [YOLOV8, replace(YOLOV8, constant_alpha=False)])
def test_a_box_without_area_or_inverted_has_finite_slopes(vjp, box, dialect):
    assert np.isfinite(single(vjp, box, [0, 0, 8, 8], dialect)).all()
    assert np.isfinite(single(vjp, box, box, dialect)).all()


@OP
def test_no_pairs_have_no_gradient(vjp):
    first, second = vjp(np.zeros((0, 4)), np.zeros((0, 4)), np.zeros(0), dialect=YOLOV8)

    assert first.shape == second.shape == (0, 4)


@OP
def test_the_arguments_are_left_as_they_are_and_the_gradient_is_float64(vjp):
    arguments = [np.array([[0.0, 0, 2, 2]]), np.array([[1.0, 1, 3, 4]]), np.array([2.0])]
    before = [x.copy() for x in arguments]

    first, second = vjp(*arguments, dialect=YOLOV8)
    narrow, _ = vjp(*(x.astype(np.float32) for x in arguments), dialect=YOLOV8)

    assert all((x == y).all() for x, y in zip(before, arguments))
    assert first.dtype == second.dtype == narrow.dtype == np.float64

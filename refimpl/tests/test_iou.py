"""The IoU family by hand, and what it makes of zero areas, inverted boxes and extremes."""

import math
from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8, ciou, diou, giou, iou

FAMILY = {"iou": iou, "giou": giou, "diou": diou, "ciou": ciou}
OP = pytest.mark.parametrize("op", FAMILY.values(), ids=FAMILY)
NO_EPS = replace(YOLOV8, iou_eps=0)
FOURTH = replace(YOLOV8, iou_eps=0.25)


def single(op, box1, box2, dialect=NO_EPS):
    return float(op([box1], [box2], dialect=dialect)[0])


def test_two_overlapping_squares_by_hand():
    # Shared 1 · 1, union 4 + 4 − 1 = 7, enclosing 3 · 3 = 9, centres (1, 1) and (2, 2): ρ² = 2, c² = 18; same aspect.
    boxes = [0, 0, 2, 2], [1, 1, 3, 3]

    assert math.isclose(single(iou, *boxes), 1 / 7, rel_tol=1e-15)
    assert math.isclose(single(giou, *boxes), 1 / 7 - 2 / 9, rel_tol=1e-14)
    assert math.isclose(single(diou, *boxes), 1 / 7 - 1 / 9, rel_tol=1e-14)
    assert math.isclose(single(ciou, *boxes), 1 / 7 - 1 / 9, rel_tol=1e-14)


def test_a_lying_and_a_standing_box_by_hand():
    # 2 × 1 and 1 × 2 with one corner in common: shared 1, union 3; centres (1, 1/2) and (1/2, 1): ρ² = 1/2, c² = 8.
    v = 4 / math.pi**2 * (math.atan(2) - math.atan(1 / 2)) ** 2

    value = single(ciou, [0, 0, 2, 1], [0, 0, 1, 2])

    assert math.isclose(value, 1 / 3 - 1 / 16 - v**2 / (1 - 1 / 3 + v), rel_tol=1e-14)


def test_epsilon_is_added_to_heights_and_unions_and_enclosing_measures_but_not_to_widths():
    # Unit squares, ε = 1/4: areas 1 · 1.25, shared 1, union 1.25 + 1.25 − 1 + 0.25 = 1.75; enclosing area 1.25.
    square = [0, 0, 1, 1]

    assert single(iou, square, square, FOURTH) == 1 / 1.75
    assert single(giou, square, square, FOURTH) == 1 / 1.75 - (1.25 - 1.75) / 1.25
    # 2 apart: ρ² = 4, c² = 9 + 1 + 1/4.
    assert single(diou, square, [2, 0, 3, 1], FOURTH) == -4 / 10.25


@OP
def test_identical_boxes_overlap_almost_wholly(op):
    assert 1 - 1e-6 < single(op, [10, 20, 40, 60], [10, 20, 40, 60], YOLOV8) < 1


@OP
def test_the_order_of_the_boxes_does_not_matter(op):
    rng = np.random.default_rng(1)
    corner = rng.uniform(0, 50, (2, 40, 2))
    boxes1, boxes2 = np.concatenate([corner, corner + rng.uniform(1, 50, (2, 40, 2))], axis=-1)

    np.testing.assert_array_almost_equal_nulp(
        2 + op(boxes1, boxes2, dialect=YOLOV8), 2 + op(boxes2, boxes1, dialect=YOLOV8), 2
    )


def test_boxes_that_touch_or_lie_apart_share_nothing():
    assert single(iou, [0, 0, 2, 2], [2, 0, 4, 2]) == 0
    assert single(iou, [0, 0, 2, 2], [5, 5, 6, 6]) == 0


def test_boxes_apart_in_both_directions_do_not_share_the_product_of_two_negative_sides():
    assert single(iou, [0, 0, 1, 1], [3, 3, 5, 5]) == 0


def test_ciou_is_not_clamped_and_falls_below_minus_one():
    # Far apart, one very wide and one very high: DIoU near −1, and α·v near 1/2.
    value = single(ciou, [0, 0, 100, 0.01], [5000, 5000, 5000.01, 5100], YOLOV8)

    assert -1.6 < value < -1.4


@OP
@pytest.mark.parametrize(
    "box", [[4, 0, 4, 8], [0, 4, 8, 4], [4, 4, 4, 4]], ids=["no width", "no height", "a point"]
)
def test_a_box_of_zero_area_gives_a_finite_value(op, box):
    assert math.isfinite(single(op, box, [0, 0, 8, 8], YOLOV8))
    assert math.isfinite(single(op, box, box, YOLOV8))


def test_a_box_of_zero_area_overlaps_nothing():
    assert single(iou, [4, 0, 4, 8], [0, 0, 8, 8], YOLOV8) == 0


def test_an_inverted_box_shares_nothing_and_takes_part_with_signed_sides():
    # Width −2 and height 2: its area is −4, the union 16 − 4 = 12, and the enclosing box is that of the other.
    boxes = [3, 1, 1, 3], [0, 0, 4, 4]

    assert single(iou, *boxes) == 0
    assert single(giou, *boxes) == -(16 - 12) / 16
    assert single(diou, *boxes) == 0


def test_no_pairs_have_no_values():
    assert [op(np.zeros((0, 4)), np.zeros((0, 4)), dialect=YOLOV8).shape for op in FAMILY.values()] == [(0,)] * 4


@OP
def test_values_are_float64_whatever_comes_in(op):
    boxes = np.array([[0, 0, 2, 2]], np.float32)

    assert op(boxes, boxes, dialect=YOLOV8).dtype == np.float64
    assert op([[0, 0, 2, 2]], [[1, 1, 3, 3]], dialect=YOLOV8).dtype == np.float64

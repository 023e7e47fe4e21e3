"""Suppression: which boxes stay, worked by hand. The boxes of most cases are 10 px high, so that overlaps are ratios of widths."""

from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8
from refimpl.nms import batched_nms, nms, threshold

AT_LEAST = replace(YOLOV8, nms_compare="at_least")
SINGLE = replace(YOLOV8, nms_threshold="float32")


def kept(boxes, scores, t=0.5, dialect=YOLOV8):
    return nms(np.array(boxes, float).reshape(-1, 4), np.array(scores, float), t, dialect=dialect).tolist()


def test_a_box_that_overlaps_a_better_one_falls_and_indices_are_those_of_the_input():
    boxes = [[50, 0, 60, 10], [1, 0, 11, 10], [0, 0, 10, 10]]

    assert kept(boxes, [0.3, 0.8, 0.9]) == [2, 0]


def test_a_fallen_box_drops_nothing_itself():
    # Each neighbour overlaps by 6/10 of 14/10: 3/7; the first and the third do not reach 0.4.
    boxes = [[0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10]]

    assert kept(boxes, [0.9, 0.8, 0.7], 0.4) == [0, 2]


def test_every_box_is_compared_with_every_kept_one_not_with_the_last_alone():
    boxes = [[0, 0, 10, 10], [50, 0, 60, 10], [1, 0, 11, 10], [90, 0, 99, 10]]

    assert kept(boxes, [0.9, 0.8, 0.7, 0.6]) == [0, 1, 3]


def test_of_equal_scores_the_lower_index_comes_first():
    assert kept([[0, 0, 10, 10]] * 3, [0.5, 0.5, 0.5]) == [0]
    assert kept([[0, 0, 10, 10], [20, 0, 30, 10], [0, 0, 10, 10]], [0.5, 0.5, 0.5]) == [0, 1]


def test_an_overlap_equal_to_the_threshold_keeps_and_drops_where_the_dialect_says_at_least():
    boxes = [[0, 0, 10, 10], [0, 0, 5, 10]]  # exactly 1/2

    assert kept(boxes, [0.9, 0.8]) == [0, 1]
    assert kept(boxes, [0.9, 0.8], dialect=AT_LEAST) == [0]


@pytest.mark.parametrize(
    "t, overlap, single_is_larger",
    [(0.6, (3, 5), True), (0.4, (2, 5), True), (0.1, (1, 10), True), (0.2, (1, 5), True), (0.3, (3, 10), True),
     (0.7, (7, 10), False), (0.5, (1, 2), False)],
)  # fmt: skip
def test_a_threshold_rounded_to_float32_moves_past_the_overlap_it_names(t, overlap, single_is_larger):
    # As float64 the quotient is t itself; float32(t) is larger for 0.6, smaller for 0.7. "At least" shows which.
    boxes = [[0, 0, overlap[1], 10], [0, 0, overlap[0], 10]]

    single = replace(SINGLE, nms_compare="at_least")

    assert (threshold(t, dialect=SINGLE) > t) is single_is_larger
    assert kept(boxes, [0.9, 0.8], t, AT_LEAST) == [0]
    assert kept(boxes, [0.9, 0.8], t, single) == ([0, 1] if single_is_larger else [0])


def test_a_threshold_of_0_drops_only_what_overlaps():
    boxes = [[0, 0, 10, 10], [20, 0, 30, 10], [29, 9, 40, 40]]

    assert kept(boxes, [0.9, 0.8, 0.7], 0) == [0, 1]
    assert kept(boxes, [0.9, 0.8, 0.7], 0, AT_LEAST) == [0]


def test_boxes_without_area_overlap_nothing_wherever_they_are():
    boxes = [[0, 0, 0, 10], [500, 500, 500, 520], [0, 0, 0, 10], [-5, -5, 5, 5]]

    assert kept(boxes, [0.9, 0.8, 0.7, 0.6]) == [0, 1, 2, 3]
    assert kept(boxes, [0.9, 0.8, 0.7, 0.6], dialect=replace(YOLOV8, nms_nan="drops")) == [0, 3]


def test_a_box_at_infinity_leaves_the_others_as_they_are():
    boxes = [[np.inf, 0, np.inf, 5], [0, 0, 3, 3], [np.nan, 0, 1, 1], [0, 0, np.inf, np.inf], [0, 0, 3, 2]]

    assert kept(boxes, [0.9, 0.8, 0.7, 0.6, 0.5]) == [0, 1, 2, 3]
    assert kept(boxes[:2], [0.9, 0.8], dialect=replace(YOLOV8, nms_nan="drops")) == [0]


def test_swapped_corners_count_as_they_are_unless_the_dialect_sorts_them():
    boxes = [[0, 0, 10, 10], [10, 10, 0, 0]]

    assert kept(boxes, [0.9, 0.8]) == [0, 1]
    assert kept(boxes, [0.9, 0.8], dialect=replace(YOLOV8, nms_sort_corners=True)) == [0]


def test_one_pixel_more_on_each_side_makes_touching_boxes_overlap():
    boxes = [[0, 0, 1, 1], [1, 0, 2, 1]]  # two columns each, one shared: 2 of 6 pixels

    assert kept(boxes, [0.9, 0.8], 0.25) == [0, 1]
    assert kept(boxes, [0.9, 0.8], 0.25, replace(YOLOV8, nms_pixel_offset=1)) == [0]


def test_without_boxes_nothing_is_kept():
    assert kept([], []) == []


def test_boxes_of_other_classes_do_not_meet():
    boxes, scores = np.array([[0, 0, 10, 10.0]] * 4), np.array([0.6, 0.9, 0.8, 0.7])

    assert batched_nms(boxes, scores, [1, 0, 1, 0], 0.5, dialect=YOLOV8).tolist() == [1, 2]
    assert batched_nms(boxes, scores, [1, 0, 1, 0], 0.5, dialect=replace(YOLOV8, nms_classes="ignored")).tolist() == [1]


def test_an_offset_keeps_classes_apart_until_a_box_is_wider_than_it():
    offset = replace(YOLOV8, nms_classes="offset")
    small, wide = np.array([[0, 0, 10, 10.0]] * 2), np.array([[0, 0, 20000, 20000.0], [0, 0, 20000, 20000]])

    for boxes, expected in ((small, [0, 1]), (wide, [0])):
        assert batched_nms(boxes, np.array([0.9, 0.8]), [0, 1], 0.2, dialect=offset).tolist() == expected
        assert batched_nms(boxes, np.array([0.9, 0.8]), [0, 1], 0.2, dialect=YOLOV8).tolist() == [0, 1]

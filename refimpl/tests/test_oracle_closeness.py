"""The judge of the oracle tests, seen to fail, and the scales it is given, seen to grow only where digits are lost."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from refimpl import YOLOV8
from refimpl.oracle.closeness import ULP, assert_close, is_defined, overlap_scale

NO_EPS = replace(YOLOV8, iou_eps=0)


@pytest.mark.parametrize(("got", "reason"), [
    ([1.0, 2.0 + 3 * ULP], "off by"),
    ([1.0, float("nan")], "got nan"),
    ([1.0, float("inf")], "got inf"),
    ([1.0], "expected shape"),
    ([[1.0], [2.0]], "expected shape"),
])
def test_the_judge_of_closeness_rejects_what_is_not_close(got, reason):
    assert assert_close("x", [1.0, 2.0 + 2 * ULP], [1, Fraction(2)], ulps=2) == 2

    with pytest.raises(AssertionError, match=reason):
        assert_close("x", got, [1, Fraction(2)], ulps=2)


def test_the_judge_reports_the_worst_value_in_ulps_of_its_own_scale():
    got = np.array([[1.0 + ULP, 100.0], [0.0, 3.0]])

    assert assert_close("x", got, [[1, 100], [0, 3]], ulps=1, scale=np.array([2.0, 1.0])) == 0.5
    with pytest.raises(AssertionError, match="x: expected 1.0, got 1.0000000000000002: off by 2.22e-16, allowed 1 ulps of 0.5"):
        assert_close("x", got, [[1, 100], [0, 3]], ulps=1, scale=0.5)


def test_a_table_of_no_rows_is_close_to_an_array_of_no_rows_only():
    assert assert_close("boxes", np.zeros((2, 0, 4)), [[], []], ulps=0) == 0
    with pytest.raises(AssertionError, match="expected shape"):
        assert_close("boxes", np.zeros((2, 1, 4)), [[], []], ulps=0)


@pytest.mark.parametrize("op", ["iou", "giou", "diou", "ciou"])
def test_ordinary_boxes_have_a_scale_of_a_few_units(op):
    assert 0.5 < overlap_scale(op, (10, 10, 50, 40), (20, 15, 60, 60), YOLOV8) < 30


def test_tiny_boxes_far_from_the_origin_and_nearly_cancelled_areas_have_a_large_scale():
    assert overlap_scale("diou", (600, 600, 600.01, 600.01), (600.005, 600, 600.02, 600.01), YOLOV8) > 1e4
    assert overlap_scale("giou", (2, 0, 1, 1), (3, 0, 2.001, 1), YOLOV8) > 1e3


def test_boxes_that_do_not_meet_leave_the_iou_no_allowance_at_all():
    assert overlap_scale("iou", (0, 0, 1, 1), (2, 2, 3, 3), YOLOV8) == 0
    with pytest.raises(AssertionError, match="off by 1e-300"):
        assert_close("iou", 1e-300, 0, ulps=4, scale=0.0)


def test_a_pair_whose_union_or_enclosing_area_is_zero_is_not_defined():
    assert is_defined((0, 0, 4, 4), (1, 1, 3, 5), YOLOV8)
    assert is_defined((0, 0, 0, 0), (1, 1, 1, 1), YOLOV8)
    assert not is_defined((2, 0, 1, 1), (0, 0, 1, 1), NO_EPS)
    assert not is_defined((2, 0, 1, 1), (3, 0, 2, 1), NO_EPS)

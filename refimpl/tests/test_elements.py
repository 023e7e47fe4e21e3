"""Elements of arguments: each kind of number, the type it comes out in, and the text of every error."""

import numpy as np
import pytest

from refimpl import Dialect, NumberTypeError, RangeError
from refimpl.tests.at_the_door import passed, refused

YOLOV8_3 = Dialect(name="three classes", num_classes=3)


@pytest.mark.parametrize(
    "kind, value, text",
    [
        ("probability", [0.5, -3.25], "a[1]: expected a probability, 0 … 1, got -3.25"),
        ("probability", [0.5, 1.5], "a[1]: expected a probability, 0 … 1, got 1.5"),
        ("nonnegative", [-1, 0], "a[0]: expected a number ≥ 0, got -1"),
        ("positive", [1, 0], "a[1]: expected a number > 0, got 0"),
        ("label", [0, 3], "a[1]: expected a class, 0 … 2, got 3"),
        ("label", [-1, 2], "a[0]: expected a class, 0 … 2, got -1"),
        ("index", [-1, 2], "a[0]: expected a whole number ≥ 0, got -1"),
    ],
)
def test_a_number_outside_the_range_of_its_kind_is_refused(kind, value, text):
    assert refused(RangeError, f"a: N {kind}", value, dialect=YOLOV8_3) == text


@pytest.mark.parametrize(
    "kind, value, text",
    [
        ("label", [0, 0.5], "a[1]: expected a whole number, got 0.5"),
        ("label", [np.nan], "a[0]: expected a whole number, got nan"),
        ("mask", [0, 2], "a[1]: expected 0 or 1, got 2"),
        ("mask", [0.5, 0], "a[0]: expected 0 or 1, got 0.5"),
        ("image", [1, 2], "a: expected an image of dtype uint8, got dtype int64"),
    ],
)
def test_a_number_of_the_wrong_type_is_refused(kind, value, text):
    assert refused(NumberTypeError, f"a: N {kind}", value) == text


@pytest.mark.parametrize("value", [[0, 2], [0.0, 2.0], np.array([0, 2], np.uint8), np.array([0, 2], np.float32)])
def test_whole_numbers_of_any_type_become_int64(value):
    converted = passed("a: N label", value)

    assert converted.dtype == np.int64 and converted.tolist() == [0, 2]


@pytest.mark.parametrize("value", [[True, False], [1, 0], [1.0, 0.0], np.array([1, 0], np.uint8)])
def test_masks_of_any_number_become_booleans(value):
    converted = passed("a: N mask", value)

    assert converted.dtype == bool and converted.tolist() == [True, False]


def test_arrays_without_elements_are_of_any_kind():
    assert passed("a: N 1 label, b: N probability, c: N mask", np.zeros((0, 1)), [], [])[0].shape == (0, 1)


@pytest.mark.parametrize(
    "kind, value, result",
    [("count", np.int64(3), 3), ("count", 3.0, 3), ("real", 2, 2.0), ("size", [4, 6.0], (4, 6)), ("shape", (0, 2), (0, 2)), ("switch", 1, True)],
)
def test_plain_values_come_out_in_pythons_own_types(kind, value, result):
    got = passed(f"a: {kind}", value)

    assert got == result and type(got) is type(result)


@pytest.mark.parametrize(
    "kind, value, error, expected",
    [
        ("count", -1, RangeError, "a whole number ≥ 0"),
        ("count", 2.5, NumberTypeError, "a whole number ≥ 0"),
        ("count", True, NumberTypeError, "a whole number ≥ 0"),
        ("count", np.nan, NumberTypeError, "a whole number ≥ 0"),
        ("real", np.inf, RangeError, "a finite number"),
        ("real", "2", NumberTypeError, "a finite number"),
        ("size", (0, 2), RangeError, "(H, W), two whole numbers > 0"),
        ("size", 640, NumberTypeError, "(H, W), two whole numbers > 0"),
        ("shape", (-1, 2), RangeError, "(H, W), two whole numbers ≥ 0"),
        ("shape", (1, 2, 3), NumberTypeError, "(H, W), two whole numbers ≥ 0"),
        ("switch", None, NumberTypeError, "True or False"),
    ],
)
def test_a_plain_value_of_another_kind_is_refused(kind, value, error, expected):
    assert refused(error, f"a: {kind}", value) == f"a: expected {expected}, got {value!r}"


ROWS = "a: N 6 targets, b: B count"


@pytest.mark.parametrize(
    "row, kind, text",
    [
        ([2, 0, 0.5, 0.5, 1, 1], RangeError, "a[0, 0]: expected an image, 0 … 1, got 2"),
        ([0, 80, 0.5, 0.5, 1, 1], RangeError, "a[0, 1]: expected a class, 0 … 79, got 80"),
        ([0.5, 0, 0.5, 0.5, 1, 1], NumberTypeError, "a[0, 0]: expected an image, a whole number, got 0.5"),
        ([0, np.nan, 0.5, 0.5, 1, 1], RangeError, "a[0, 1]: expected a finite number, got nan"),
        ([0, 0, 320, 0.5, 1, 1], RangeError, "a[0, 2]: expected cx as a fraction of the image, -1 … 2 (not in px), got 320"),
        ([0, 0, 0.5, 0.5, 1, -0.5], RangeError, "a[0, 5]: expected h as a fraction of the image, 0 … 2 (not in px), got -0.5"),
    ],
)
def test_a_target_row_that_is_none_is_refused_with_its_column(row, kind, text):
    assert refused(kind, ROWS, [row], 2) == text


def test_targets_that_reach_out_of_the_image_pass():
    assert passed(ROWS, [[0, 0, -0.5, 1.5, 2, 0]], 1)[0].shape == (1, 6)

"""Contracts at the door: what passes, and the text of every error."""

import numpy as np
import pytest

from refimpl import ContractError, NumberTypeError, RangeError, ShapeError, _check


class Own(np.ndarray):
    """A number type of its own."""


@pytest.mark.parametrize("value", [1, 2.5, [1, 2], np.float32(3), np.arange(3), np.ones(2, np.float32)])
def test_real_numbers_become_float64(value):
    converted = _check.floats("boxes", value)

    assert type(converted) is np.ndarray and converted.dtype == np.float64
    assert (converted == np.asarray(value)).all()


def test_a_number_type_of_its_own_passes_unchanged():
    own = np.ones(2, np.float32).view(Own)

    assert _check.floats("boxes", own) is own


@pytest.mark.parametrize(
    "value, dtype", [(np.array([True]), "bool"), (["a"], "<U1"), (np.ones(1, complex), "complex128"), ([None], "object")]
)
def test_what_is_no_real_number_is_refused(value, dtype):
    with pytest.raises(NumberTypeError) as caught:
        _check.floats("boxes", value)

    assert str(caught.value) == f"boxes: expected real numbers, got dtype {dtype}"


def test_constants_take_the_number_type_of_the_array_they_meet():
    assert _check.like(np.ones(2, np.float32), [1, 2, 3]).dtype == np.float32
    assert _check.like(np.ones(2), 0.5).tolist() == 0.5


@pytest.mark.parametrize("value", [[0, 2], [0.0, 2.0], np.array([0, 2], np.uint8), np.array([0, 2], np.float32)])
def test_whole_numbers_of_any_type_become_int64(value):
    converted = _check.indices("gt_labels", value, 3)

    assert converted.dtype == np.int64 and converted.tolist() == [0, 2]


@pytest.mark.parametrize(
    "value, kind, text",
    [
        ([0.5, 1], NumberTypeError, "gt_labels: expected whole numbers, got dtype float64 with [0.5 1. ]"),
        (["a"], NumberTypeError, "gt_labels: expected whole numbers, got dtype <U1 with ['a']"),
        ([np.nan], NumberTypeError, "gt_labels: expected whole numbers, got dtype float64 with [nan]"),
        ([0, 3], RangeError, "gt_labels: expected values in 0…2, got 0…3"),
        ([-1, 2], RangeError, "gt_labels: expected values in 0…2, got -1…2"),
    ],
)
def test_what_is_no_index_is_refused(value, kind, text):
    with pytest.raises(kind) as caught:
        _check.indices("gt_labels", value, 3)

    assert str(caught.value) == text


def test_no_indices_are_in_any_range():
    assert _check.indices("gt_labels", np.zeros((0, 1)), 1).shape == (0, 1)


@pytest.mark.parametrize("value", [[True, False], [1, 0], [1.0, 0.0], np.array([1, 0], np.uint8)])
def test_masks_of_any_number_become_booleans(value):
    assert _check.booleans("mask", value).tolist() == [True, False]


@pytest.mark.parametrize(
    "value, text",
    [
        ([0, 2], "mask: expected a mask of 0 and 1, got dtype int64 with [0 2]"),
        ([0.5], "mask: expected a mask of 0 and 1, got dtype float64 with [0.5]"),
        (["1"], "mask: expected a mask of 0 and 1, got dtype <U1 with ['1']"),
    ],
)
def test_what_is_no_mask_is_refused(value, text):
    with pytest.raises(NumberTypeError) as caught:
        _check.booleans("mask", value)

    assert str(caught.value) == text


def test_shapes_bind_letters_and_return_their_sizes():
    sizes = _check.shapes({"R": 16}, pred_dist=(np.ones((2, 5, 64)), "B A 4R"), points=(np.ones((5, 2)), "A 2"))

    assert sizes == {"R": 16, "B": 2, "A": 5}


@pytest.mark.parametrize("shape", [(5, 4), (1, 5, 4), (2, 3, 5, 4)])
def test_leading_axes_may_be_any_number(shape):
    assert _check.shapes(distance=(np.ones(shape), "... A 4"))["A"] == 5


@pytest.mark.parametrize(
    "known, arguments, text",
    [
        ({}, {"boxes": ((3, 5), "N 4")}, "boxes: expected shape (N, 4), got (3, 5)"),
        ({}, {"boxes": ((4,), "N 4")}, "boxes: expected shape (N, 4), got (4,)"),
        ({}, {"boxes": ((), "N")}, "boxes: expected shape (N,), got ()"),
        ({}, {"boxes": ((4,), "... A 4")}, "boxes: expected shape (..., A, 4), got (4,)"),
        (
            {},
            {"scores": ((3, 84), "G A"), "ious": ((2, 85), "G A")},
            "ious: expected shape (G, A), got (2, 85); A=84 from scores, G=3 from scores",
        ),
        (
            {"C": 80, "R": 16},
            {"feature_maps[0]": ((2, 143, 4, 4), "B 4R+C H W")},
            "feature_maps[0]: expected shape (B, 4R+C, H, W), got (2, 143, 4, 4); C=80 from the dialect, R=16 from the dialect",
        ),
    ],
)
def test_a_wrong_shape_is_answered_with_who_bound_the_letters(known, arguments, text):
    arrays = {name: (np.zeros(shape), pattern) for name, (shape, pattern) in arguments.items()}

    with pytest.raises(ShapeError) as caught:
        _check.shapes(known, **arrays)

    assert str(caught.value) == text


def test_a_letter_of_size_zero_is_a_size():
    assert _check.shapes(gt_bboxes=(np.ones((2, 0, 4)), "B G 4"), mask=(np.ones((2, 0, 1)), "B G 1")) == {"B": 2, "G": 0}


@pytest.mark.parametrize("kind", [ShapeError, NumberTypeError, RangeError])
def test_every_error_is_a_contract_error_and_a_value_error(kind):
    assert issubclass(kind, ContractError) and issubclass(kind, ValueError)

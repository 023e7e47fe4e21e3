"""The door: what passes, in which number type, and the text of every error."""

import threading

import numpy as np
import pytest

import refimpl
from refimpl import (
    YOLOV8, ArgumentError, ContractError, DialectError, NumberTypeError, RangeError, ShapeError
)  # fmt: skip
from refimpl.arrays import like
from refimpl.door import behind_the_door, guarded
from refimpl.signature import operands
from refimpl.tests.at_the_door import passed, refused


class Own(np.ndarray):
    """A number type of its own."""


@pytest.mark.parametrize("value", [1, 2.5, [1, 2], np.float32(3), np.arange(3), np.ones(2, np.float32)])
def test_real_numbers_become_float64(value):
    converted = passed("a: ...", value)

    assert type(converted) is np.ndarray and converted.dtype == np.float64
    assert (converted == np.asarray(value)).all()


def test_a_number_type_of_its_own_passes_unchanged_whatever_it_holds():
    own = np.full(2, np.nan, np.float32).view(Own)

    assert passed("a: N probability", own) is own


def test_the_shape_of_a_number_type_of_its_own_is_looked_at():
    assert refused(ShapeError, "a: N 4", np.ones(2).view(Own)) == "a: expected shape (N, 4), got (2,)"


@pytest.mark.parametrize("value, dtype", [(np.array([True, False]), "bool"), (["a", "b"], "<U1"), (np.ones(2, complex), "complex128")])
def test_what_is_no_real_number_is_refused(value, dtype):
    assert refused(NumberTypeError, "a: N", value) == f"a: expected real numbers, got dtype {dtype}"


def test_nothing_and_a_text_are_refused_as_what_they_are():
    assert refused(NumberTypeError, "a: N", None) == "a: expected real numbers, got None"
    assert refused(NumberTypeError, "a: N", "px") == "a: expected real numbers, got 'px'"


def test_a_ragged_list_is_refused():
    text = refused(NumberTypeError, "a: N 4", [[1, 2], [3]])

    assert text.startswith("a: expected an array of real numbers, got list: ")


@pytest.mark.parametrize("bad, said", [(np.nan, "nan"), (np.inf, "inf"), (-np.inf, "-inf")])
def test_a_number_that_is_not_finite_is_found_by_its_place(bad, said):
    values = np.zeros((2, 4, 3))
    values[0, 3, 1] = bad

    assert refused(RangeError, "a: B A C", values, dialect=YOLOV8_3) == f"a[0, 3, 1]: expected a finite number, got {said}"


YOLOV8_3 = refimpl.Dialect(name="three classes", num_classes=3)
ONE_LEVEL = refimpl.Dialect(name="one level", num_classes=3, strides=(8,))


def test_finite_numbers_whose_sum_is_not_are_finite():
    assert passed("a: N", np.full(4, 1e308)).tolist() == [1e308] * 4


@pytest.mark.parametrize(
    "signature, values, text",
    [
        ("a: N 4", [(3, 5)], "a: expected shape (N, 4), got (3, 5)"),
        ("a: N", [()], "a: expected shape (N,), got ()"),
        ("a: ... A 4", [(4,)], "a: expected shape (..., A, 4), got (4,)"),
        ("a: G A, b: G A", [(3, 84), (2, 85)], "b: expected shape (G, A), got (2, 85); A=84 from a, G=3 from a"),
        ("a: B A 4R", [(2, 5, 65)], "a: expected shape (B, A, 4R), got (2, 5, 65); R=16 from the dialect"),
        ("a: ..., b: ...", [(2, 3), (3, 2)], "b: expected shape (...), got (3, 2); ...=(2, 3) from a"),
    ],
)
def test_a_wrong_shape_is_answered_with_who_bound_the_letters(signature, values, text):
    assert refused(ShapeError, signature, *map(np.zeros, values)) == text


@pytest.mark.parametrize("shape", [(5, 4), (1, 5, 4), (2, 3, 5, 4)])
def test_leading_axes_may_be_any_number(shape):
    assert passed("a: ... A 4, b: A 2", np.ones(shape), np.ones((5, 2)))[0].shape == shape


def test_what_a_mask_hides_may_hold_anything_and_becomes_zero():
    labels, mask = np.array([[[1.0], [np.nan]]]), [[[1], [0]]]

    got, _ = passed("a: B G 1 label where b, b: B G 1 mask", labels, mask)

    assert got.tolist() == [[[1], [0]]]


def test_a_mask_with_an_axis_more_hides_what_it_hides_along_all_of_it():
    boxes, mask = np.array([[[1.0, 2], [np.inf, 3]]]), np.array([[[0, 1, 0], [0, 0, 0]]])

    got, _ = passed("a: B G 2 where b, b: B G A mask", boxes, mask)

    assert got.tolist() == [[[1, 2], [0, 0]]]


def test_lists_have_one_item_for_each_stride_and_bind_the_anchors():
    maps = [np.zeros((2, 3, 4, 4)), np.zeros((2, 3, 2, 2)), np.zeros((2, 3, 1, 1))]

    passed("a: [B C H W]*L, b: A", maps, np.zeros(21), dialect=YOLOV8_3)

    said = refused(ShapeError, "a: [B C H W]*L, b: A", maps, np.zeros(20), dialect=YOLOV8_3)
    assert said == "b: expected shape (A,), got (20,); A=21 from a"
    assert refused(ShapeError, "a: [B C H W]*L", maps[:2]) == "a: expected 3 arrays, one for each stride of the dialect, got 2"
    said = refused(ShapeError, "a: [shape]*L", [(1, 2)])
    assert said == "a: expected 3 shapes (H, W), one for each stride of the dialect, got 1"


def test_the_array_of_a_list_that_bound_a_letter_is_named():
    maps = [np.zeros((2, 3, 4, 4)), np.zeros((1, 3, 2, 2)), np.zeros((2, 3, 1, 1))]

    said = refused(ShapeError, "a: [B C H W]*L", maps, dialect=YOLOV8_3)

    assert said == "a[1]: expected shape (B, C, H, W), got (1, 3, 2, 2); B=2 from a[0], C=3 from the dialect"


def test_arrays_of_a_list_keep_their_type_until_they_are_read():
    (got,) = passed("a: [B C H W]*L", [np.zeros((1, 3, 1, 1), np.float32)], dialect=ONE_LEVEL)

    assert got.dtype == np.float32


@pytest.mark.parametrize("value", [None, 3, "maps", {0: 1}, np.float64(2)])
def test_what_is_no_list_is_refused(value):
    assert refused(NumberTypeError, "a: [B C H W]*L", value) == f"a: expected a list of arrays, got {value!r}"


def test_a_dialect_is_known_by_the_name_of_its_preset():
    point = [[0.5, 0.5]]

    assert (refimpl.bbox2dist(point, [[0, 0, 99, 99]], dialect="YOLOV8") == 14.99).sum() == 2


@pytest.mark.parametrize("dialect", ["YOLOV7", 8, {}])
def test_what_is_no_dialect_is_refused(dialect):
    with pytest.raises(DialectError, match=r"^dialect: expected a refimpl.Dialect or one of YOLOV8, .*, got "):
        refimpl.iou(np.ones((1, 4)), np.ones((1, 4)), dialect=dialect)


@pytest.mark.parametrize("call", [lambda: refimpl.iou([[0, 0, 1, 1]], dialect=YOLOV8), lambda: refimpl.iou([], [], [], dialect=YOLOV8), lambda: refimpl.iou([], [])])
def test_a_missing_or_spare_argument_is_refused_with_the_signature(call):
    with pytest.raises(ArgumentError, match=r"^iou\(boxes1.*dialect.*\): "):
        call()


def test_every_error_is_a_contract_error_and_a_value_error():
    for kind in (ArgumentError, DialectError, ShapeError, NumberTypeError, RangeError):
        assert issubclass(kind, ContractError) and issubclass(kind, ValueError)


def test_behind_the_door_arguments_are_trusted_in_that_thread_alone():
    seen = []
    look = guarded(lambda a, *, dialect: type(a), operands("a: N"))

    with behind_the_door():
        inner = look([1.0], dialect=YOLOV8)
        other = threading.Thread(target=lambda: seen.append(look([1.0], dialect=YOLOV8)))
        other.start()
        other.join()

    assert inner is list and seen == [np.ndarray] and look([1.0], dialect=YOLOV8) is np.ndarray


def test_constants_take_the_number_type_of_the_array_they_meet():
    assert like(np.ones(2, np.float32), [1, 2, 3]).dtype == np.float32
    assert like(np.ones(2), 0.5).tolist() == 0.5

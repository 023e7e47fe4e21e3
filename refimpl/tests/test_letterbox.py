"""Letterbox: sizes and padding, worked by hand, and the map there and back."""

from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8
from refimpl.letterbox import letterbox_boxes, letterbox_geometry, resized_shape, restore_boxes
from refimpl.rules import rounded

FLOAT = replace(YOLOV8, float_rule="float64")
BY_PIXELS = replace(YOLOV8, label_ratio="rounded")
SHAPES = np.random.default_rng(0).integers(2, 1500, (300, 2)).tolist()


@pytest.mark.parametrize(
    "shape, size, exact, in_floats",
    [((116, 87), 320, [320, 240], [320, 241]), ((480, 640), 640, [480, 640], [480, 640]),
     ((2000, 1), 640, [640, 1], [640, 1]), ((3, 2), 5, [5, 4], [5, 4])],
)  # fmt: skip
def test_the_short_side_is_the_least_whole_number_not_below_its_share(shape, size, exact, in_floats):
    assert resized_shape(shape, size, dialect=YOLOV8).tolist() == exact
    assert resized_shape(shape, size, dialect=FLOAT).tolist() == in_floats


def test_other_dialects_cut_off_or_round_the_short_side():
    down, near = (replace(YOLOV8, short_side=how) for how in ("down", "nearest"))

    assert resized_shape((300, 100), 64, dialect=YOLOV8).tolist() == [64, 22]  # 21.33
    assert resized_shape((300, 100), 64, dialect=down).tolist() == [64, 21]
    assert resized_shape((300, 100), 64, dialect=near).tolist() == [64, 21]
    assert resized_shape((300, 1), 64, dialect=down).tolist() == [64, 0]


@pytest.mark.parametrize(
    "shape, frame, size, padding",
    [
        ((375, 500), (640, 640), [480, 640], [0, 80, 0, 80]),
        ((100, 101), (640, 640), [634, 640], [0, 3, 0, 3]),  # 633.66
        ((100, 99), (640, 640), [640, 634], [3, 0, 3, 0]),
        ((4, 3), (6, 6), [6, 4], [1, 0, 1, 0]),  # 4.5 goes to the even 4
        ((4, 3), (10, 10), [10, 8], [1, 0, 1, 0]),  # 7.5 goes to the even 8
        ((5, 3), (5, 8), [5, 3], [2, 0, 3, 0]),  # the odd pixel stands right
        ((2000, 1), (640, 640), [640, 1], [319, 0, 320, 0]),  # never below one
    ],
)
def test_an_image_is_scaled_by_one_ratio_and_the_rest_is_padded(shape, frame, size, padding):
    got = letterbox_geometry(shape, frame, dialect=YOLOV8)

    assert (got.size.tolist(), got.padding.tolist()) == (size, padding)


def test_halves_go_up_in_dialects_of_cpp():
    cpp = replace(YOLOV8, letterbox_rounding="half_up")

    assert letterbox_geometry((4, 3), (6, 6), dialect=cpp).size.tolist() == [6, 5]
    assert rounded(-0.5, "half_up") == 0


def test_a_small_image_stays_as_it_is_where_nothing_is_enlarged():
    got = letterbox_geometry((10, 20), (40, 40), dialect=replace(YOLOV8, letterbox_enlarges=False))

    assert (got.size.tolist(), got.padding.tolist(), got.ratio) == ([10, 20], [10, 15, 10, 15], 1.0)


def test_padding_may_stand_right_and_below_alone_or_end_at_the_next_stride():
    corner, strided = replace(YOLOV8, letterbox_centred=False), replace(YOLOV8, letterbox_pads="to_stride")

    assert letterbox_geometry((375, 500), (640, 640), dialect=corner).padding.tolist() == [0, 0, 0, 160]
    assert letterbox_geometry((360, 500), (640, 640), dialect=strided).padding.tolist() == [
        0,
        9,
        0,
        10,
    ]  # 461 + 19 = 480


def test_labels_are_scaled_by_the_ratio_and_pixels_by_whole_sides():
    # 100 x 101 in 640: 633.66 rows become 634; the last row of the image is at 3 + 634, its label at 3 + 633.66.
    box = np.array([[0.0, 0, 101, 100]])

    by_ratio = letterbox_boxes(box, (100, 101), (640, 640), dialect=YOLOV8)
    by_pixels = letterbox_boxes(box, (100, 101), (640, 640), dialect=BY_PIXELS)

    np.testing.assert_allclose(by_ratio, [[0, 3, 640, 3 + 64000 / 101]])
    np.testing.assert_allclose(by_pixels, [[0, 3, 640, 637]])


@pytest.mark.parametrize(
    "fields", [{}, {"letterbox_centred": False}, {"letterbox_enlarges": False}, {"float_rule": "float64"}]
)
def test_restoring_undoes_letterboxing_for_any_shape(fields):
    dialect = replace(BY_PIXELS, **fields)
    for h, w in SHAPES:
        box = np.array([[0.0, 0, w, h], [w / 3, h / 4, w / 2, h]])

        back = restore_boxes(
            letterbox_boxes(box, (h, w), (640, 512), dialect=dialect), (640, 512), (h, w), dialect=dialect
        )

        np.testing.assert_allclose(back, box, atol=1e-9)


def test_restored_boxes_are_clipped_to_the_image():
    got = restore_boxes([[-50, 0, 900, 700]], (640, 640), (375, 500), dialect=YOLOV8)

    np.testing.assert_array_equal(got, [[0, 0, 500, 375]])


def test_releases_before_8_4_restore_other_boxes_in_some_shapes():
    one = replace(YOLOV8, restore_gain="one", restore_padding="unrounded")
    box = np.array([[100.0, 100, 200, 200]])

    off = [
        np.abs(
            restore_boxes(box, (640, 640), shape, dialect=one) - restore_boxes(box, (640, 640), shape, dialect=YOLOV8)
        ).max()
        for shape in SHAPES
    ]

    assert 0 in off and max(off) > 0.1

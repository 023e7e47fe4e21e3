"""Targets: one row per labelled box becomes padded slots per image."""

from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8, pad_targets

THREE_CLASSES = replace(YOLOV8, num_classes=3)


def pad(rows, batch_size=2, image_size=(64, 128)):
    return pad_targets(np.array(rows, float).reshape(-1, 6), batch_size, image_size, dialect=THREE_CLASSES)


def test_boxes_are_scaled_by_width_and_height_and_padded_with_zero_rows():
    # Image 64 high and 128 wide. (0.5, 0.5, 0.25, 0.5): 32 wide and 32 high about (64, 32).
    labels, boxes, mask = pad([[0, 2, 0.5, 0.5, 0.25, 0.5], [0, 1, 0.25, 0.25, 0.5, 0.5], [1, 0, 0.5, 0.5, 1, 1]])

    assert labels.tolist() == [[[2], [1]], [[0], [0]]]
    assert boxes.tolist() == [[[48, 16, 80, 48], [0, 0, 64, 32]], [[0, 0, 128, 64], [0, 0, 0, 0]]]
    assert mask.tolist() == [[[True], [True]], [[True], [False]]]


def test_labels_are_whole_numbers_boxes_floats_and_the_mask_boolean():
    labels, boxes, mask = pad([[0, 2, 0.5, 0.5, 0.25, 0.5]])

    assert (labels.dtype, boxes.dtype, mask.dtype) == (np.int64, np.float64, np.bool_)


def test_rows_of_an_image_keep_their_order_though_images_come_in_any():
    labels, _, _ = pad([[1, 0, 0.5, 0.5, 1, 1], [0, 1, 0.5, 0.5, 1, 1], [1, 2, 0.5, 0.5, 1, 1], [0, 0, 0.5, 0.5, 1, 1]])

    assert labels[..., 0].tolist() == [[1, 0], [0, 2]]


@pytest.mark.parametrize("image", [0, 1, 2])
def test_an_image_without_boxes_has_padding_only(image):
    labels, boxes, mask = pad([[image, 1, 0.5, 0.5, 0.5, 0.5]], batch_size=3)

    assert mask[..., 0].any(axis=1).tolist() == [b == image for b in range(3)]
    assert not boxes[~mask[..., 0]].any() and not labels[~mask[..., 0]].any()


def test_without_boxes_there_are_no_slots():
    labels, boxes, mask = pad([], batch_size=2)

    assert (labels.shape, boxes.shape, mask.shape) == ((2, 0, 1), (2, 0, 4), (2, 0, 1))


def test_a_batch_of_no_images_has_no_rows():
    assert pad([], batch_size=0).gt_bboxes.shape == (0, 0, 4)


@pytest.mark.parametrize(
    "row, kept",
    [
        ([-0.25, 0.25, 0.5, 0.5], False),  # corners (−0.5, 0, 0, 0.5): the sum is 0
        ([-0.25, 0.125, 0.5, 0.5], False),  # the sum is below 0
        ([-0.25, 0.3, 0.5, 0.5], True),  # the sum is above 0: a box that reaches out of the image
        ([0, 0, 0.5, 0.5], False),  # centred on the corner of the image
        ([0.5, 0.5, 0, 0], True),  # of zero area, but with a positive sum
    ],
)
def test_a_box_whose_coordinates_sum_to_zero_or_less_is_masked_as_if_it_were_padding(row, kept):
    _, boxes, mask = pad([[0, 1, *row], [0, 1, 0.5, 0.5, 0.5, 0.5]], batch_size=1, image_size=(64, 64))

    assert mask[0, :, 0].tolist() == [kept, True]
    assert boxes[0, 0].any()


def test_two_equal_boxes_are_two_boxes():
    row = [0, 1, 0.5, 0.5, 0.5, 0.5]

    assert pad([row, row], batch_size=1).mask_gt.tolist() == [[[True], [True]]]

"""Raw distances: the L1 error as a share of the image, and its gradient."""

from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLO26, ArgumentError, DialectError, bbox2dist, bbox_loss, decode_boxes, dfl_loss
from refimpl.distances import distance_loss, distance_loss_vjp, share_of_image

DIALECT = replace(YOLO26, num_classes=1, strides=(8,))


def test_a_cell_is_a_share_of_the_width_to_the_sides_and_of_the_height_up_and_down():
    share = share_of_image(np.array([[8.0], [16.0]]), (64, 128), np.zeros(1))

    assert share.tolist() == [[1 / 16, 1 / 8, 1 / 16, 1 / 8], [1 / 8, 1 / 4, 1 / 8, 1 / 4]]


def test_the_loss_is_the_mean_of_four_absolute_errors():
    loss = distance_loss(np.array([[1.0, 2, 3, 4]]), np.array([[2.0, 2, 1, -4]]), np.full((1, 4), 0.5))

    assert loss.tolist() == [0.5 * (1 + 0 + 2 + 8) / 4]


def test_the_slope_is_a_sign_and_zero_where_there_is_no_error():
    slopes = distance_loss_vjp(np.array([[1.0, 2, 3, 4]]), np.array([[2.0, 2, 1, -4]]), np.full((1, 4), 0.5), np.array([2.0]))

    assert slopes.tolist() == [[-0.25, 0, 0.25, 0.25]]


def test_without_bins_distances_are_neither_decoded_nor_clamped():
    assert decode_boxes([[[1, -2, 3, 40]]], [[0.5, 0.5]], dialect=DIALECT).tolist() == [[[-0.5, 2.5, 3.5, 40.5]]]
    assert bbox2dist([[0.5, 0.5]], [[1, 0, 99, 1]], dialect=DIALECT).tolist() == [[-0.5, 0.5, 98.5, 0.5]]


def test_without_bins_there_is_no_distribution_loss():
    with pytest.raises(DialectError, match="^dialect: expected bins"):
        dfl_loss(np.zeros((1, 4)), np.zeros((1, 4)), dialect=DIALECT)


@pytest.mark.parametrize("missing", ["stride_tensor", "image_size"])
def test_without_bins_the_box_loss_needs_stride_and_image(missing):
    given = {"stride_tensor": [[8]], "image_size": (64, 64), missing: None}
    boxes = np.array([[[0.0, 0, 2, 2]]])

    with pytest.raises(ArgumentError, match=f"^{missing}: expected .* got None$"):
        bbox_loss(boxes, boxes, [[1, 1]], boxes, [[[1]]], 1.0, [[1]], **given, dialect=DIALECT)

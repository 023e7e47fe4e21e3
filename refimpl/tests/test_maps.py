"""Feature maps: the image they are of, and their channels anchor by anchor and back."""

from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8, ShapeError, detection_loss
from refimpl.maps import image_size, levels_of, split_predictions

TWO_LEVELS = replace(YOLOV8, num_classes=2, reg_max=2, strides=(8, 16))


@pytest.mark.parametrize("second", [(4, 5), (4, 4), (5, 5)])
def test_maps_of_one_image_fit_to_a_cell(second):
    assert image_size([(8, 10), second], dialect=TWO_LEVELS) == (64, 80)


@pytest.mark.parametrize("shapes", [[(8, 10), (16, 20)], [(8, 20), (10, 4)], [(4, 5), (8, 10)], [(8, 10), (0, 0)]])
def test_maps_in_the_wrong_order_or_turned_are_refused(shapes):
    with pytest.raises(ShapeError, match=r"^feature_maps\[1\]: expected maps of one image at strides \(8, 16\), got \("):
        image_size(shapes, dialect=TWO_LEVELS)


def test_the_detection_loss_refuses_maps_of_different_images():
    maps = [np.zeros((1, 10, 8, 8)), np.zeros((1, 10, 8, 8))]

    with pytest.raises(ShapeError, match=r"^feature_maps\[1\]: "):
        detection_loss(maps, np.zeros((0, 6)), dialect=TWO_LEVELS)


def test_single_precision_maps_are_read_in_double():
    maps = [np.ones((1, 10, 2, 2), np.float32), np.ones((1, 10, 1, 1), np.float32)]

    pred_dist, logits = split_predictions(maps, dialect=TWO_LEVELS)

    assert (pred_dist.dtype, logits.dtype) == (np.float64, np.float64)
    assert (pred_dist.shape, logits.shape) == ((1, 5, 8), (1, 5, 2))


def test_levels_are_views_of_the_channels_they_came_from():
    channels = np.moveaxis(np.zeros((2, 10, 5)), 1, -1)

    first, second = levels_of(channels, [(2, 2), (1, 1)])
    first += 1

    assert (first.shape, second.shape) == ((2, 10, 2, 2), (2, 10, 1, 1))
    assert channels[:, :4].all() and not channels[:, 4:].any()

"""The losses of the foreground anchors by hand, and their gradients."""

import math
from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8, bbox_loss, bbox_loss_vjp, ciou_vjp, dfl_loss, dfl_loss_vjp

SMALL = replace(YOLOV8, num_classes=2, reg_max=4, strides=(8,), iou_eps=2.0**-80, overlap_eps=2.0**-80)
"""Small sizes, and an epsilon too small to be seen in a sum with any number of these tests."""


FOREGROUND = {
    "pred_dist": np.random.default_rng(1).normal(size=(1, 3, 16)),
    "pred_bboxes": np.array([[[1, 1, 3, 3], [0, 0, 4, 4], [5, 5, 7, 7]]], float),
    "anchor_points": np.array([[1.5, 1.5], [2.5, 2.5], [6.5, 6.5]]),
    "target_bboxes": np.array([[[0, 0, 4, 4], [0, 0, 4, 4], [9, 9, 9, 9]]], float),
    "target_scores": np.array([[[0.5, 0], [0, 0.25], [0, 0]]]),
    "target_scores_sum": 2.0,
    "fg_mask": np.array([[True, True, False]]),
}


def test_the_box_loss_weighs_one_minus_ciou_by_the_target_scores():
    # CIoU 1/4 with weight 1/2, CIoU 1 with weight 1/4, over 2: (1/2 · 3/4 + 0) / 2.
    assert bbox_loss(**FOREGROUND, dialect=SMALL).box == 0.1875


def test_the_distribution_loss_weighs_the_dfl_of_the_clamped_distances():
    # Anchor (1.5, 1.5) to (0, 0, 4, 4): 1.5, 1.5, 2.5, 2.5; anchor (2.5, 2.5): 2.5, 2.5, 1.5, 1.5.
    distances = [[1.5, 1.5, 2.5, 2.5], [2.5, 2.5, 1.5, 1.5]]
    first, second = dfl_loss(FOREGROUND["pred_dist"][0, :2], distances, dialect=SMALL)

    assert math.isclose(bbox_loss(**FOREGROUND, dialect=SMALL).dfl, (first / 2 + second / 4) / 2, rel_tol=1e-14)


def test_what_stands_on_background_anchors_is_not_read():
    changed = {name: np.array(value) for name, value in FOREGROUND.items()}
    changed["pred_dist"][0, 2] = changed["pred_bboxes"][0, 2] = changed["target_bboxes"][0, 2] = np.inf

    assert bbox_loss(**changed, dialect=SMALL) == bbox_loss(**FOREGROUND, dialect=SMALL)


def test_without_foreground_both_terms_are_zero():
    nothing = {**FOREGROUND, "fg_mask": np.zeros((1, 3))}

    assert bbox_loss(**nothing, dialect=SMALL) == (0, 0)


def gradient(box=1.0, dfl=1.0, **changes):
    """Of the foreground as above, changed."""
    return bbox_loss_vjp(**{**FOREGROUND, **changes}, cotangent_box=box, cotangent_dfl=dfl, dialect=SMALL)


def test_each_foreground_box_gets_minus_its_ciou_gradient_times_its_share():
    # Weights 1/2 and 1/4 over 2: shares 1/4 and 1/8.
    pairs = FOREGROUND["pred_bboxes"][0, :2], FOREGROUND["target_bboxes"][0, :2]

    boxes = gradient().pred_bboxes

    assert (boxes[0, :2] == ciou_vjp(*pairs, [-1 / 4, -1 / 8], dialect=SMALL).boxes1).all()


def test_each_foreground_anchor_gets_its_dfl_gradient_times_its_share():
    distances = [[1.5, 1.5, 2.5, 2.5], [2.5, 2.5, 1.5, 1.5]]

    dist = gradient().pred_dist

    assert (dist[0, :2] == dfl_loss_vjp(FOREGROUND["pred_dist"][0, :2], distances, [1 / 4, 1 / 8], dialect=SMALL)).all()


def test_each_cotangent_pulls_at_its_own_loss_only():
    both, box, dfl = gradient(-2.0, 3.0), gradient(1.0, 0.0), gradient(0.0, 1.0)

    assert not box.pred_dist.any() and not dfl.pred_bboxes.any()
    np.testing.assert_array_almost_equal_nulp(both.pred_bboxes, -2 * box.pred_bboxes, 2)
    np.testing.assert_array_almost_equal_nulp(both.pred_dist, 3 * dfl.pred_dist, 2)


def test_nothing_flows_off_the_foreground_and_through_a_weight_of_zero():
    scores = FOREGROUND["target_scores"] * [[[1.0], [0.0], [1.0]]]

    dist, boxes = gradient(target_scores=scores)

    assert dist[0, 0].any() and boxes[0, 0].any()
    assert not dist[0, 1:].any() and not boxes[0, 1:].any()


@pytest.mark.parametrize("images, anchors", [(0, 3), (1, 0), (1, 3)])
def test_without_foreground_the_gradients_are_zeros_of_the_shape_of_their_arguments(images, anchors):
    empty = {
        name: value[:images, :anchors] if name != "anchor_points" else value[:anchors]
        for name, value in FOREGROUND.items()
        if name != "target_scores_sum"
    }

    dist, boxes = gradient(**{**empty, "fg_mask": np.zeros((images, anchors), bool)})

    assert (dist.shape, boxes.shape) == ((images, anchors, 16), (images, anchors, 4))
    assert not dist.any() and not boxes.any()


def test_the_arguments_of_a_gradient_are_left_as_they_are():
    before = {name: np.copy(value) for name, value in FOREGROUND.items()}

    gradient()

    assert all((before[name] == value).all() for name, value in FOREGROUND.items())

"""The losses by hand: classification, boxes and distributions."""

import math
from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8, NumberTypeError, ShapeError, bbox_loss, bce_loss, dfl_loss

LN2 = math.log(2)
SMALL = replace(YOLOV8, num_classes=2, reg_max=4, strides=(8,), iou_eps=2.0**-80)
"""Small sizes, and an epsilon too small to be seen in a sum with any number of these tests."""


@pytest.mark.parametrize(
    "logit, target, expected",
    [
        (0, 0.3, LN2),  # whatever the target
        (0, 1, LN2),
        (math.log(3), 0, math.log(4)),  # σ = 3/4: −ln 1/4
        (math.log(3), 1, math.log(4 / 3)),
        (-math.log(3), 0.5, (math.log(4) + math.log(4 / 3)) / 2),
        (1000, 1, 0),
        (1000, 0, 1000),
        (-1000, 1, 1000),
        (-80, 0, math.exp(-80)),
    ],
)
def test_bce_is_the_cross_entropy_of_the_sigmoid_and_finite(logit, target, expected):
    assert math.isclose(float(bce_loss(float(logit), float(target))), expected, rel_tol=1e-15)


def test_bce_keeps_the_shape_of_its_arguments():
    assert bce_loss(np.zeros((2, 0, 3)), np.zeros((2, 0, 3))).shape == (2, 0, 3)
    assert bce_loss(np.zeros((2, 3)), np.ones((2, 3))).shape == (2, 3)


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


@pytest.mark.parametrize(
    "call, kind, text",
    [
        (lambda: bce_loss(np.ones(3), np.ones(2)), ShapeError, "targets: expected shape (3,) like logits, got (2,)"),
        (lambda: bce_loss(["a"], [1]), NumberTypeError, "logits: expected real numbers, got dtype <U1"),
        (
            lambda: bbox_loss(**{**FOREGROUND, "fg_mask": np.ones((1, 2))}, dialect=SMALL),
            ShapeError,
            "fg_mask: expected shape (B, A), got (1, 2); A=3 from pred_dist, B=1 from pred_dist",
        ),
        (
            lambda: bbox_loss(**{**FOREGROUND, "target_scores": np.ones((1, 3, 5))}, dialect=SMALL),
            ShapeError,
            "target_scores: expected shape (B, A, C), got (1, 3, 5); A=3 from pred_dist, B=1 from pred_dist, C=2 from the dialect",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(call, kind, text):
    with pytest.raises(kind) as caught:
        call()

    assert str(caught.value) == text

"""The gradients of `refimpl` against differences of the second oracle: boxes, decode and the IoU family.

Those of the losses are in test_oracle_loss_gradients.py. At kinks there is more than one right slope: see
`conformance/tests/judging/test_kinks.py`.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import refimpl
from refimpl import oracle
from refimpl.oracle import draws
from refimpl.oracle.closeness import assert_close, is_defined, slope_scale

DIALECT = dataclasses.replace(refimpl.YOLOV8, num_classes=3, topk=4)
FREE_ALPHA = dataclasses.replace(DIALECT, constant_alpha=False)

FAMILY = pytest.mark.parametrize(
    "op, dialect",
    [("iou", DIALECT), ("giou", DIALECT), ("diou", DIALECT), ("ciou", DIALECT), ("ciou", FREE_ALPHA)],
    ids=["iou", "giou", "diou", "ciou", "ciou, alpha differentiated"],
)

SLOPE = 4
"""The IoU family: a dozen roundings of half an ulp each from corner to slope, on terms that the scale adds up."""

SOFTMAX = 8
"""A decode: exp and log within 2 ulps, R additions, a difference of two bins; R and the logits are in the scale."""


def slopes_of(op, boxes1, boxes2, dialect):
    """Gradient of the values by the eight corners of each pair."""
    gradient = getattr(refimpl, f"{op}_vjp")(boxes1, boxes2, np.ones(len(boxes1)), dialect=dialect)
    return np.concatenate(gradient, axis=1)


def assert_slopes_agree(op, boxes1, boxes2, dialect, judged=None):
    """All slopes of all pairs, or those that are judged (N, 8)."""
    got = slopes_of(op, boxes1, boxes2, dialect)

    pairs = list(zip(boxes1.tolist(), boxes2.tolist()))
    judged = np.ones(got.shape, bool) if judged is None else judged
    expected = np.array([oracle.gradient(oracle.frozen_overlap(op, *pair, dialect), sum(pair, [])) for pair in pairs])
    scale = np.array([slope_scale(op, *pair, dialect) + slope_scale(op, *pair[::-1], dialect) for pair in pairs])
    assert_close(f"gradient of {op}", got[judged], expected[judged].tolist(), ulps=SLOPE, scale=scale[judged])


def smooth(boxes1, boxes2):
    """(N, 8) bool: slopes along an axis on which no corners meet that min, max or the clamp of the overlap compare."""
    inner = np.minimum(boxes1[:, 2:], boxes2[:, 2:]) == np.maximum(boxes1[:, :2], boxes2[:, :2])
    kink = (boxes1[:, :2] == boxes2[:, :2]) | (boxes1[:, 2:] == boxes2[:, 2:]) | inner
    return np.tile(~kink, 4)


@FAMILY
def test_slopes_of_ordinary_tiny_distant_and_nearly_identical_boxes_agree(op, dialect):
    rng = np.random.default_rng(30)
    boxes = draws.boxes(rng, 25)
    others = [draws.neighbours(rng, boxes), draws.boxes(rng, 25), boxes + [1e-7, 2e-7, -1e-7, 3e-7]]

    assert_slopes_agree(op, np.tile(boxes, (3, 1)), np.concatenate(others), dialect)


@FAMILY
def test_slopes_on_the_lattice_agree_with_inverted_boxes_among_them(op, dialect):
    rng = np.random.default_rng(31)
    boxes1, boxes2 = draws.lattice_boxes(rng, 120), draws.lattice_boxes(rng, 120)
    defined = [is_defined(*pair, dialect) for pair in zip(boxes1.tolist(), boxes2.tolist())]
    judged = smooth(boxes1, boxes2) & np.array(defined)[:, np.newaxis]

    assert judged.sum() > 200 and (boxes1[:, 2:] < boxes1[:, :2])[judged[:, :2]].any()
    assert_slopes_agree(op, boxes1, boxes2, dialect, judged)


@FAMILY
@pytest.mark.parametrize("flat", [[2], [3], [2, 3]], ids=["no width", "no height", "a point"])
def test_slopes_of_a_prediction_without_area_agree_be_they_of_order_one_or_a_million(op, dialect, flat):
    rng = np.random.default_rng(32)
    targets = draws.boxes(rng, 10)
    predicted = draws.neighbours(rng, targets)
    predicted[:, flat] = predicted[:, [corner - 2 for corner in flat]]

    assert_slopes_agree(op, predicted, targets, dialect, smooth(predicted, targets))


def test_a_point_inside_a_square_has_a_slope_of_a_million():
    # θ = atan(w/ε) turns by 1/ε: ∂(αv) = α · 8/π² · π/4 / ε with v = 1/4, α = v / (1 + v) = 1/5.
    point, square = np.array([[5.0, 5, 5, 5]]), np.array([[0.0, 0, 10, 10]])

    (slopes,) = slopes_of("ciou", point, square, DIALECT)

    assert np.allclose(np.abs(slopes[[0, 2]]), 0.2 * 2 / np.pi * 1e7, rtol=1e-6) and slopes[0] == -slopes[2]
    assert_slopes_agree("ciou", point, square, DIALECT)


@FAMILY
def test_slopes_far_below_a_value_of_minus_one_agree(op, dialect):
    boxes1, boxes2 = np.array([[0.0, 0, 100, 1]] * 2), np.array([[500.0, 500, 501, 600], [-5000, 9000, -4999.5, 9400]])

    assert_slopes_agree(op, boxes1, boxes2, dialect)


@FAMILY
@pytest.mark.parametrize("cotangent", [0.0, 1.0, -2.5, 1e-30])
def test_a_gradient_is_the_slopes_times_the_cotangent_of_each_pair(op, dialect, cotangent):
    rng = np.random.default_rng(33)
    boxes1, cotangents = draws.boxes(rng, 5), np.array([1.0, cotangent, 1.0, -1.0, cotangent])
    boxes2 = draws.neighbours(rng, boxes1)

    first, second = getattr(refimpl, f"{op}_vjp")(boxes1, boxes2, cotangents, dialect=dialect)

    expected = cotangents[:, np.newaxis] * slopes_of(op, boxes1, boxes2, dialect)
    assert (np.concatenate([first, second], axis=1) == expected).all()


def test_distances_get_the_gradient_of_their_corners():
    rng = np.random.default_rng(34)
    distance, anchors, g = rng.uniform(-2, 16, (2, 5, 4)), rng.uniform(-5, 80, (5, 2)), rng.normal(size=(2, 5, 4))

    got = refimpl.dist2bbox_vjp(distance, anchors, g, dialect=DIALECT)

    for b, a in np.ndindex(2, 5):
        def pulled(x):
            return sum(oracle.real(w) * side for w, side in zip(g[b, a], oracle.dist2bbox(x, anchors[a])))

        assert_close("gradient of dist2bbox", got[b, a], oracle.gradient(pulled, distance[b, a]), ulps=0)


@pytest.mark.parametrize("reg_max", [2, 16])
def test_gradients_of_decoded_boxes_agree_for_ordinary_saturated_and_equal_logits(reg_max):
    rng = np.random.default_rng(35)
    dialect = dataclasses.replace(DIALECT, reg_max=reg_max)
    logits, anchors, g = draws.logits(rng, 1, 4, 4 * reg_max), rng.uniform(0, 80, (4, 2)), rng.normal(size=(1, 4, 4))
    logits[0, 0] += 800.0  # e^800 overflows, the gradient does not
    logits[0, 1] = -80.0

    got = refimpl.decode_boxes_vjp(logits, anchors, g, dialect=dialect)

    for a in range(4):
        def pulled(x):
            return sum(oracle.real(w) * side for w, side in zip(g[0, a], oracle.decode(x, anchors[a], reg_max)))

        size = np.repeat(np.abs(g[0, a]), reg_max) * reg_max
        scale = size * (1 + np.abs(logits[0, a]).max())
        assert_close("gradient of decode_boxes", got[0, a], oracle.gradient(pulled, logits[0, a]), ulps=SOFTMAX, scale=scale)


@pytest.mark.parametrize("height", [80.0, 150.0])
def test_a_saturated_side_keeps_the_digits_of_its_tiny_gradient(height):
    # All mass on bin 0: p_j = e^−height, so bin j gets j · e^−height to first order.
    logits = np.zeros((1, 1, 64))
    logits[..., ::16] = height

    got = refimpl.decode_boxes_vjp(logits, [[0.5, 0.5]], [[[-1, -1, 1, 1]]], dialect=DIALECT)

    expected = np.tile(np.arange(16) * np.exp(-height), 4)
    expected[::16] = 0
    got = got[0, 0] * np.where(np.arange(64) % 16, 1, 0)
    np.testing.assert_allclose(got, expected, rtol=1e-12)

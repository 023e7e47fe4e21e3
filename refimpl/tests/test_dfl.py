"""Distribution Focal Loss: expectations of bins, and the cross-entropy of the two bins around a target."""

import math
from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8, decode_boxes, decode_boxes_vjp, dfl_loss, dfl_loss_vjp
from refimpl.dfl import _bin_weights

FOUR_BINS = replace(YOLOV8, reg_max=4)
LN2 = math.log(2)


def sides(*probabilities):
    """Logits (4R,) of four distributions, given as probabilities; 0 becomes e^−200."""
    return np.log(np.maximum(np.array(probabilities, float), math.exp(-200))).reshape(-1)


def test_a_distance_is_the_mean_of_its_bins():
    # Means: (1 + 2) / 2 = 1.5; 3; (0 + 1 + 2 + 3) / 4 = 1.5; 0.75 · 0 + 0.25 · 2 = 0.5, about (10, 20).
    logits = sides([0, 0.5, 0.5, 0], [0, 0, 0, 1], [0.25] * 4, [0.75, 0, 0.25, 0])

    box = decode_boxes(logits.reshape(1, 1, 16), [[10, 20]], dialect=FOUR_BINS)

    np.testing.assert_array_almost_equal_nulp(box[0, 0], np.array([8.5, 17, 11.5, 20.5]), 2)


def test_the_decode_example_of_seed_002_has_its_slip_corrected():
    # Seed 002 prints 3.58 for the last side; 0.4 · 4 + 0.5 · 5 + 0.06 · 6 + 0.04 · 7 = 4.74, so y2 = 18.3 + 4.74 = 23.04.
    bottom = [0, 0, 0, 0, 0.4, 0.5, 0.06, 0.04] + [0] * 8

    box = decode_boxes(sides(bottom, bottom, bottom, bottom).reshape(1, 1, 64), [[20.6, 18.3]], dialect=YOLOV8)

    assert round(float(box[0, 0, 3]), 12) == 23.04


@pytest.mark.parametrize("shift", [0.0, 1000.0, -1000.0])
def test_logits_may_be_of_any_size(shift):
    box = decode_boxes(np.full((1, 1, 16), shift), [[0, 0]], dialect=FOUR_BINS)

    assert box.tolist() == [[[-1.5, -1.5, 1.5, 1.5]]]


def test_the_last_bin_is_reached_only_by_a_saturated_logit():
    box = decode_boxes(np.tile([0, 0, 0, 1000.0], 4).reshape(1, 1, 16), [[0, 0]], dialect=FOUR_BINS)

    assert box.tolist() == [[[-3, -3, 3, 3]]]


@pytest.mark.parametrize(
    "target, weights",
    [
        (0.0, [1, 0, 0, 0]),
        (1.0, [0, 1, 0, 0]),
        (1.25, [0, 0.75, 0.25, 0]),
        (2.99, [0, 0, 0.01, 0.99]),
        (7.0, [0, 0, 0.01, 0.99]),
        (-2.0, [1, 0, 0, 0]),
    ],
)
def test_a_target_puts_its_weight_on_the_two_bins_around_it(target, weights):
    assert np.round(_bin_weights(np.array(target), FOUR_BINS), 12).tolist() == weights


def test_a_target_of_5_3_puts_0_7_on_bin_5_and_0_3_on_bin_6():
    weights = _bin_weights(np.array(5.3), YOLOV8)

    assert {i: round(float(w), 12) for i, w in enumerate(weights) if w} == {5: 0.7, 6: 0.3}


def test_the_loss_is_the_mean_of_four_cross_entropies():
    # Targets on the bins 0, 1, 2 and between 0 and 1, of distributions that give those bins 1/2, 1/4, 1/8 and 1/2, 1/4:
    # ln 2 · (1 + 2 + 3 + (1 + 2) / 2) / 4.
    distribution = [1 / 2, 1 / 4, 1 / 8, 1 / 8]

    (loss,) = dfl_loss([sides(*[distribution] * 4)], [[0, 1, 2, 0.5]], dialect=FOUR_BINS)

    assert math.isclose(loss, LN2 * 7.5 / 4, rel_tol=1e-15)


def test_equal_logits_cost_the_logarithm_of_the_number_of_bins_whatever_the_target():
    losses = dfl_loss(np.zeros((2, 16)), [[0, 1, 2, 0.5], [9, -9, 2.5, 0.1]], dialect=FOUR_BINS)

    np.testing.assert_array_almost_equal_nulp(losses, np.full(2, math.log(4)), 8)


def test_a_target_past_either_end_costs_what_the_end_costs():
    logits = np.random.default_rng(1).normal(size=(1, 16))

    low, below = (dfl_loss(logits, [[x] * 4], dialect=FOUR_BINS) for x in (0, -5))
    high, above = (dfl_loss(logits, [[x] * 4], dialect=FOUR_BINS) for x in (FOUR_BINS.largest_distance, 3))

    assert (low, high) == (below, above)


def test_a_sure_and_right_distribution_costs_nothing_and_a_wrong_one_stays_finite():
    sure = np.tile([1000.0, 0, 0, 0], 4)[np.newaxis]

    assert dfl_loss(sure, [[0] * 4], dialect=FOUR_BINS).tolist() == [0]
    assert dfl_loss(sure, [[2] * 4], dialect=FOUR_BINS).tolist() == [1000]


def test_a_bin_is_pulled_by_its_probability_times_its_distance_from_the_mean():
    # Sides of 1.5, 3, 1.5 and 0.5 cells: p_j · (j − d), and a minus for left and top.
    logits = sides([0, 0.5, 0.5, 0], [0, 0, 0, 1], [0.25] * 4, [0.75, 0, 0.25, 0])

    gradient = decode_boxes_vjp(logits.reshape(1, 1, 16), [[10, 20]], [[[1, 1, 1, 2]]], dialect=FOUR_BINS)

    expected = [0, 0.25, -0.25, 0] + [0] * 4 + [-0.375, -0.125, 0.125, 0.375] + [-0.75, 0, 0.75, 0]
    np.testing.assert_allclose(gradient[0, 0], expected, atol=1e-15)


@pytest.mark.parametrize("shift", [1000.0, -1000.0])
def test_a_shift_of_all_logits_does_not_change_the_gradient(shift):
    logits = np.arange(16.0).reshape(1, 1, 16)

    here, there = (decode_boxes_vjp(x, [[0, 0]], [[[1] * 4]], dialect=FOUR_BINS) for x in (logits, logits + shift))

    np.testing.assert_allclose(there, here, rtol=1e-12)


def test_a_bin_learns_a_quarter_of_its_probability_less_its_weight():
    # Flat bins of 1/4; targets 0, 1.25, past the last bin, and below the first.
    gradient = dfl_loss_vjp(np.zeros((1, 16)), [[0, 1.25, 9, -1]], [4.0], dialect=FOUR_BINS)

    expected = [[-0.75, 0.25, 0.25, 0.25], [0.25, -0.5, 0, 0.25], [0.25, 0.25, 0.24, -0.74], [-0.75, 0.25, 0.25, 0.25]]
    np.testing.assert_allclose(gradient.reshape(4, 4), expected, atol=1e-14)


def test_a_target_that_is_certain_and_right_teaches_nothing():
    assert not dfl_loss_vjp(np.tile([1000.0, 0, 0, 0], (1, 4)), [[0, 0, -1, 0]], [1.0], dialect=FOUR_BINS).any()


def test_gradients_leave_their_arguments_as_they_are():
    for vjp, shapes in ((decode_boxes_vjp, [(1, 2, 16), (2, 2), (1, 2, 4)]), (dfl_loss_vjp, [(2, 16), (2, 4), (2,)])):
        arguments = [np.ones(shape) for shape in shapes]
        vjp(*arguments, dialect=FOUR_BINS)

        assert all((x == 1).all() for x in arguments)


def test_no_anchors_have_no_losses():
    assert dfl_loss(np.zeros((0, 16)), np.zeros((0, 4)), dialect=FOUR_BINS).shape == (0,)
    assert decode_boxes(np.zeros((2, 0, 16)), np.zeros((0, 2)), dialect=FOUR_BINS).shape == (2, 0, 4)


@pytest.mark.parametrize("images, anchors", [(2, 0), (0, 3), (0, 0)])
def test_no_anchors_have_gradients_of_no_rows(images, anchors):
    shape, points = (images, anchors, 16), np.zeros((anchors, 2))

    assert decode_boxes_vjp(np.zeros(shape), points, np.zeros((images, anchors, 4)), dialect=FOUR_BINS).shape == shape
    assert dfl_loss_vjp(np.zeros((0, 16)), np.zeros((0, 4)), np.zeros(0), dialect=FOUR_BINS).shape == (0, 16)

"""Binary cross-entropy and the sigmoid by hand, and what a logit learns."""

import math

import numpy as np
import pytest

from refimpl import bce_loss, bce_loss_vjp
from refimpl.bce import sigmoid

LN2 = math.log(2)


@pytest.mark.parametrize("x, expected", [(0, 0.5), (math.log(3), 0.75), (-math.log(3), 0.25), (1000, 1), (-1000, 0)])
def test_the_sigmoid_does_not_overflow(x, expected):
    assert math.isclose(float(sigmoid(np.float64(x))), expected, rel_tol=1e-15)


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


@pytest.mark.parametrize(
    "logit, target, expected",
    [
        (0, 0.25, 0.25),
        (math.log(3), 0, 0.75),
        (math.log(3), 1, -0.25),
        (1000, 1, 0),
        (1000, 0, 1),
        (-1000, 1, -1),
        (-80, 0, math.exp(-80)),
        (80, 0.5, 0.5),
    ],
)
def test_a_logit_learns_its_probability_less_its_target(logit, target, expected):
    assert math.isclose(float(bce_loss_vjp(float(logit), float(target), 1.0)), expected, rel_tol=1e-15)
    assert math.isclose(float(bce_loss_vjp(float(logit), float(target), -4.0)), -4 * expected, rel_tol=1e-15)


@pytest.mark.parametrize("shape", [(2, 0, 3), (0,), (2, 3), ()])
def test_the_gradient_has_the_shape_of_the_logits(shape):
    assert np.shape(bce_loss_vjp(np.zeros(shape), np.zeros(shape), np.ones(shape))) == shape


def test_the_arguments_of_a_gradient_are_left_as_they_are():
    arguments = [np.array([1.0, -2.0]), np.array([0.5, 1.0]), np.array([3.0, 4.0])]
    before = [x.copy() for x in arguments]

    bce_loss_vjp(*arguments)

    assert all((x == y).all() for x, y in zip(before, arguments))

"""The step: the derivative of a corner."""

import numpy as np
import pytest

from refimpl.kinks import step


@pytest.mark.parametrize("x, expected", [(-1e-300, 0), (-np.inf, 0), (0.0, 0.5), (-0.0, 0.5), (1e-300, 1), (np.inf, 1)])
def test_the_step_is_one_above_zero_zero_below_and_a_half_between(x, expected):
    assert step(np.array(x)) == expected


def test_the_step_keeps_shape_and_number_type():
    assert step(np.zeros((2, 0, 3))).shape == (2, 0, 3)
    assert step(np.zeros(2, np.float32)).dtype == np.float32

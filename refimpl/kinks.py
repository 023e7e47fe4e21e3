"""Kinks: the derivative of a function with a corner, such as min, max and clamp."""

from __future__ import annotations

import numpy as np

from refimpl.arrays import FloatArray


def step(x: FloatArray) -> FloatArray:
    """Derivative of max(x, 0): 1 above 0, 0 below, and ½ at 0.

    At 0 the one-sided derivatives are 0 and 1, and implementations take either, or any mean of them; an
    error-carrying number gives the whole range.

    Parameters
    ----------
    x : float array

    Returns
    -------
    float array of that shape, in [0, 1]
    """
    return np.heaviside(x, 0.5)


def sign(x: FloatArray) -> FloatArray:
    """Derivative of |x|: 1 above 0, −1 below, and 0 at 0, the mean of the two; see `step`.

    Parameters
    ----------
    x : float array

    Returns
    -------
    float array of that shape, in [−1, 1]
    """
    return 2 * step(x) - 1

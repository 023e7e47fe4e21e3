"""How errors of the inputs reach the result of one operation, rounding aside: |f(x ± e) − f(x)| at most.

Each function takes the result as a float64 array and the operands as numbers with `value` and `error`, and gives the
propagated bound. They are written so that nothing cancels when errors are tiny.
"""

from __future__ import annotations

from typing import Any, Callable, Dict

import numpy as np


def _times(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a · b, where an exact 0 times infinity is 0."""
    product = a * b
    return np.where((a == 0) | (b == 0), 0, product) if np.count_nonzero(np.isnan(product)) else product


def _multiply(value, a, b):
    """Where a factor is exact throughout, as most are, two of the three terms are 0."""
    uncertain = np.count_nonzero(a.error), np.count_nonzero(b.error)
    if uncertain == (0, 0):
        return np.zeros(value.shape)
    if not uncertain[1]:
        return _times(np.abs(b.value), a.error)
    if not uncertain[0]:
        return _times(np.abs(a.value), b.error)
    return _times(np.abs(a.value), b.error) + _times(np.abs(b.value), a.error) + _times(a.error, b.error)


def _divide(value, a, b):
    room = np.abs(b.value) - b.error
    return np.where(room > 0, (a.error + np.abs(value) * b.error) / room, np.inf)


def _log(argument, error):
    return np.where(argument > error, -np.log1p(-error / argument), np.inf)


def _arctan(value, x):
    nearest = np.maximum(np.abs(x.value) - x.error, 0)
    return np.minimum(x.error / (1 + np.square(nearest)), np.pi / 2 + np.abs(value))


def _power(value, x, y):
    """Base >= 0, exponent exact and positive; the base's lower end is cut off at 0."""
    relative = np.where(x.value > 0, x.error / np.where(x.value > 0, x.value, 1), np.inf)
    up = np.where(x.value > 0, value * np.expm1(y.value * np.log1p(relative)), x.error**y.value)
    down = np.where(relative < 1, -value * np.expm1(y.value * np.log1p(-np.minimum(relative, 0.5))), value)
    down = np.where(relative > 0.5, value, down)
    stored = value * np.abs(np.log(np.where(x.value > 0, x.value, 1))) * y.error
    return np.where((x.value == 0) & (x.error == 0), 0, np.maximum(up, down) + stored)


def _sqrt(value, x):
    """√x − √(x − e) = e / (√x + √(x − e)), the larger of both sides; √e where x is 0."""
    total = value + np.sqrt(np.maximum(x.value - x.error, 0))
    return np.where(total > 0, x.error / np.where(total > 0, total, 1), np.sqrt(x.error))


def _heaviside(value, x, half):
    """With ½ at 0 it is the derivative of a kink, and there anything from 0 to 1 is right, be x exact or not."""
    may_be_zero = (np.abs(x.value) <= x.error) & ((x.error > 0) | (half.value == 0.5))
    return np.where(may_be_zero, np.maximum(value, 1 - value), 0)


def _extreme(sign):
    """The larger (sign 1) or smaller (−1) of two: either may reach past the result, by its own error at most."""
    return lambda value, a, b: np.maximum(sign * (a.value - value) + a.error, sign * (b.value - value) + b.error)


PROPAGATE: Dict[np.ufunc, Callable[..., Any]] = {
    np.add: lambda value, a, b: a.error + b.error,
    np.subtract: lambda value, a, b: a.error + b.error,
    np.multiply: _multiply,
    np.square: lambda value, x: 2 * _times(np.abs(x.value), x.error) + np.square(x.error),
    np.divide: _divide,
    np.negative: lambda value, x: x.error,
    np.heaviside: _heaviside,
    np.absolute: lambda value, x: x.error,
    np.exp: lambda value, x: value * np.expm1(x.error),
    np.log: lambda value, x: _log(x.value, x.error),
    np.log1p: lambda value, x: _log(1 + x.value, x.error),
    np.arctan: _arctan,
    np.sqrt: _sqrt,
    np.cos: lambda value, x: x.error,
    np.power: _power,
    np.maximum: _extreme(1),
    np.minimum: _extreme(-1),
}
"""Bound of each ufunc an error-carrying number supports. Comparisons are not among them, on purpose."""

"""A number that carries its error: running error analysis through NumPy's own protocols.

`Rounded` holds a float64 value and a bound on how far any sane evaluation of the same formula in some precision may
lie from it. The reference is written in plain ufuncs, so it runs on this type unchanged, and every bound the suite
uses is derived by it. Comparisons are refused: a decision is never taken silently on an uncertain number.
"""

from __future__ import annotations

import functools
from typing import Any, Callable, Dict, Tuple

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from conformance.judging.primitives import PRIMITIVES
from conformance.judging.propagation import PROPAGATE
from refimpl.precision import EVERY_PRECISION, FLOAT32, FLOAT64, KINKS, PRECISIONS, Precision

__all__ = ["EVERY_PRECISION", "FLOAT32", "FLOAT64", "KINKS", "LATTICE", "PRECISIONS", "Precision", "Rounded", "widened"]


LATTICE = 2.0**10
"""Multiples of 1/1024 below 1024 in size, 20 bits: even sums of several of them fit float32."""

COARSE = 2.0**-20
"""A precision with a larger u is half: numbers of 8 bits, multiples of 1/16 below 16, are what all of them hold."""


class Rounded(NDArrayOperatorsMixin):
    """value ± error, elementwise.

    Parameters
    ----------
    value : float array
    precision : of the evaluation that is judged
    error : float array, >= 0 or inf, broadcastable to `value`; default 0, an exact input
    """

    def __init__(self, value: Any, precision: Precision, error: Any = 0.0) -> None:
        self.value = np.asarray(value, np.float64)
        self.error = np.asarray(error, np.float64)
        if self.error.shape != self.value.shape:
            self.error = np.full(self.value.shape, self.error)
        self.precision = precision

    lo = property(lambda self: np.nextafter(self.value - self.error, np.where(self.error > 0, -np.inf, self.value)))
    hi = property(lambda self: np.nextafter(self.value + self.error, np.where(self.error > 0, np.inf, self.value)))
    shape = property(lambda self: self.value.shape)
    ndim = property(lambda self: self.value.ndim)

    def __len__(self) -> int:
        return len(self.value)

    def __bool__(self) -> bool:
        raise TypeError("an error-carrying number is neither true nor false: look at its lo and hi")

    def __repr__(self) -> str:
        return f"Rounded({self.value} ± {self.error})"

    def _each(self, function: Callable[[np.ndarray], np.ndarray]) -> "Rounded":
        """Apply a rearrangement to value and error alike."""
        return Rounded(function(self.value), self.precision, function(self.error))

    def __getitem__(self, index: Any) -> "Rounded":
        return self._each(lambda x: x[index])

    def __setitem__(self, index: Any, item: Any) -> None:
        item = _lift(item, self.precision)
        self.value[index], self.error[index] = item.value, item.error

    def reshape(self, *shape: Any) -> "Rounded":
        return self._each(lambda x: x.reshape(*shape))

    def sum(self, axis: Any = None, keepdims: bool = False) -> "Rounded":
        """Sum in any order: errors add up, and rounding costs at most n·u·Σ|terms| (Higham 2002, eq. 4.4).

        Of the terms only those count that are not exactly 0: to add such a one is exact.
        """
        value = self.value.sum(axis=axis, keepdims=keepdims)
        each = np.abs(self.value) + self.error
        terms = np.count_nonzero(each, axis=axis, keepdims=keepdims)
        size, error = each.sum(axis=axis, keepdims=keepdims), self.error.sum(axis=axis, keepdims=keepdims)
        with np.errstate(invalid="ignore"):
            return Rounded(value, self.precision, error + np.where(terms > 1, terms * self.precision.u * size, 0))

    def max(self, axis: Any = None, keepdims: bool = False) -> "Rounded":
        value = self.value.max(axis=axis, keepdims=keepdims)
        below = self.value - self.value.max(axis=axis, keepdims=True)
        return Rounded(value, self.precision, (below + self.error).max(axis=axis, keepdims=keepdims))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__" or kwargs or ufunc not in PROPAGATE:
            return NotImplemented
        inputs = [_lift(x, self.precision) for x in inputs]
        with np.errstate(all="ignore"):
            value = ufunc(*[x.value for x in inputs])
            error = PROPAGATE[ufunc](value, *inputs)
            if ufunc in PRIMITIVES and self.precision.u:
                error = error + _rounding(ufunc, value, error, inputs, self.precision)
        unknown = np.isnan(error)
        return Rounded(value, self.precision, np.where(unknown, np.inf, error) if np.count_nonzero(unknown) else error)

    def __array_function__(self, func: Callable, types: Any, args: Tuple, kwargs: Dict[str, Any]) -> Any:
        if func not in _FUNCTIONS:
            return NotImplemented
        return _FUNCTIONS[func](self.precision, *args, **kwargs)


def _lift(x: Any, precision: Precision) -> Rounded:
    """A plain constant carries the error of storing it in the judged precision, if it does not fit."""
    if isinstance(x, Rounded):
        return x
    # By the bits: 0 and −0 are equal.
    return _constant(float(x).hex(), precision) if isinstance(x, (int, float)) else _stored(np.asarray(x, np.float64), precision)


@functools.lru_cache(maxsize=4096)
def _constant(bits: str, precision: Precision) -> Rounded:
    """A number that stands in a formula. It is met again and again, and nobody writes to it."""
    return _stored(np.asarray(float.fromhex(bits)), precision)


def _stored(x: np.ndarray, precision: Precision) -> Rounded:
    with np.errstate(over="ignore"):
        stored = x.astype(precision.dtype) == x if precision.u < COARSE else x == np.rint(x * 16) / 16
        off = np.where(np.abs(x) < precision.tiny, np.abs(x), precision.u * np.abs(x))
    return Rounded(x, precision, np.where(stored & (np.abs(x) < 16 if precision.u >= COARSE else True), 0, off))


def _rounding(ufunc: np.ufunc, value: np.ndarray, error: np.ndarray, inputs: Any, precision: Precision) -> np.ndarray:
    """Error of the operation itself: relative and absolute part, and what flushing to zero may cost."""
    accuracy = PRIMITIVES[ufunc]
    size = accuracy.relative(*[x.value for x in inputs]) * (np.abs(value) + error)
    local = precision.u * (size + accuracy.absolute if accuracy.absolute else size)
    if ufunc in (np.add, np.subtract):
        return _unless(_adds_exactly(value, *inputs), local)
    local = local + precision.tiny
    exact = error == 0
    if not np.count_nonzero(exact):
        return local
    if ufunc in (np.multiply, np.divide):
        nothing, scaled = inputs[0].value == 0, _scales_exactly(inputs[1])
        if ufunc is np.multiply:
            nothing, scaled = nothing | (inputs[1].value == 0), scaled | _scales_exactly(inputs[0])
        exact &= nothing | (scaled & (np.abs(value) >= precision.tiny))
    else:
        exact &= (value == 0) & (accuracy.absolute == 0)
    return _unless(exact, local)


def _unless(exact: Any, local: np.ndarray) -> np.ndarray:
    """The error of an operation, 0 where it is exact."""
    return np.where(exact, 0, local) if np.count_nonzero(exact) else local


def _adds_exactly(value: np.ndarray, a: Rounded, b: Rounded) -> Any:
    """A sum with an exact 0, or of exact numbers on a lattice so coarse that no order of any such sum can round."""
    if all(np.count_nonzero(x.error) == x.error.size for x in (a, b)):
        return False
    exact = a.error == 0, b.error == 0
    nothing = ((a.value == 0) & exact[0]) | ((b.value == 0) & exact[1])
    lattice, fine = exact[0] & exact[1], LATTICE if a.precision.u < COARSE else 16.0
    for x in (a.value, b.value):
        if not np.count_nonzero(lattice):
            return nothing
        scaled = x * fine
        lattice = lattice & (scaled == np.floor(scaled)) & (np.abs(x) < fine)
    # The sum of two lies on it, too.
    return nothing | (lattice & (np.abs(value) < fine))


def _scales_exactly(factor: Rounded) -> np.ndarray:
    """An exact power of two."""
    return (factor.error == 0) & (np.abs(np.frexp(factor.value)[0]) == 0.5)


def _clip(x: Rounded, low: Rounded, high: Rounded) -> Rounded:
    """Both ends at once: an infinite error shrinks to the width of the range."""
    value = np.clip(x.value, low.value, high.value)
    up = np.minimum(x.value - value + x.error, high.value - value)
    down = np.minimum(value - x.value + x.error, value - low.value)
    ends = np.where(x.hi >= high.value, high.error, 0) + np.where(x.lo <= low.value, low.error, 0)
    return Rounded(value, x.precision, np.maximum(np.maximum(up, down), 0) + ends)


def _joined(function):
    def join(precision, arrays, axis=0):
        arrays = [_lift(x, precision) for x in arrays]
        return Rounded(
            function([x.value for x in arrays], axis=axis), precision, function([x.error for x in arrays], axis=axis)
        )

    return join


_FUNCTIONS = {
    np.concatenate: _joined(np.concatenate),
    np.stack: _joined(np.stack),
    np.zeros_like: lambda precision, x, shape=None: Rounded(np.zeros(x.shape if shape is None else shape), precision),
    np.clip: lambda precision, x, low, high: _clip(x, _lift(low, precision), _lift(high, precision)),
    np.moveaxis: lambda precision, x, source, destination: x._each(lambda y: np.moveaxis(y, source, destination)),
    np.shape: lambda precision, x: x.shape,
}


def widened(expected: Rounded, off: np.ndarray) -> Rounded:
    """The expected value with a bound that covers what lies `off` by so much, for what is computed from it."""
    return Rounded(expected.value, expected.precision, expected.error + off)

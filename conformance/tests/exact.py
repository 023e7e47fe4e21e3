"""Exact values of the ufuncs that carry errors, and inputs at which libraries are most likely to be wrong."""

from __future__ import annotations

import mpmath
import numpy as np

MP = mpmath.MPContext()
MP.prec = 200

EXACT = {
    np.add: MP.fadd,
    np.subtract: MP.fsub,
    np.multiply: MP.fmul,
    np.square: lambda x: x * x,
    np.divide: MP.fdiv,
    np.exp: MP.exp,
    np.log: MP.log,
    np.log1p: lambda x: MP.log(1 + x) if abs(x) > 2.0**-80 else x - x * x / 2,
    np.arctan: MP.atan,
    np.sqrt: MP.sqrt,
    np.cos: MP.cos,
    np.power: lambda x, y: MP.power(x, y) if x else MP.mpf(0),
    np.negative: lambda x: -x,
    np.absolute: abs,
    np.maximum: max,
    np.minimum: min,
}
"""ufunc -> the same function of mpmath numbers, to 200 bits."""

NON_NEGATIVE = (np.log, np.log1p, np.power, np.sqrt, np.cos)
"""What the reference only applies to numbers >= 0."""

KINDS = ("random", "lattice", "extreme")


def arguments(ufunc: np.ufunc, kind: str, dtype: np.dtype, count: int = 300):
    """Inputs as float64 arrays whose values exist in `dtype`, and whose results neither overflow nor are undefined."""
    rng = np.random.default_rng(7)
    drawn = [_numbers(rng, kind, dtype, count) for _ in range(ufunc.nin)]
    if ufunc in NON_NEGATIVE:
        drawn[0] = np.abs(drawn[0])
    if ufunc is np.log:
        drawn[0] = np.where(drawn[0] == 0, 1, drawn[0])
    if ufunc is np.exp:
        drawn[0] = np.where(drawn[0] > 80, 80, drawn[0])
    if ufunc is np.cos:
        drawn[0] = np.minimum(drawn[0], 3.125)  # Of a schedule: half a turn.
    if ufunc is np.divide:
        drawn[1] = np.where(np.abs(drawn[1]) <= np.finfo(dtype).tiny, 3, drawn[1])
    if ufunc is np.power:
        drawn[0], drawn[1] = np.minimum(drawn[0], 1024), rng.choice([0.5, 6, 1, 2.5], count)
    return [x.astype(dtype).astype(np.float64) for x in drawn]


def _numbers(rng: np.random.Generator, kind: str, dtype: np.dtype, count: int) -> np.ndarray:
    if kind == "lattice":
        return rng.integers(-8, 9, count) / 4
    if kind == "random":
        return rng.normal(size=count) * 4
    # Half the exponents, so that a product or a quotient of two does not overflow but may fall below the normal range.
    reach = np.finfo(dtype).maxexp // 2 - 2
    spread = np.ldexp(rng.uniform(0.5, 1, count), rng.integers(-reach - 8, reach, count)) * rng.choice([-1, 1], count)
    edges = np.array([0, 1, 1 - np.finfo(dtype).epsneg, 1 + np.finfo(dtype).eps, np.finfo(dtype).tiny, -1, -88.5, -104])
    return np.where(rng.random(count) < 0.5, spread, rng.choice(edges, count))


def exactly(ufunc: np.ufunc, *inputs: np.ndarray) -> np.ndarray:
    """Exact results as an object array of mpmath numbers; the inputs are floats or mpmath numbers."""
    rows = zip(*(np.broadcast_arrays(*inputs)))
    return np.array([EXACT[ufunc](*(MP.mpf(x) for x in row)) for row in rows], object)


def distance(exact: np.ndarray, value: np.ndarray) -> np.ndarray:
    """|exact − value| as object array of mpmath numbers."""
    return np.array([abs(x - MP.mpf(float(y))) for x, y in zip(exact, value)], object)

"""Averages of weights: an exponential moving average that starts quickly."""

from __future__ import annotations

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.dialect import Dialect
from refimpl.protocol import op


@op("updates: count -> decay:")
def ema_decay(updates: int, *, dialect: Dialect) -> float:
    """How much of the average an update keeps.  [EMA-1]

        d(u) = d · (1 − exp(−u/τ)),   u = 1 for the first update

    The first update keeps 0.0005 of the start value, so no bias is left to correct. Dialects differ in the ramp
    (`ema_ramp`).

    Parameters
    ----------
    updates : u >= 0, this one included
    dialect : ema_limit, ema_ramp and ema_tau are read

    Returns
    -------
    float, 0 … ema_limit

    Raises
    ------
    RangeError
        If `updates` is below 0.

    >>> from refimpl import YOLOV8
    >>> [round(float(ema_decay(u, dialect=YOLOV8)), 4) for u in (1, 100, 2000)]
    [0.0005, 0.0488, 0.6321]
    """
    return decay_at(updates, dialect=dialect)


def decay_at(updates: FloatArray, *, dialect: Dialect) -> FloatArray:
    """The ramp of the decay, of any number type.  [EMA-1]

    Parameters
    ----------
    updates : u >= 0
    dialect : ema_limit, ema_ramp and ema_tau are read

    Returns
    -------
    float of that shape
    """
    if dialect.ema_ramp == "exponential":
        return dialect.ema_limit * (1 - np.exp(-updates / dialect.ema_tau))
    if dialect.ema_ramp == "rational":
        return np.minimum((1 + updates) / (10 + updates), dialect.ema_limit)
    if dialect.ema_ramp == "power":
        return np.minimum(1 - 1 / np.power(1 + updates, 2 / 3), dialect.ema_limit)
    return 0 * updates + dialect.ema_limit


@op("average: ..., value: ..., decay: share -> updated: ...")
def ema_update(average: FloatArray, value: FloatArray, decay: float, *, dialect: Dialect) -> FloatArray:
    """Move the average towards the weights.  [EMA-2, EMA-3, seed 001 section 2.1]

        e → d · e + (1 − d) · m

    d = 0 takes the weights, d = 1 keeps the average. Seed 001 calls e the weights and m their moving average; the
    formula is right with the names the other way round. Forms like e + (1 − d) · (m − e) round differently and are
    right as well.

    Parameters
    ----------
    average, value : (…) float, one shape; e and m
    decay : d, 0 … 1
    dialect : unused; every op takes it

    Returns
    -------
    (…) float64

    Raises
    ------
    ShapeError, NumberTypeError
        If an argument is not as above.
    """
    return decay * average + (1 - decay) * value

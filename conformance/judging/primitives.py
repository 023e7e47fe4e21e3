"""How wrong any sane library may be in one operation: relative and absolute errors in units of u, a source per row.

u is half the distance from 1 to the next float (2⁻²⁴ or 2⁻⁵³), so 1 ULP is at most 2u. A row is the loosest of what
IEEE 754 asks for, what the WGSL specification (the weakest published accuracy contract that is still used for
training) allows, and what was measured on NumPy 2.4, PyTorch 2.13 and XLA.
"""

from __future__ import annotations

from typing import Callable, NamedTuple

import numpy as np


class Accuracy(NamedTuple):
    """Largest error of one operation with result y: (relative(x) · |y| + absolute) · u."""

    relative: Callable[..., np.ndarray]
    absolute: float
    source: str


def _flat(units: float) -> Callable[..., float]:
    return lambda *_: units


def _exp(x):
    return 6 + 4 * np.abs(x)


def _power(x, y):
    with np.errstate(divide="ignore", invalid="ignore"):
        log_x = np.abs(np.log(np.where(x > 0, x, 1)))
    return np.abs(y) * (6 * log_x + 8) + _exp(y * log_x)


PRIMITIVES = {
    np.add: Accuracy(_flat(2), 0, "IEEE 754: 1; doubled, since terms may be taken in another order"),
    np.subtract: Accuracy(_flat(2), 0, "as add"),
    np.multiply: Accuracy(_flat(2), 0, "IEEE 754: 1; doubled, since factors may be taken in another order"),
    np.square: Accuracy(_flat(2), 0, "as multiply"),
    np.divide: Accuracy(_flat(5), 0, "WGSL: 2.5 ULP"),
    np.exp: Accuracy(_exp, 0, "WGSL: 3 + 2|x| ULP; NumPy float32 measured 3.56 u; exp2(x·log2 e) included"),
    np.log: Accuracy(_flat(6), 8, "WGSL: 3 ULP, 2⁻²¹ absolute near 1; NumPy float32 measured 4.34 u"),
    np.log1p: Accuracy(_flat(6), 10, "log of 1 + x: the rounding of 1 + x, then as log; NumPy float32 log1p 2.10 u"),
    np.sqrt: Accuracy(_flat(5), 0, "WGSL: 1 / inverseSqrt, 2 + 2.5 ULP at most; PyTorch CPU float32 measured 1.06 u"),
    np.cos: Accuracy(_flat(0), 8, "on [0, π], absolute: NumPy float32 measured 1.16 u, PyTorch 0.60 u; a schedule needs no more"),
    np.arctan: Accuracy(_flat(8), 0, "XLA measured 5.5 u; NumPy float32 3.27 u"),
    np.power: Accuracy(_power, 0, "exp(y · log x) with log and exp as above; repeated products are better"),
}
"""Accuracy of each rounded ufunc. `negative`, `absolute`, `maximum` and `minimum` are exact."""

"""Precisions a result is judged in: float32 and float64, each with the rounding of the reference itself on top."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np


class Precision(NamedTuple):
    """u: unit roundoff of the judged precision plus that of the reference; tiny: below it results may be flushed to 0."""

    dtype: Any
    u: float
    tiny: float


FLOAT32 = Precision(np.dtype(np.float32), 2.0**-24 + 2.0**-53, float(np.finfo(np.float32).tiny))
FLOAT64 = Precision(np.dtype(np.float64), 2 * 2.0**-53, float(np.finfo(np.float64).tiny))
KINKS = Precision(np.dtype(np.float64), 0.0, 0.0)
"""Without rounding: what error is left is the width of the legal sets at kinks."""
PRECISIONS = {"float32": FLOAT32, "float64": FLOAT64}

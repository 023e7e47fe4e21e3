"""Precisions a result is judged in: float32 and float64, and on request half ones, each with the rounding of the reference on top."""

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
FLOAT16 = Precision(np.dtype(np.float16), 2.0**-11 + 2.0**-53, float(np.finfo(np.float16).tiny))
BFLOAT16 = Precision(
    np.dtype(np.float32, metadata={"stored": "bfloat16"}), 2.0**-8 + 2.0**-53, float(np.finfo(np.float32).tiny)
)
"""NumPy has no such type: float32 holds its numbers, and says in its metadata how they are to be stored."""

PRECISIONS = {"float32": FLOAT32, "float64": FLOAT64}
EVERY_PRECISION = {**PRECISIONS, "float16": FLOAT16, "bfloat16": BFLOAT16}
LARGEST = {"float16": 65504.0, "bfloat16": 2.0**128 * (1 - 2.0**-8)}
"""Largest number of each half precision."""

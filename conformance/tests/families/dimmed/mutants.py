"""Mistakes of darker images."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant


@mutant("dimmed", "a pixel below 0 wraps round to a bright one", "DIM-1", seen="NumPy code on uint8")
def dimmed_wraps_round(self, right, image, shift):
    return (image.astype(np.int64) - shift).astype(np.uint8)

"""The gradient of a map, small and without loss: most anchors learn no box, and most classes learn that they are not there.

A channel that is mostly zero is kept as its other values with their places. In the channels of classes the gradient of a
background anchor is one factor times σ(logit): what is kept of it is how far off it is, in 2⁻²⁶ of itself, one byte each;
where that does not give back the very same number, the number itself.
"""

from __future__ import annotations

from typing import Dict, Mapping

import numpy as np

STEPS = 2.0**26
"""Steps a number is divided into: a float32 has 2²³ to 2²⁴ neighbours, so that the nearest of them is the one meant."""

EXCEPTIONS = 0.1
"""Largest share of numbers kept as they are; above it nothing is gained by codes."""


def coded(gradient: np.ndarray, logits: np.ndarray) -> Dict[str, np.ndarray]:
    """The gradient of a map as arrays by name:  (B, channels, H, W), both.

    `channels` are those kept whole, in `dense` or as `codes` with `factor`, `except_at` and `except`; of all others
    `values` stand at the flat places `at`.
    """
    whole = (gradient != 0).mean(axis=(0, 2, 3)) > 0.5 if gradient.size else np.zeros(gradient.shape[1], bool)
    rest = np.where(whole[np.newaxis, :, np.newaxis, np.newaxis], 0, gradient).ravel()
    at = np.flatnonzero(rest)
    kept = {"channels": np.flatnonzero(whole).astype(np.int32), "at": at, "values": rest[at]}
    dense = gradient[:, whole]
    return {**kept, **(_codes(dense, logits[:, whole]) or {"dense": dense})}


def decoded(kept: Mapping[str, np.ndarray], logits: np.ndarray) -> np.ndarray:
    """The gradient that `coded` was given; its type is that of `values`."""
    gradient = np.zeros(logits.shape, kept["values"].dtype)
    gradient.ravel()[kept["at"]] = kept["values"]
    channels = kept["channels"]
    dense = kept["dense"] if "dense" in kept else _from_codes(kept, logits[:, channels])
    gradient[:, channels] = dense
    return gradient


def _codes(dense: np.ndarray, logits: np.ndarray) -> Dict[str, np.ndarray] | None:
    """One byte for each number, and those of which it does not tell enough; None where these are many."""
    if dense.dtype != np.float32 or not dense.size:
        return None
    factor = _factor(dense, logits)
    with np.errstate(all="ignore"):
        codes = np.rint((dense / (factor * _sigmoid(logits)) - 1) * STEPS)
        codes = np.where(np.abs(codes) <= 127, codes, 0).astype(np.int8)  # NaN is not below 127.
        kept = {"codes": codes, "factor": np.float64(factor)}
        wrong = np.flatnonzero(_numbers(codes, factor, logits).view(np.int32) != dense.view(np.int32))
    if len(wrong) > EXCEPTIONS * dense.size:
        return None
    return {**kept, "except_at": wrong, "except": dense.ravel()[wrong]}


def _from_codes(kept: Mapping[str, np.ndarray], logits: np.ndarray) -> np.ndarray:
    dense = _numbers(kept["codes"], float(kept["factor"]), logits)
    dense.ravel()[kept["except_at"]] = kept["except"]
    return dense


def _numbers(codes: np.ndarray, factor: float, logits: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.ascontiguousarray(factor * _sigmoid(logits) * (1 + codes / STEPS), dtype=np.float32)


def _factor(dense: np.ndarray, logits: np.ndarray) -> float:
    """The middle one of gradient / σ, over numbers spread evenly."""
    step = max(dense.size // 100_000, 1)
    with np.errstate(all="ignore"):
        ratio = dense.ravel()[::step] / _sigmoid(logits.ravel()[::step])
    ratio = ratio[np.isfinite(ratio)]
    return float(np.median(ratio)) if len(ratio) else 1.0


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits.astype(np.float64)))

"""Scores as some packages want them."""

from __future__ import annotations

import numpy as np


def positive(scores: np.ndarray) -> np.ndarray:
    """Scores of the same order, all above 0 and at most 1, themselves, or their ranks."""
    if len(scores) and 0 < scores.min() and scores.max() <= 1:
        return scores
    rank = np.unique(scores, return_inverse=True)[1].reshape(-1) + 1
    return (rank / max(rank.max(initial=1), 1)).astype(scores.dtype)

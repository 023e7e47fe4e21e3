"""Suppressions of packages that offer little else: supervision, lsnms."""

from __future__ import annotations

from importlib import metadata
from typing import Any

import numpy as np


def positive(scores: np.ndarray) -> np.ndarray:
    """Scores of the same order, all above 0 and at most 1, as some packages want them: themselves, or their ranks."""
    if len(scores) and 0 < scores.min() and scores.max() <= 1:
        return scores
    rank = np.unique(scores, return_inverse=True)[1].reshape(-1) + 1
    return (rank / max(rank.max(initial=1), 1)).astype(scores.dtype)


class Supervision:
    """`supervision.detection…box_non_max_suppression`, which answers a mask; kept boxes stand in falling score."""

    framework = "numpy"

    def __init__(self, dialect: Any) -> None:
        from supervision.detection.utils.iou_and_nms import box_non_max_suppression

        self.name, self._suppress = f"supervision {metadata.version('supervision')}", box_non_max_suppression

    def nms(self, boxes: np.ndarray, scores: np.ndarray, iou_threshold: float) -> np.ndarray:
        return self._kept(np.concatenate([boxes, scores[:, None]], 1), scores, iou_threshold)

    def batched_nms(
        self, boxes: np.ndarray, scores: np.ndarray, classes: np.ndarray, iou_threshold: float
    ) -> np.ndarray:
        rows = np.concatenate([boxes, scores[:, None], classes[:, None].astype(boxes.dtype)], 1)
        return self._kept(rows, scores, iou_threshold)

    def _kept(self, rows: np.ndarray, scores: np.ndarray, iou_threshold: float) -> np.ndarray:
        kept = np.flatnonzero(self._suppress(rows, iou_threshold)) if len(rows) else np.zeros(0, np.int64)
        return kept[np.argsort(-scores[kept], kind="stable")]


class Lsnms:
    """`lsnms.nms`, compiled by numba, in float64."""

    framework = "numpy"

    def __init__(self, dialect: Any) -> None:
        import lsnms

        self.name, self._suppress = f"lsnms {metadata.version('lsnms')}", lsnms.nms

    def nms(self, boxes: np.ndarray, scores: np.ndarray, iou_threshold: float) -> np.ndarray:
        return self._suppress(boxes, positive(scores), iou_threshold=float(iou_threshold), score_threshold=0.0)


supervision, lsnms = Supervision, Lsnms

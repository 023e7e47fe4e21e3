"""supervision: `box_non_max_suppression`, which answers a mask; what is kept stands here in falling score."""

from __future__ import annotations

from importlib import metadata
from typing import Any

import numpy as np
from supervision.detection.utils.iou_and_nms import box_non_max_suppression


class Supervision:
    """The ops of one dialect; arguments and results are those of the protocol, as arrays."""

    framework = "numpy"

    name = f"supervision {metadata.version('supervision')}"

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect

    def nms(self, boxes: np.ndarray, scores: np.ndarray, iou_threshold: float) -> np.ndarray:
        return self._kept(np.concatenate([boxes, scores[:, None]], 1), scores, iou_threshold)

    def batched_nms(
        self, boxes: np.ndarray, scores: np.ndarray, classes: np.ndarray, iou_threshold: float
    ) -> np.ndarray:
        rows = np.concatenate([boxes, scores[:, None], classes[:, None].astype(boxes.dtype)], 1)
        return self._kept(rows, scores, iou_threshold)

    def _kept(self, rows: np.ndarray, scores: np.ndarray, iou_threshold: float) -> np.ndarray:
        kept = np.flatnonzero(box_non_max_suppression(rows, iou_threshold)) if len(rows) else np.zeros(0, np.int64)
        return kept[np.argsort(-scores[kept], kind="stable")]


factory = Supervision

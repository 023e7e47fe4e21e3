"""lsnms: suppression compiled by numba, in float64."""

from __future__ import annotations

from importlib import metadata
from typing import Any

import lsnms
import numpy as np

from conformance.adapting.scores import positive


class Lsnms:
    """The ops of one dialect; arguments and results are those of the protocol, as arrays."""

    framework = "numpy"
    name = f"lsnms {metadata.version('lsnms')}"

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect

    def nms(self, boxes: np.ndarray, scores: np.ndarray, iou_threshold: float) -> np.ndarray:
        if not (boxes[:, :2] <= boxes[:, 2:]).all():
            raise NotImplementedError("corners must be in order")  # it raises a ValueError, and says so
        return lsnms.nms(boxes, positive(scores), iou_threshold=float(iou_threshold), score_threshold=0.0)


factory = Lsnms

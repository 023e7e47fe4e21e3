"""OpenCV: `NMSBoxes`, which takes corner and sides, and `NMSBoxesBatched`, in float32."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from conformance.adapting.scores import positive


def sides(boxes: np.ndarray) -> np.ndarray:
    """Upper left corner and sides."""
    return np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], 1)


class Opencv:
    """The ops of one dialect; arguments and results are those of the protocol, as arrays."""

    framework = "numpy"
    dtypes = ("float32",)
    name = f"opencv {cv2.__version__}"

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect

    def nms(self, boxes: np.ndarray, scores: np.ndarray, iou_threshold: float) -> np.ndarray:
        found = cv2.dnn.NMSBoxes(sides(boxes), positive(scores), 0.0, float(iou_threshold))
        return np.array(found, np.int64).reshape(-1)

    def batched_nms(
        self, boxes: np.ndarray, scores: np.ndarray, classes: np.ndarray, iou_threshold: float
    ) -> np.ndarray:
        kinds = classes.astype(np.int32)
        found = cv2.dnn.NMSBoxesBatched(sides(boxes), positive(scores), kinds, 0.0, float(iou_threshold))
        return np.array(found, np.int64).reshape(-1)


factory = Opencv

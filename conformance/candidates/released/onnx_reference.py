"""onnx: the suppression of its reference evaluator, a model of one node, in float32."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

from conformance.candidates.released.onnxruntime_nodes import model


class OnnxReference:
    """The ops of one dialect; arguments and results are those of the protocol, as arrays."""

    framework = "numpy"
    dtypes = ("float32",)
    name = f"onnx {onnx.__version__}, reference"

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect

    def nms(self, boxes: np.ndarray, scores: np.ndarray, iou_threshold: float) -> np.ndarray:
        """A threshold of 0 is what the node has without that input, and is left out."""
        given = {
            "boxes": boxes[None], "scores": scores[None, None], "most": np.array([max(len(boxes), 1)], np.int64),
            "threshold": np.array([iou_threshold], np.float32),
        }  # fmt: skip
        if not iou_threshold:
            del given["threshold"]
        node = model("NonMaxSuppression", tuple(given), "found", ("most", "found"))
        return ReferenceEvaluator(onnx.load_from_string(node)).run(None, given)[0][:, 2]


factory = OnnxReference

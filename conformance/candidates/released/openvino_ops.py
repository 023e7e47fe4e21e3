"""OpenVINO on a CPU: suppression and pooling of regions, a model of one node each, pinned to float32.

Without the pin a CPU that has bfloat16 pools in it, and the judge accuses the wrong party.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import openvino
from openvino import opset13 as nodes

_core = openvino.Core()


@functools.lru_cache(maxsize=None)
def compiled(kind: str, shapes: Any, **fields: Any) -> Any:
    """A compiled node of one kind for inputs of these shapes."""
    inputs = [nodes.parameter(list(shape), np.float32) for shape in shapes]
    made = getattr(openvino.opset13 if hasattr(openvino, "opset13") else nodes, kind)(*inputs, **fields)
    hint = {"INFERENCE_PRECISION_HINT": "f32"}
    return _core.compile_model(openvino.Model([made.output(0)], inputs, kind), "CPU", hint)


class OpenvinoOps:
    """The ops of one dialect; arguments and results are those of the protocol, as arrays."""

    framework = "numpy"
    dtypes = ("float32",)
    name = f"openvino {openvino.__version__.partition('-')[0]}, float32"

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect

    def nms(self, boxes: np.ndarray, scores: np.ndarray, iou_threshold: float) -> np.ndarray:
        if not len(boxes):
            return np.zeros(0, np.int64)
        model = self._suppression(len(boxes), float(iou_threshold), float(scores.min()) - 1)
        rows = model([boxes[None], scores[None, None]])[0]
        return rows[rows[:, 0] >= 0, 2]

    def _suppression(self, count: int, threshold: float, lowest: float) -> Any:
        boxes, scores = nodes.parameter([1, count, 4], np.float32), nodes.parameter([1, 1, count], np.float32)
        limits = (nodes.constant(np.int64(count)), nodes.constant(np.float32(threshold)), nodes.constant(np.float32(lowest)))
        made = nodes.non_max_suppression(boxes, scores, *limits, box_encoding="corner", sort_result_descending=True)
        hint = {"INFERENCE_PRECISION_HINT": "f32"}
        return _core.compile_model(openvino.Model([made.output(0)], [boxes, scores], "nms"), "CPU", hint)

    def roi_max_pool(
        self, features: np.ndarray, rois: np.ndarray, output_size: int, spatial_scale: float
    ) -> np.ndarray:
        first = np.concatenate([np.zeros((len(rois), 1), rois.dtype), rois], 1)
        model = compiled(
            "roi_pooling", ((1, *features.shape), first.shape), output_roi=(output_size, output_size),
            spatial_scale=float(spatial_scale), method="max",
        )  # fmt: skip
        return model([features[None], first])[0]

    def roi_align(
        self, features: np.ndarray, rois: np.ndarray, output_size: int, spatial_scale: float,
        sampling_ratio: int, aligned: bool,
    ) -> np.ndarray:  # fmt: skip
        # Its "half_pixel" moves corners before they are scaled, too; ONNX's half_pixel is "half_pixel_for_nn".
        maps, regions = nodes.parameter([1, *features.shape], np.float32), nodes.parameter(list(rois.shape), np.float32)
        made = nodes.roi_align(
            maps, regions, nodes.constant(np.zeros(len(rois), np.int64)), output_size, output_size, sampling_ratio,
            float(spatial_scale), "avg", aligned_mode="half_pixel_for_nn" if aligned else "asymmetric",
        )  # fmt: skip
        model = openvino.Model([made.output(0)], [maps, regions], "roi_align")
        return _core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})([features[None], rois])[0]


factory = OpenvinoOps

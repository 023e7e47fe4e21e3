"""onnxruntime: its suppression and its pooling of regions, a model of one node each, in float32."""

from __future__ import annotations

import functools
from typing import Any, Sequence

import numpy as np
import onnxruntime
from onnx import TensorProto, helper


@functools.lru_cache(maxsize=None)
def node(kind: str, inputs: Sequence[str], output: str, whole: Sequence[str] = (), **fields: Any) -> Any:
    """A session of one node, see `model`."""
    return onnxruntime.InferenceSession(model(kind, inputs, output, whole, **fields), providers=["CPUExecutionProvider"])


def model(kind: str, inputs: Sequence[str], output: str, whole: Sequence[str] = (), **fields: Any) -> bytes:
    """A model of one node: inputs are float32 but for those that are whole numbers; other fields are attributes."""
    types = {name: TensorProto.INT64 if name in whole else TensorProto.FLOAT for name in (*inputs, output)}
    ends = [[helper.make_tensor_value_info(name, types[name], None) for name in side] for side in (inputs, (output,))]
    graph = helper.make_graph([helper.make_node(kind, list(inputs), [output], **fields)], kind, *ends)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)])
    made.ir_version = 8
    return made.SerializeToString()


class OnnxruntimeNodes:
    """The ops of one dialect; arguments and results are those of the protocol, as arrays."""

    framework = "numpy"
    dtypes = ("float32",)
    name = f"onnxruntime {onnxruntime.__version__}, nodes"

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect

    def nms(self, boxes: np.ndarray, scores: np.ndarray, iou_threshold: float) -> np.ndarray:
        given = ("boxes", "scores", "most", "threshold")
        session = node("NonMaxSuppression", given, "found", ("most", "found"))
        most = np.array([max(len(boxes), 1)], np.int64)
        values = boxes[None], scores[None, None], most, np.array([iou_threshold], np.float32)
        return session.run(None, dict(zip(given, values)))[0][:, 2]

    def batched_nms(
        self, boxes: np.ndarray, scores: np.ndarray, classes: np.ndarray, iou_threshold: float
    ) -> np.ndarray:
        """Each class is suppressed by itself; what is kept of all stands in falling score."""
        kept = [np.flatnonzero(classes == c)[self.nms(boxes[classes == c], scores[classes == c], iou_threshold)]
                for c in np.unique(classes)]  # fmt: skip
        together = np.concatenate([np.zeros(0, np.int64), *kept])
        return together[np.argsort(-scores[together], kind="stable")]

    def roi_max_pool(
        self, features: np.ndarray, rois: np.ndarray, output_size: int, spatial_scale: float
    ) -> np.ndarray:
        fields = {"pooled_shape": (output_size, output_size), "spatial_scale": float(spatial_scale)}
        session = node("MaxRoiPool", ("features", "rois"), "pooled", **fields)
        first = np.concatenate([np.zeros((len(rois), 1), rois.dtype), rois], 1)
        return session.run(None, {"features": features[None], "rois": first})[0]

    def roi_align(
        self, features: np.ndarray, rois: np.ndarray, output_size: int, spatial_scale: float,
        sampling_ratio: int, aligned: bool,
    ) -> np.ndarray:  # fmt: skip
        session = node(
            "RoiAlign", ("features", "rois", "images"), "pooled", ("images",), output_height=output_size,
            output_width=output_size, spatial_scale=float(spatial_scale), sampling_ratio=sampling_ratio,
            coordinate_transformation_mode="half_pixel" if aligned else "output_half_pixel",
        )  # fmt: skip
        images = np.zeros(len(rois), np.int64)
        return session.run(None, {"features": features[None], "rois": rois, "images": images})[0]


factory = OnnxruntimeNodes

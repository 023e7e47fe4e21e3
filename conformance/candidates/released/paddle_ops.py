"""PaddlePaddle: suppression, pooling of regions with its gradient, and proposals."""

from __future__ import annotations

from typing import Any, Tuple

import numpy as np
import paddle
from paddle.vision import ops

from conformance.adapting.arrays import as_arrays


@as_arrays("paddle")
class PaddleOps:
    """The ops of one dialect; arguments and results are those of the protocol."""

    name = f"paddle {paddle.__version__}"

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect

    def nms(self, boxes: Any, scores: Any, iou_threshold: float) -> Any:
        return ops.nms(boxes, float(iou_threshold), scores) if len(boxes) else np.zeros(0, np.int64)

    def batched_nms(self, boxes: Any, scores: Any, classes: Any, iou_threshold: float) -> Any:
        if not len(boxes):
            return np.zeros(0, np.int64)
        every = sorted(set(classes.numpy().tolist()))
        return ops.nms(boxes, float(iou_threshold), scores, classes, every)

    def _regions(self, rois: Any) -> Any:
        return paddle.to_tensor([len(rois)], "int32")

    def roi_max_pool(self, features: Any, rois: Any, output_size: int, spatial_scale: float) -> Any:
        return ops.roi_pool(features[None], rois, self._regions(rois), int(output_size), float(spatial_scale))

    def roi_align(
        self, features: Any, rois: Any, output_size: int, spatial_scale: float, sampling_ratio: int, aligned: bool
    ) -> Any:
        ratio = int(sampling_ratio) or -1
        return ops.roi_align(
            features[None], rois, self._regions(rois), int(output_size), float(spatial_scale), ratio, bool(aligned)
        )

    def propose(
        self, deltas: Any, scores: Any, anchors: Any, image_size: Tuple[int, int],
        pre_nms_topk: int, post_nms_topk: int, iou_threshold: float, min_size: float,
    ) -> Tuple[Any, Any]:  # fmt: skip
        if not (pre_nms_topk and post_nms_topk):
            raise NotImplementedError("pre_nms_topk and post_nms_topk must be 1 or more: it takes 0 for all")
        count = len(anchors)
        rois, kept, _ = ops.generate_proposals(
            scores.reshape([1, count, 1, 1]), deltas.reshape([1, 4 * count, 1, 1]),
            paddle.to_tensor([image_size], deltas.dtype), anchors.reshape([1, 1, count, 4]),
            paddle.ones([1, 1, count, 4], deltas.dtype), int(pre_nms_topk), int(post_nms_topk), float(iou_threshold),
            float(min_size), pixel_offset=bool(getattr(self.dialect, "region_pixel_offset", 0)), return_rois_num=True,
        )  # fmt: skip
        return rois, kept.reshape([-1])


factory = PaddleOps

"""torchvision's detectors in their Python parts: anchors, deltas, clipping, and RoIAlign as its own fallback computes it."""

from __future__ import annotations

from typing import Any, Tuple

import torch
from torch import Tensor

from conformance.adapting.calls import quietly
from conformance.adapting.torch_operators import declared
from conformance.adapting.torch_types import in_own_dtype

with quietly(), declared("torchvision"):
    import torchvision
    from torchvision.models.detection._utils import BoxCoder
    from torchvision.models.detection.anchor_utils import AnchorGenerator
    from torchvision.ops import boxes as box_ops
    from torchvision.ops.roi_align import _roi_align


@in_own_dtype
class TorchvisionRegions:
    """The ops of one dialect; arguments and results are those of the protocol."""

    framework = "torch"
    name = f"torchvision {torchvision.__version__}, regions"

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect
        self._coder = BoxCoder((1.0, 1.0, 1.0, 1.0))

    def rpn_anchors(self, feature_shape: Tuple[int, int], stride: int, sizes: Tensor, ratios: Tensor) -> Tensor:
        made = AnchorGenerator((tuple(sizes.tolist()),), (tuple(ratios.tolist()),))
        made.set_cell_anchors(sizes.dtype, sizes.device)
        return made.grid_anchors([list(feature_shape)], [[torch.tensor(int(stride))] * 2])[0]

    def encode_deltas(self, anchors: Tensor, boxes: Tensor) -> Tensor:
        return self._coder.encode_single(boxes, anchors)

    def decode_deltas(self, anchors: Tensor, deltas: Tensor) -> Tensor:
        return self._coder.decode_single(deltas, anchors)

    def clip_boxes(self, boxes: Tensor, image_size: Tuple[int, int]) -> Tensor:
        return box_ops.clip_boxes_to_image(boxes, tuple(image_size))

    def roi_align(
        self, features: Tensor, rois: Tensor, output_size: int, spatial_scale: float, sampling_ratio: int, aligned: bool
    ) -> Tensor:
        first = torch.cat([rois.new_zeros(len(rois), 1), rois], 1)
        ratio = sampling_ratio or -1
        with torch.compiler.set_stance("force_eager"):  # it would be compiled for each size
            return _roi_align(features[None], first, float(spatial_scale), output_size, output_size, ratio, bool(aligned))


factory = TorchvisionRegions

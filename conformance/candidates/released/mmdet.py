"""MMDetection: the IoU family, IoU and GIoU of its overlaps, and DIoU and CIoU of its losses, which take another ε.

Its assigner hands out metrics only; the head makes scores of them.
"""

from __future__ import annotations

import importlib
from typing import Any

from torch import Tensor

from conformance.adapting.calls import quietly
from conformance.adapting.stand_ins import standing_in

with quietly(), standing_in("mmcv._ext"):  # mmcv-lite has no operators
    import mmdet
    iou_loss = importlib.import_module("mmdet.models.losses.iou_loss")  # a function of this name hides it


class Mmdet:
    """The ops of one dialect; arguments and results are those of the protocol."""

    framework = "torch"
    name = f"mmdet {mmdet.__version__}"

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect

    def iou(self, boxes1: Tensor, boxes2: Tensor) -> Tensor:
        return iou_loss.bbox_overlaps(boxes1, boxes2, is_aligned=True, eps=self.dialect.iou_eps)

    def giou(self, boxes1: Tensor, boxes2: Tensor) -> Tensor:
        return iou_loss.bbox_overlaps(boxes1, boxes2, "giou", is_aligned=True, eps=self.dialect.iou_eps)


class MmdetLosses:
    """Its losses."""

    framework, name = "torch", f"{Mmdet.name}, losses"

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect

    def diou(self, boxes1: Tensor, boxes2: Tensor) -> Tensor:
        return 1 - iou_loss.diou_loss(boxes1, boxes2, eps=self.dialect.iou_eps, reduction="none")

    def ciou(self, boxes1: Tensor, boxes2: Tensor) -> Tensor:
        return 1 - iou_loss.ciou_loss(boxes1, boxes2, eps=self.dialect.iou_eps, reduction="none")


factory, losses = Mmdet, MmdetLosses

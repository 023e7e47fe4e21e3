"""torchvision: the IoU family of `torchvision.ops`, pairwise functions for values, losses for gradients.

No dialect of the suite is its own: pairwise overlaps have no epsilon (0/0 of boxes without area is NaN), its losses have.
"""

from __future__ import annotations

from typing import Any, Callable

from torch import Tensor

from conformance.adapting.calls import quietly
from conformance.adapting.torch_operators import declared
from conformance.adapting.torch_pairs import of_rows

with quietly(), declared("torchvision"):
    import torchvision
    from torchvision import ops


def pairwise(function: Callable[[Tensor, Tensor], Tensor]) -> Callable:
    """One op of the IoU family: the diagonal of all pairs."""
    return lambda self, first, second: of_rows(function)(first, second)


class Torchvision:
    """The ops of one dialect; arguments and results are those of the protocol."""

    framework = "torch"
    name = f"torchvision {torchvision.__version__}"

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect

    iou, giou = pairwise(ops.box_iou), pairwise(ops.generalized_box_iou)
    diou, ciou = pairwise(ops.distance_box_iou), pairwise(ops.complete_box_iou)


class TorchvisionLosses(Torchvision):
    """The overlaps as its losses hold them."""

    name = f"{Torchvision.name}, losses"
    iou = None

    def giou(self, boxes1: Tensor, boxes2: Tensor) -> Tensor:
        return 1 - ops.generalized_box_iou_loss(boxes1, boxes2, eps=self.dialect.iou_eps)

    def diou(self, boxes1: Tensor, boxes2: Tensor) -> Tensor:
        return 1 - ops.distance_box_iou_loss(boxes1, boxes2, eps=self.dialect.iou_eps)

    def ciou(self, boxes1: Tensor, boxes2: Tensor) -> Tensor:
        return 1 - ops.complete_box_iou_loss(boxes1, boxes2, eps=self.dialect.iou_eps)


factory, losses = Torchvision, TorchvisionLosses

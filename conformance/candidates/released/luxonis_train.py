"""luxonis-train: its precision loss, the assigner and the overlaps. Dialect LUXONIS.

Its targets have their upper left corner for a centre. What is judged is the files that hold the loss, which run as they are.
"""

from __future__ import annotations

from functools import partial
from importlib import metadata
from types import SimpleNamespace
from typing import Any, Iterable, List, Tuple

import torch
from torch import Tensor

from conformance.adapting.calls import quietly
from conformance.adapting.owners import blanked
from conformance.adapting.serving import built_in
from conformance.adapting.stand_ins import alone
from conformance.adapting.torch_operators import declared
from conformance.adapting.torch_pairs import of_rows
from conformance.adapting.torch_types import in_own_dtype

def none_missing(values: Iterable[Any]) -> bool:
    """Whether all values are given."""
    return all(value is not None for value in values)


def some_given(values: Iterable[Any]) -> bool:
    """Whether a value is given."""
    return any(value is not None for value in values)


with quietly(), declared("torchvision"):
    boxes, assigner_utils, tal, precision = alone(
        "luxonis_train", "utils.boundingbox", "assigners.utils", "assigners.tal_assigner",
        "attached_modules.losses.precision_dfl_detection_loss", absent=("loguru", "luxonis_ml"),
        given={"luxonis_ml.typing": {"all_not_none": none_missing, "any_not_none": some_given}},
    )  # fmt: skip


def overlap(kind: str) -> Any:
    """One op of the IoU family."""
    return lambda self, first, second: of_rows(partial(boxes.bbox_iou, iou_type=kind))(first, second)


@in_own_dtype
class Luxonis:
    """The ops of one dialect; arguments and results are those of the protocol."""

    framework = "torch"
    name = f"luxonis-train {metadata.version('luxonis-train')}"

    def __init__(self, dialect: Any) -> None:
        self.dialect = d = dialect
        self._assigner = tal.TaskAlignedAssigner(
            d.num_classes, d.topk, d.alpha, d.beta, d.norm_eps, strides=list(d.strides)
        )

    def _loss(self, size: Tuple[int, int]) -> Any:
        """The loss of a head of this dialect; its base class, which reads a node of the package, is stood in for."""
        d, kind = self.dialect, precision.PrecisionDFLDetectionLoss
        loss = kind.__new__(kind)
        loss.node = SimpleNamespace(reg_max=d.reg_max, no=4 * d.reg_max + d.num_classes, dfl=True)
        loss.n_classes, loss._original_img_size, loss._stride = d.num_classes, size, torch.tensor(d.strides)
        loss._grid_cell_size, loss._grid_cell_offset = 5.0, 0.5
        gains = {"class": d.cls_gain, "bbox": d.box_gain, "dfl": d.dfl_gain}
        for name, value in gains.items():
            setattr(loss, f"_{name}_loss_weight", value)
        loss.assigner, loss.bbox_loss = self._assigner, precision.BBoxLoss(d.reg_max)
        loss._proj, loss.bce = torch.arange(d.reg_max, dtype=torch.float), torch.nn.BCEWithLogitsLoss(reduction="none")
        return loss

    def make_anchors(self, feature_shapes: List[Tuple[int, int]]) -> Tuple[Tensor, Tensor]:
        maps = [torch.empty(1, 1, height, width) for height, width in feature_shapes]
        _, points, _, strides = boxes.anchors_for_fpn_features(maps, torch.tensor(self.dialect.strides), 5.0, 0.5, True)
        return points / strides, strides

    def dist2bbox(self, distance: Tensor, anchor_points: Tensor) -> Tensor:
        return boxes.dist2bbox(distance, anchor_points, out_format="xyxy")

    def bbox2dist(self, anchor_points: Tensor, bboxes: Tensor) -> Tensor:
        return boxes.bbox2dist(bboxes, anchor_points, self.dialect.reg_max - 1)

    def decode_boxes(self, pred_dist: Tensor, anchor_points: Tensor) -> Tensor:
        return self._loss((1, 1)).decode_bbox(anchor_points, pred_dist)

    iou, giou, diou, ciou = overlap("none"), overlap("giou"), overlap("diou"), overlap("ciou")

    def assign(self, *args: Tensor) -> Tuple[Tensor, ...]:
        *args, gt_labels, gt_bboxes, mask_gt = args
        return self._assigner(*args, *blanked(gt_labels, gt_bboxes, mask_gt), mask_gt.to(args[0]))

    def dfl_loss(self, pred_dist: Tensor, target: Tensor) -> Tensor:
        bins = self.dialect.reg_max
        return precision.DFLoss(bins)(pred_dist.view(-1, bins), target).squeeze(-1)

    def bbox_loss(self, *args: Tensor) -> Tuple[Tensor, Tensor]:
        return precision.BBoxLoss(self.dialect.reg_max)(*args)

    def detection_loss(self, feature_maps: List[Tensor], targets: Tensor) -> Tuple[Tensor, Tensor]:
        d = self.dialect
        height, width = (side * d.strides[0] for side in feature_maps[0].shape[2:])
        corner = torch.cat([targets[:, :2], targets[:, 2:4] - targets[:, 4:] / 2, targets[:, 4:]], 1)
        total, parts = self._loss((height, width)).forward(feature_maps, corner)
        gains = total.new_tensor([d.box_gain, d.cls_gain, d.dfl_gain])
        return total, torch.stack([parts[name] for name in ("iou", "class", "dfl")]) * gains


class OneLoss(Luxonis):
    """With one loss for all batches, as a training has it."""

    def _loss(self, size: Tuple[int, int]) -> Any:
        if not hasattr(self, "_kept"):
            self._kept = super()._loss(size)
        return self._kept


def factory(dialect: Any) -> Luxonis:
    """Offer the package for one dialect; its assigner sorts the strides, whatever their order in the head."""
    built_in(dialect, iou_eps=1e-7, inside_eps=1e-9, strides=tuple(sorted(dialect.strides)))
    return Luxonis(dialect)


factory.dialect = "LUXONIS"

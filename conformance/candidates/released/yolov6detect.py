"""yolov6detect: the loss of YOLOv6, its assigner and its box loss. Dialect YOLOV6.

Its head hands over probabilities, its bins are reg_max + 1, and its loss takes one image size for both sides.
"""

from __future__ import annotations

import contextlib
from importlib import metadata
from typing import Any, Iterator, List, Tuple

import torch
from torch import Tensor

from conformance.adapting.calls import quietly
from conformance.adapting.owners import blanked, owners
from conformance.adapting.serving import built_in
from conformance.adapting.torch_types import in_own_dtype

with quietly():
    from yolov6.assigners import assigner_utils
    from yolov6.assigners.anchor_generator import generate_anchors
    from yolov6.assigners.tal_assigner import TaskAlignedAssigner
    from yolov6.models.losses.loss import ComputeLoss
    from yolov6.utils.figure_iou import IOUloss
    from yolov6.utils.general import bbox2dist, dist2bbox


@contextlib.contextmanager
def on_cpu() -> Iterator[None]:
    """A context in which modules stay where they are: the loss moves its parts to a GPU when it is made."""
    before = torch.nn.Module.cuda
    torch.nn.Module.cuda = lambda self, *args: self
    try:
        yield
    finally:
        torch.nn.Module.cuda = before


@in_own_dtype
class Yolov6:
    """The ops of one dialect; arguments and results are those of the protocol."""

    framework = "torch"
    dtypes = ("float32",)  # its class loss is computed in float32, whatever it is given
    name = f"yolov6detect {metadata.version('yolov6detect')}"

    def __init__(self, dialect: Any) -> None:
        self.dialect = d = dialect
        weights = {"class": d.cls_gain, "iou": d.box_gain, "dfl": d.dfl_gain}
        kind = getattr(d, "box_loss", "giou")
        with on_cpu():
            self._loss = ComputeLoss(
                list(d.strides), num_classes=d.num_classes, ori_img_size=1, reg_max=d.reg_max - 1, iou_type=kind,
                loss_weight=weights,
            )  # fmt: skip
        self._loss.formal_assigner = TaskAlignedAssigner(d.topk, d.num_classes, d.alpha, d.beta, d.norm_eps)

    def make_anchors(self, feature_shapes: List[Tuple[int, int]]) -> Tuple[Tensor, Tensor]:
        maps = [torch.empty(1, 1, height, width) for height, width in feature_shapes]
        return generate_anchors(maps, self.dialect.strides, 5.0, 0.5, is_eval=True)

    def dist2bbox(self, distance: Tensor, anchor_points: Tensor) -> Tensor:
        return dist2bbox(distance, anchor_points)

    def bbox2dist(self, anchor_points: Tensor, bboxes: Tensor) -> Tensor:
        return bbox2dist(anchor_points, bboxes, self.dialect.reg_max - 1)

    def decode_boxes(self, pred_dist: Tensor, anchor_points: Tensor) -> Tensor:
        return self._loss.bbox_decode(anchor_points, pred_dist)

    def candidates_in_gts(self, anchor_points: Tensor, gt_bboxes: Tensor, mask_gt: Tensor) -> Tensor:
        return assigner_utils.select_candidates_in_gts(anchor_points, gt_bboxes) * mask_gt

    def select_topk(self, metric: Tensor, mask_gt: Tensor) -> Tensor:
        topk_mask = mask_gt.bool().repeat(1, 1, self.dialect.topk)
        return self._loss.formal_assigner.select_topk_candidates(metric, topk_mask=topk_mask) * mask_gt

    def resolve_conflicts(self, mask_pos: Tensor, overlaps: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        return assigner_utils.select_highest_overlaps(mask_pos.to(overlaps), overlaps, overlaps.shape[1])

    def assign(
        self, pd_scores: Tensor, pd_bboxes: Tensor, anchor_points: Tensor,
        gt_labels: Tensor, gt_bboxes: Tensor, mask_gt: Tensor,
    ) -> Tuple[Tensor, ...]:  # fmt: skip
        gt_labels, gt_bboxes = blanked(gt_labels, gt_bboxes, mask_gt)
        found = self._loss.formal_assigner(
            pd_scores, pd_bboxes, anchor_points, gt_labels, gt_bboxes, mask_gt.to(gt_bboxes)
        )
        return (*found, owners(found[0], found[1], gt_labels, gt_bboxes))

    def bbox_loss(self, *args: Tensor) -> Tuple[Tensor, Tensor]:
        return self._loss.bbox_loss(*args)

    def detection_loss(self, feature_maps: List[Tensor], targets: Tensor) -> Tuple[Tensor, Tensor]:
        d = self.dialect
        flat = torch.cat([level.flatten(2) for level in feature_maps], 2).transpose(1, 2)
        dist, logits = flat.split([4 * d.reg_max, d.num_classes], -1)
        height, width = (side * d.strides[0] for side in feature_maps[0].shape[2:])
        in_px = targets * targets.new_tensor([1, 1, width, height, width, height])
        total, items = self._loss((feature_maps, logits.sigmoid(), dist), in_px, epoch_num=100, step_num=1)
        return total, items[[0, 2, 1]]


def overlap(kind: str) -> Any:
    """One op of the IoU family: its loss, taken from 1."""
    return lambda self, first, second: 1 - IOUloss("xyxy", kind, eps=self.dialect.iou_eps)(first, second).squeeze(-1)


Yolov6.giou, Yolov6.ciou, Yolov6.diou = overlap("giou"), overlap("ciou"), overlap("diou")


def factory(dialect: Any) -> Yolov6:
    """Offer the package for one dialect."""
    built_in(dialect, iou_eps=1e-10, inside_eps=1e-9)
    return Yolov6(dialect)


factory.dialect = "YOLOV6"

"""The loss of PP-YOLOE in torch, which several packages hold in one form: `TaskAlignedAssigner` and `PPYoloELoss`."""

from __future__ import annotations

from types import ModuleType
from typing import Any, Callable, List, Tuple

import torch
from torch import Tensor

from conformance.adapting.owners import blanked, owners
from conformance.adapting.serving import built_in
from conformance.adapting.torch_types import in_own_dtype


@in_own_dtype
class PPYoloE:
    """The ops of one dialect; arguments and results are those of the protocol."""

    framework = "torch"
    _file: ModuleType

    def __init__(self, dialect: Any) -> None:
        self.dialect = d = dialect
        self._loss = self._file.PPYoloELoss(d.num_classes, use_static_assigner=False)
        self._assigner = self._loss.assigner = self._file.TaskAlignedAssigner(d.topk, d.alpha, d.beta, d.norm_eps)
        self._loss.iou_loss_weight, self._loss.dfl_loss_weight = d.box_gain, d.dfl_gain
        self._loss.classification_loss_weight = d.cls_gain

    def decode_boxes(self, pred_dist: Tensor, anchor_points: Tensor) -> Tensor:
        return self._loss._bbox_decode(anchor_points, pred_dist)[0]

    def bbox2dist(self, anchor_points: Tensor, bboxes: Tensor) -> Tensor:
        return self._loss._bbox2distance(anchor_points, bboxes, self.dialect.reg_max - 1)

    def candidates_in_gts(self, anchor_points: Tensor, gt_bboxes: Tensor, mask_gt: Tensor) -> Tensor:
        return self._file.check_points_inside_bboxes(anchor_points, gt_bboxes) * mask_gt

    def assign(
        self, pd_scores: Tensor, pd_bboxes: Tensor, anchor_points: Tensor,
        gt_labels: Tensor, gt_bboxes: Tensor, mask_gt: Tensor,
    ) -> Tuple[Tensor, ...]:  # fmt: skip
        classes = self.dialect.num_classes
        mask = mask_gt.to(gt_bboxes)
        gt_labels, gt_bboxes = blanked(gt_labels, gt_bboxes, mask_gt)
        found = self._assigner(
            pd_scores, pd_bboxes, anchor_points, [len(anchor_points)], gt_labels, gt_bboxes, mask, bg_index=classes
        )
        labels, boxes, scores = found[:3]
        return labels, boxes, scores, labels != classes, owners(labels, boxes, gt_labels, gt_bboxes)

    def bbox_loss(
        self, pred_dist: Tensor, pred_bboxes: Tensor, anchor_points: Tensor,
        target_bboxes: Tensor, target_scores: Tensor, target_scores_sum: Tensor, fg_mask: Tensor,
    ) -> Tuple[Tensor, Tensor]:  # fmt: skip
        background = torch.full_like(fg_mask, self.dialect.num_classes, dtype=torch.long)
        labels = torch.where(fg_mask, torch.zeros_like(background), background)
        bins = self.dialect.reg_max - 1
        sums = self._loss._bbox_loss(pred_dist, pred_bboxes, anchor_points, labels, target_bboxes, target_scores, bins)
        return sums[0] / target_scores_sum, sums[1] / target_scores_sum

    def detection_loss(self, feature_maps: List[Tensor], targets: Tensor) -> Tuple[Tensor, Tensor]:
        outputs, targets = head_outputs(self.dialect, feature_maps), in_px(self.dialect, feature_maps, targets)
        total, items = self._loss(outputs, targets)
        return total, items[[1, 0, 2]]


def head_outputs(d: Any, feature_maps: List[Tensor]) -> Tuple[Any, ...]:
    """What the head hands over: logits, bins, anchor boxes (unread), points in px, anchors a level, strides."""
    flat = torch.cat([level.flatten(2) for level in feature_maps], 2).transpose(1, 2)
    dist, logits = flat.split([4 * d.reg_max, d.num_classes], -1)
    points, strides = [], []
    for level, stride in zip(feature_maps, d.strides):
        height, width = level.shape[2:]
        centres = torch.cartesian_prod(torch.arange(height), torch.arange(width)).flip(-1) + 0.5
        points.append(centres.to(flat) * stride)
        strides.append(torch.full_like(points[-1][:, :1], stride))
    return logits, dist, None, torch.cat(points), list(map(len, points)), torch.cat(strides)


def in_px(d: Any, feature_maps: List[Tensor], targets: Tensor) -> Tensor:
    """Targets with centres and sides in px."""
    height, width = (side * d.strides[0] for side in feature_maps[0].shape[2:])
    return targets * targets.new_tensor([1, 1, width, height, width, height])


def torch_factory(file: ModuleType, name: str) -> Callable[[Any], Any]:
    """A factory of the ops of a file of this form."""
    kind = type("PPYoloE", (PPYoloE,), {"_file": file, "name": name})

    def factory(dialect: Any) -> Any:
        built_in(dialect, iou_eps=1e-10, inside_eps=1e-9)
        return kind(dialect)

    return factory

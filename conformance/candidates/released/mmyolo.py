"""MMYOLO with MMDetection: the YOLOv8 head, its assigner and its overlaps. Dialect MMYOLO."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, List, Tuple

import torch
from torch import Tensor

from conformance.adapting.calls import quietly
from conformance.adapting.owners import blanked, owners
from conformance.adapting.serving import built_in
from conformance.adapting.stand_ins import standing_in
from conformance.adapting.torch_types import in_own_dtype

with quietly(), standing_in("mmcv._ext"):  # mmcv-lite has no operators
    import mmdet.models  # noqa: F401  registers the parts that are named `mmdet.…`
    import mmyolo
    from mmengine.config import ConfigDict
    from mmyolo.models.dense_heads.yolov8_head import YOLOv8Head, YOLOv8HeadModule
    from mmyolo.models.losses.iou_loss import bbox_overlaps
    from mmyolo.models.task_modules.assigners.batch_task_aligned_assigner import BatchTaskAlignedAssigner
    from mmyolo.models.task_modules.assigners.utils import select_candidates_in_gts, select_highest_overlaps
    from mmyolo.models.task_modules.coders import DistancePointBBoxCoder


def overlap(mode: str) -> Any:
    """One op of the IoU family."""
    return lambda self, first, second: bbox_overlaps(first, second, mode, "xyxy", eps=self.dialect.iou_eps)


@in_own_dtype
class Mmyolo:
    """The ops of one dialect; arguments and results are those of the protocol."""

    framework = "torch"
    name = f"mmyolo {mmyolo.__version__}"

    def __init__(self, dialect: Any) -> None:
        self.dialect = d = dialect
        self._assigner = BatchTaskAlignedAssigner(d.num_classes, d.topk, d.alpha, d.beta, d.norm_eps, use_ciou=True)
        self._coder = DistancePointBBoxCoder()

    def _head(self) -> Any:
        """The head with its losses; of its modules only the decoding of bins is used."""
        d = self.dialect
        sizes = dict(num_classes=d.num_classes, in_channels=[16] * len(d.strides), reg_max=d.reg_max)
        assigner = dict(type=BatchTaskAlignedAssigner, num_classes=d.num_classes, use_ciou=True, topk=d.topk)
        assigner.update(alpha=d.alpha, beta=d.beta, eps=d.norm_eps)
        return YOLOv8Head(
            dict(type=YOLOv8HeadModule, featmap_strides=list(d.strides), **sizes),
            prior_generator=dict(type="mmdet.MlvlPointGenerator", offset=0.5, strides=list(d.strides)),
            loss_cls=dict(type="mmdet.CrossEntropyLoss", use_sigmoid=True, reduction="none", loss_weight=d.cls_gain),
            loss_bbox=dict(
                type="IoULoss", iou_mode="ciou", bbox_format="xyxy", reduction="sum", loss_weight=d.box_gain, return_iou=False
            ),
            loss_dfl=dict(type="mmdet.DistributionFocalLoss", reduction="mean", loss_weight=d.dfl_gain / 4),
            train_cfg=ConfigDict(assigner=assigner),
        ).to(torch.get_default_dtype())

    def make_anchors(self, feature_shapes: List[Tuple[int, int]]) -> Tuple[Tensor, Tensor]:
        levels = self._head().prior_generator.grid_priors(feature_shapes, dtype=torch.float32, device="cpu", with_stride=True)
        priors = torch.cat(levels)
        return priors[:, :2] / priors[:, 2:3], priors[:, 2:3]

    def dist2bbox(self, distance: Tensor, anchor_points: Tensor) -> Tensor:
        flat = distance.reshape(-1, *distance.shape[-2:])
        return self._coder.decode(anchor_points, flat, torch.ones_like(anchor_points[:, 0])).view(distance.shape)

    def bbox2dist(self, anchor_points: Tensor, bboxes: Tensor) -> Tensor:
        return self._coder.encode(anchor_points, bboxes, max_dis=self.dialect.reg_max - 1, eps=0.01)

    iou, ciou = overlap("iou"), overlap("ciou")  # its GIoU, which no head of it takes, is clamped to −1 … 1 as well

    def candidates_in_gts(self, anchor_points: Tensor, gt_bboxes: Tensor, mask_gt: Tensor) -> Tensor:
        return select_candidates_in_gts(anchor_points, gt_bboxes) * mask_gt

    def select_topk(self, metric: Tensor, mask_gt: Tensor) -> Tensor:
        topk_mask = mask_gt.bool().repeat(1, 1, self.dialect.topk)
        return self._assigner.select_topk_candidates(metric, topk_mask=topk_mask) * mask_gt

    def resolve_conflicts(self, mask_pos: Tensor, overlaps: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        return select_highest_overlaps(mask_pos.to(overlaps), overlaps, overlaps.shape[1])

    def assign(
        self, pd_scores: Tensor, pd_bboxes: Tensor, anchor_points: Tensor,
        gt_labels: Tensor, gt_bboxes: Tensor, mask_gt: Tensor,
    ) -> Tuple[Tensor, ...]:  # fmt: skip
        gt_labels, gt_bboxes = blanked(gt_labels, gt_bboxes, mask_gt)
        found = self._assigner(pd_bboxes, pd_scores, anchor_points, gt_labels, gt_bboxes, mask_gt.to(gt_bboxes))
        labels, boxes = found["assigned_labels"], found["assigned_bboxes"]
        owner = owners(labels, boxes, gt_labels, gt_bboxes)
        return labels, boxes, found["assigned_scores"], found["fg_mask_pre_prior"], owner

    def detection_loss(self, feature_maps: List[Tensor], targets: Tensor) -> Tuple[Tensor, Tensor]:
        d, head = self.dialect, self._head()
        levels = []
        for level in feature_maps:
            dist, logits = level.split([4 * d.reg_max, d.num_classes], dim=1)
            levels.append(head.head_module.forward_single(level, lambda x, y=logits: y, lambda x, y=dist: y))
        height, width = (side * d.strides[0] for side in feature_maps[0].shape[2:])
        boxes = targets[:, 2:] * targets.new_tensor([width, height, width, height])
        corners = torch.cat([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], 1)
        images = len(feature_maps[0])
        instances = torch.cat([targets[:, :2], corners], 1)  # the input of its faster way: image, class, corners
        losses = head.loss_by_feat(*zip(*levels), instances, [SimpleNamespace()] * images)
        each = torch.stack([losses[f"loss_{name}"] for name in ("bbox", "cls", "dfl")])
        return each.sum(), each.detach() / images


def factory(dialect: Any) -> Mmyolo:
    """Offer the package for one dialect."""
    built_in(dialect, iou_eps=1e-7, inside_eps=1e-9)
    return Mmyolo(dialect)


factory.dialect = "MMYOLO"

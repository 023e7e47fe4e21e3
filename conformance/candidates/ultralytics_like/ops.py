"""The ops of a package that is shaped like Ultralytics."""

from __future__ import annotations

import inspect
from typing import Any, Callable, Dict, List, Tuple

import torch
from torch import Tensor

from conformance.adapting.calls import taking
from conformance.adapting.owners import blanked, owners
from conformance.adapting.torch_types import in_own_dtype
from conformance.candidates.ultralytics_like.stages import Stages, batch_of, summed

NEEDS: Dict[str, Tuple[str, ...]] = {}
"""The parts of which an op needs one."""


METHODS = {
    "decode_boxes": ("v8DetectionLoss", "bbox_decode"),
    "pad_targets": ("v8DetectionLoss", "preprocess"),
    "candidates_in_gts": ("TaskAlignedAssigner", "select_candidates_in_gts"),
    "alignment_metric": ("TaskAlignedAssigner", "get_box_metrics"),
    "select_topk": ("TaskAlignedAssigner", "select_topk_candidates"),
    "resolve_conflicts": ("TaskAlignedAssigner", "select_highest_overlaps"),
}
"""The method of a part that an op asks; without it, or a function of that name, the op is not offered."""


def needs(*names: str) -> Callable[[Callable], Callable]:
    """Say which parts an op needs one of."""
    return lambda op: NEEDS.setdefault(op.__name__, names) and op


def masks_overlaps(assigner: Any) -> bool:
    """Whether an assigner measures the pairs of a mask alone."""
    return "mask_gt" in inspect.signature(assigner.get_box_metrics).parameters


def overlap(name: str, **kind: bool) -> Callable:
    """One op of the IoU family."""
    NEEDS[name] = ("bbox_iou",)
    form = {"xywh": False, "x1y1x2y2": True, **kind}
    return lambda self, boxes1, boxes2: taking(self.parts["bbox_iou"], boxes1, boxes2, **form).squeeze(-1)


@in_own_dtype
class UltralyticsLike(Stages):
    """The ops of one dialect; arguments and results are those of the protocol."""

    framework = "torch"

    def __init__(self, dialect: Any) -> None:
        super().__init__(dialect)
        criterion = "BboxLoss" in self.parts and self._bbox_loss()
        if dialect.reg_max == 1 or ("DFLoss" not in self.parts and not hasattr(criterion, "dfl_loss")):
            self.dfl_loss = None  # early releases clamp its target in the caller only: `bbox_loss` has both
        for op, (part, method) in METHODS.items():
            if part in self.parts and method not in self.parts and not hasattr(self.parts[part], method):
                setattr(self, op, None)
        if self.alignment_metric and "TaskAlignedAssigner" in self.parts and not masks_overlaps(self._assigner()):
            self.alignment_metric = None  # it measures all pairs, and masks what it has measured

    @needs("make_anchors")
    def make_anchors(self, feature_shapes: List[Tuple[int, int]]) -> Tuple[Tensor, Tensor]:
        maps = [torch.empty(1, 1, height, width) for height, width in feature_shapes]
        return self.parts["make_anchors"](maps, torch.tensor([float(s) for s in self.dialect.strides]), 0.5)

    @needs("dist2bbox")
    def dist2bbox(self, distance: Tensor, anchor_points: Tensor) -> Tensor:
        return taking(self.parts["dist2bbox"], distance, anchor_points, xywh=False)

    @needs("bbox2dist")
    def bbox2dist(self, anchor_points: Tensor, bboxes: Tensor) -> Tensor:
        bins = self.dialect.reg_max
        return self.parts["bbox2dist"](anchor_points, bboxes, *([bins - 1] if bins > 1 else []))

    @needs("v8DetectionLoss")
    def decode_boxes(self, pred_dist: Tensor, anchor_points: Tensor) -> Tensor:
        return self._criterion(pred_dist.device).bbox_decode(anchor_points, pred_dist)

    iou, giou = overlap("iou"), overlap("giou", GIoU=True)
    diou, ciou = overlap("diou", DIoU=True), overlap("ciou", CIoU=True)

    @needs("v8DetectionLoss")
    def pad_targets(self, targets: Tensor, batch_size: int, image_size: Tuple[int, int]) -> Tuple[Tensor, ...]:
        scale = targets.new_tensor(image_size)[[1, 0, 1, 0]]
        labels, boxes = self._criterion(targets.device).preprocess(targets, batch_size, scale).split((1, 4), 2)
        return labels, boxes, boxes.sum(2, keepdim=True) > 0

    @needs("TaskAlignedAssigner")
    def candidates_in_gts(self, anchor_points: Tensor, gt_bboxes: Tensor, mask_gt: Tensor) -> Tensor:
        assigner, mask_gt = self._assigner(gt_bboxes.device), mask_gt.to(gt_bboxes)
        inside = self._step(assigner, "select_candidates_in_gts", anchor_points, gt_bboxes, mask_gt=mask_gt)
        return inside * mask_gt

    @needs("TaskAlignedAssigner")
    def alignment_metric(
        self, pd_scores: Tensor, pd_bboxes: Tensor, gt_labels: Tensor, gt_bboxes: Tensor, mask: Tensor
    ) -> Tuple[Tensor, Tensor]:
        assigner = self._assigner(pd_bboxes.device)
        assigner.bs, assigner.n_max_boxes = gt_bboxes.shape[:2]
        return assigner.get_box_metrics(pd_scores, pd_bboxes, gt_labels, gt_bboxes, mask)

    @needs("TaskAlignedAssigner")
    def select_topk(self, metric: Tensor, mask_gt: Tensor) -> Tensor:
        assigner = self._assigner(metric.device)
        return assigner.select_topk_candidates(metric, topk_mask=mask_gt.expand(-1, -1, assigner.topk)) * mask_gt

    @needs("TaskAlignedAssigner")
    def resolve_conflicts(self, mask_pos: Tensor, overlaps: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        assigner, gts = self._assigner(overlaps.device), overlaps.shape[1]
        # The metric is read only where a second top-k, of another k, follows the first.
        return self._step(assigner, "select_highest_overlaps", mask_pos.to(overlaps), overlaps, gts, align_metric=None)

    @needs("TaskAlignedAssigner")
    def assign(self, *args: Tensor) -> Tuple[Tensor, ...]:
        *args, gt_labels, gt_bboxes, mask_gt = args
        if hasattr(self.parts["TaskAlignedAssigner"], "get_box_metrics") and self.alignment_metric is None:  # all pairs are measured
            gt_labels, gt_bboxes = blanked(gt_labels, gt_bboxes, mask_gt)
        found = self._assigner(mask_gt.device)(*args, gt_labels, gt_bboxes, mask_gt.to(args[0]))
        return found if len(found) == 5 else (*found, owners(found[0], found[1], gt_labels, gt_bboxes))

    @needs("v8DetectionLoss")
    def bce_loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        return self._criterion(logits.device).bce(logits, targets)

    @needs("DFLoss", "BboxLoss")
    def dfl_loss(self, pred_dist: Tensor, target: Tensor) -> Tensor:
        bins = self.dialect.reg_max
        dfl = self.parts["DFLoss"](bins) if "DFLoss" in self.parts else self._bbox_loss(target.device).dfl_loss
        return dfl(pred_dist.view(-1, bins), target.clone()).squeeze(-1)  # clamps in place

    @needs("BboxLoss")
    def bbox_loss(
        self, pred_dist: Tensor, pred_bboxes: Tensor, anchor_points: Tensor, target_bboxes: Tensor, target_scores: Tensor,
        target_scores_sum: Tensor, fg_mask: Tensor, stride_tensor: Any = None, image_size: Any = None,
    ) -> Tuple[Tensor, Tensor]:  # fmt: skip
        args = pred_dist, pred_bboxes, anchor_points, target_bboxes, target_scores, target_scores_sum, fg_mask
        size = None if image_size is None else pred_dist.new_tensor(image_size)  # read by a head without bins
        return taking(self._bbox_loss(pred_dist.device).forward, *args, imgsz=size, stride=stride_tensor)

    @needs("v8DetectionLoss")
    def detection_loss(self, feature_maps: List[Tensor], targets: Tensor) -> Tuple[Tensor, Tensor]:
        criterion = self._criterion(targets.device)
        one_branch = hasattr(criterion, "parse_output")  # since 8.4 the head hands over its branches, flattened
        return summed(*criterion(self._branch(feature_maps) if one_branch else feature_maps, batch_of(targets)))

    @needs("E2ELoss")
    def end_to_end_loss(
        self, one_to_many: List[Tensor], one_to_one: List[Tensor], targets: Tensor, epoch: int, epochs: int
    ) -> Tuple[Tensor, Tensor]:
        criterion = self.parts["E2ELoss"](self._model(targets.device, epochs=epochs))
        self._set(criterion.one2many.assigner)
        self._set(criterion.one2one.assigner, claims=False)
        for _ in range(epoch):
            criterion.update()
        branches = {"one2many": self._branch(one_to_many), "one2one": self._branch(one_to_one)}
        return summed(*criterion(branches, batch_of(targets)))

"""LibreYOLO: its YOLOv9 head, which is MultimediaTechLab's, and the assigner and box loss of its YOLO-NAS.

`factory` has dialect LIBREYOLO9, `yolonas` PPYOLOE.
"""

from __future__ import annotations

from importlib import metadata
from typing import Any, List, Tuple

import torch
from torch import Tensor

from conformance.adapting.calls import quietly
from conformance.adapting.serving import built_in
from conformance.adapting.torch_operators import declared
from conformance.adapting.torch_types import in_own_dtype, probabilities
from conformance.candidates.released.pp_yoloe import torch_factory

with quietly(), declared("torchvision"):
    from libreyolo.models.yolo9 import loss as yolo9
    from libreyolo.models.yolonas import loss as nas
    from libreyolo.utils.box_ops import compute_iou

VERSION = metadata.version("libreyolo")


def overlap(kind: str) -> Any:
    """One op of the IoU family."""
    return lambda self, first, second: compute_iou(first, second, kind, pairwise=False)


def padded(targets: Tensor, images: int) -> Tensor:
    """Targets (B, G, 5) class and corners, in the units they came in; what is padded has class -1 and no side."""
    centre, half = targets[:, 2:4], targets[:, 4:] / 2
    rows = torch.cat([targets[:, 1:2], centre - half, centre + half], 1)
    each = [rows[targets[:, 0] == image] for image in range(images)]
    found = targets.new_zeros(images, max(map(len, each)), 5)
    found[..., 0] = -1
    for image, row in enumerate(each):
        found[image, : len(row)] = row
    return found


@in_own_dtype
class Yolo9:
    """The ops of one dialect; arguments and results are those of the protocol."""

    framework = "torch"
    dtypes = ("float32",)  # it computes overlaps in float32, whatever it is given
    name = f"libreyolo {VERSION}, yolo9"

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect

    def make_anchors(self, feature_shapes: List[Tuple[int, int]]) -> Tuple[Tensor, Tensor]:
        levels = [
            yolo9.generate_anchors([width * stride, height * stride], [stride])
            for (height, width), stride in zip(feature_shapes, self.dialect.strides)
        ]
        points, strides = (torch.cat(parts) for parts in zip(*levels))
        return points / strides[:, None], strides[:, None]

    iou, diou, ciou = overlap("iou"), overlap("diou"), overlap("ciou")

    def _matcher(self, anchor_points: Tensor, stride_tensor: Tensor) -> Any:
        d = self.dialect
        sizes = dict(topk=d.topk, iou_factor=d.beta, cls_factor=d.alpha)
        return yolo9.BoxMatcher(d.num_classes, anchor_points, stride_tensor[:, 0], d.reg_max, **sizes)

    def assign(
        self, pd_scores: Tensor, pd_bboxes: Tensor, anchor_points: Tensor,
        gt_labels: Tensor, gt_bboxes: Tensor, mask_gt: Tensor, stride_tensor: Tensor,
    ) -> Tuple[Tensor, ...]:  # fmt: skip
        matcher = self._matcher(anchor_points, stride_tensor)
        blank = mask_gt.to(gt_bboxes)  # it has no mask: a row that is padded has no side
        target = torch.cat([gt_labels.to(gt_bboxes) * blank, gt_bboxes * blank], 2)
        found, fg_mask, owner = matcher(target, (probabilities(pd_scores), pd_bboxes), return_indices=True)
        scores, boxes = found.split([self.dialect.num_classes, 4], -1)
        if not gt_labels.shape[1]:
            return owner, boxes, scores, fg_mask, owner
        return gt_labels[..., 0].gather(1, owner), boxes, scores, fg_mask, owner

    def bce_loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        return yolo9.BCELoss().bce(logits, targets)

    def bbox_loss(
        self, pred_dist: Tensor, pred_bboxes: Tensor, anchor_points: Tensor,
        target_bboxes: Tensor, target_scores: Tensor, target_scores_sum: Tensor, fg_mask: Tensor,
    ) -> Tuple[Tensor, Tensor]:  # fmt: skip
        weight, bins = target_scores.sum(-1)[fg_mask], self.dialect.reg_max
        box = yolo9.BoxLoss()(pred_bboxes, target_bboxes, fg_mask, weight, target_scores_sum)
        dist = pred_dist.unflatten(-1, (4, bins))
        dfl = yolo9.DFLoss(bins)(dist, target_bboxes, anchor_points[None], fg_mask, weight, target_scores_sum)
        return box, dfl

    def detection_loss(self, feature_maps: List[Tensor], targets: Tensor) -> Tuple[Tensor, Tensor]:
        d, (height, width) = self.dialect, feature_maps[0].shape[2:]
        size = [width * d.strides[0], height * d.strides[0]]
        loss = yolo9.YOLO9Loss(
            d.num_classes, d.reg_max, list(d.strides), size, targets.device,
            d.box_gain, d.dfl_gain, d.cls_gain, d.topk, d.beta, d.alpha,
        )  # fmt: skip
        found = loss(feature_maps, padded(targets, len(feature_maps[0])))
        return found["total_loss"], torch.stack([found[name] for name in ("box", "cls", "dfl")])


def factory(dialect: Any) -> Yolo9:
    """Offer its YOLOv9 for one dialect."""
    built_in(dialect, iou_eps=1e-7, norm_eps=1e-9)
    return Yolo9(dialect)


factory.dialect = "LIBREYOLO9"


yolonas = torch_factory(nas, f"libreyolo {VERSION}, yolonas")
yolonas.dialect = "PPYOLOE"

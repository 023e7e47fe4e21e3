"""Every op of the protocol in dense PyTorch, on any device, with gradients from autograd.

A worked example of a port: it imports nothing of the suite, and each op reads as its formula. Gradients flow through
decode and the three losses; the assigner, its targets and the alpha of CIoU are constants for them.
"""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor


class DenseTorch:
    """The ops of one dialect; arguments and results are those of the protocol."""

    framework = "torch"

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect
        self.eps = dialect.iou_eps
        self.side_bins = (4, dialect.reg_max)
        self.largest_distance = dialect.reg_max - 1 - 0.01

    def make_anchors(self, feature_shapes: list[tuple[int, int]]) -> tuple[Tensor, Tensor]:
        """Cell centres (A, 2) xy, grid, and strides (A, 1), px."""
        points = [torch.cartesian_prod(torch.arange(h), torch.arange(w)).flip(-1) for h, w in feature_shapes]
        strides = [torch.full((len(level), 1), float(stride)) for level, stride in zip(points, self.dialect.strides)]
        return torch.cat(points) + 0.5, torch.cat(strides)

    def dist2bbox(self, distance: Tensor, anchor_points: Tensor) -> Tensor:
        """Corners (..., A, 4) at the given distances from the points."""
        before, after = distance.chunk(2, dim=-1)
        return torch.cat([anchor_points - before, anchor_points + after], dim=-1)

    def bbox2dist(self, anchor_points: Tensor, bboxes: Tensor) -> Tensor:
        """Distances (..., A, 4) from the points to the edges, clamped to what the bins can express."""
        start, end = bboxes.chunk(2, dim=-1)
        return torch.cat([anchor_points - start, end - anchor_points], dim=-1).clamp(0, self.largest_distance)

    def decode_boxes(self, pred_dist: Tensor, anchor_points: Tensor) -> Tensor:
        """Boxes (B, A, 4), grid, at the expected bin of each side."""
        probability = pred_dist.unflatten(-1, self.side_bins).softmax(dim=-1)
        bins = torch.arange(self.dialect.reg_max, device=pred_dist.device)
        return self.dist2bbox((probability * bins).sum(dim=-1), anchor_points)

    def iou(self, boxes1: Tensor, boxes2: Tensor) -> Tensor:
        """Intersection over union (N,)."""
        return self._overlap(boxes1, boxes2)[0]

    def giou(self, boxes1: Tensor, boxes2: Tensor) -> Tensor:
        """IoU less the share of the enclosing box that neither covers (N,)."""
        iou, union, width, height = self._overlap(boxes1, boxes2)
        enclosing = width * height + self.eps
        return iou - (enclosing - union) / enclosing

    def diou(self, boxes1: Tensor, boxes2: Tensor) -> Tensor:
        """IoU less the squared centre distance over the squared enclosing diagonal (N,)."""
        iou, _, width, height = self._overlap(boxes1, boxes2)
        start1, end1, start2, end2 = *boxes1.chunk(2, dim=-1), *boxes2.chunk(2, dim=-1)
        distance2 = (start2 + end2 - start1 - end1).square().sum(dim=-1) / 4
        return iou - distance2 / (width.square() + height.square() + self.eps)

    def ciou(self, boxes1: Tensor, boxes2: Tensor) -> Tensor:
        """DIoU less the difference in aspect ratio, whose weight alpha takes no gradient unless the dialect says so (N,)."""
        (w1, h1), (w2, h2) = self._sides(boxes1), self._sides(boxes2)
        v = 4 / math.pi**2 * (torch.atan(w2 / h2) - torch.atan(w1 / h1)).square()
        alpha = v / (1 - self.iou(boxes1, boxes2) + v + self.eps)
        return self.diou(boxes1, boxes2) - v * (alpha.detach() if self.dialect.constant_alpha else alpha)

    def pad_targets(self, targets: Tensor, batch_size: int, image_size: tuple[int, int]) -> tuple[Tensor, ...]:
        """Labels (B, G, 1), boxes (B, G, 4), px, and mask (B, G, 1); rows of an image keep their order."""
        image = targets[:, 0].long()
        belongs = image[:, None] == torch.arange(batch_size, device=targets.device)
        slot = (belongs.cumsum(dim=0) - 1)[belongs]
        height, width = image_size
        padded = targets.new_zeros(batch_size, int(slot.max()) + 1 if len(slot) else 0, 5)
        padded[image, slot] = targets[:, 1:] * targets.new_tensor([1, width, height, width, height])
        label, x, y, w, h = padded.unbind(-1)
        boxes = torch.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], dim=-1)
        return label.long()[..., None], boxes, boxes.sum(dim=-1, keepdim=True) > 0

    def candidates_in_gts(self, anchor_points: Tensor, gt_bboxes: Tensor, mask_gt: Tensor) -> Tensor:
        """Which anchors lie strictly inside each ground truth (B, G, A)."""
        start, end = gt_bboxes[:, :, None].chunk(2, dim=-1)
        if self.dialect.min_gt_side > 0:
            lacking = (self.dialect.min_gt_side - (end - start)).clamp(min=0)
            start, end = start - lacking / 2, end + lacking / 2
        eps = self.dialect.inside_eps
        return ((anchor_points - start > eps) & (end - anchor_points > eps)).all(dim=-1) & mask_gt

    def alignment_metric(
        self, pd_scores: Tensor, pd_bboxes: Tensor, gt_labels: Tensor, gt_bboxes: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Metric t = s^alpha · u^beta and overlap u, both (B, G, A), 0 off the mask."""
        score = pd_scores.mT.take_along_dim(gt_labels, dim=1)
        overlaps = self.ciou(gt_bboxes[:, :, None], pd_bboxes[:, None]).clamp(min=0).masked_fill(~mask, 0)
        metric = score.pow(self.dialect.alpha) * overlaps.pow(self.dialect.beta)
        return metric.masked_fill(~mask, 0), overlaps

    def select_topk(self, metric: Tensor, mask_gt: Tensor) -> Tensor:
        """The k best anchors of each valid ground truth (B, G, A)."""
        best = metric.topk(min(self.dialect.topk, metric.shape[-1]), dim=-1).indices
        return torch.zeros_like(metric, dtype=torch.bool).scatter(-1, best, mask_gt.expand_as(best))

    def resolve_conflicts(self, mask_pos: Tensor, overlaps: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Owner (B, A), foreground (B, A) and positives (B, G, A) once each anchor has one owner at most."""
        contested = mask_pos.sum(dim=1, keepdim=True) > 1
        if contested.any():
            winner = overlaps.argmax(dim=1, keepdim=True)
            mask_pos = torch.where(contested, torch.zeros_like(mask_pos).scatter(1, winner, True), mask_pos)
        gts = torch.arange(mask_pos.shape[1], device=mask_pos.device)
        return (mask_pos * gts[:, None]).sum(dim=1), mask_pos.any(dim=1), mask_pos

    @torch.no_grad()
    def assign(
        self, pd_scores: Tensor, pd_bboxes: Tensor, anchor_points: Tensor,
        gt_labels: Tensor, gt_bboxes: Tensor, mask_gt: Tensor,
    ) -> tuple[Tensor, ...]:  # fmt: skip
        """Labels (B, A), boxes (B, A, 4), scores (B, A, C), foreground (B, A) and owner (B, A) of every anchor."""
        if gt_labels.shape[1] == 0:  # one blank slot, so that background has something to point at
            gt_labels, gt_bboxes, mask_gt = (F.pad(slots, (0, 0, 0, 1)) for slots in (gt_labels, gt_bboxes, mask_gt))
        inside = self.candidates_in_gts(anchor_points, gt_bboxes, mask_gt)
        metric, overlaps = self.alignment_metric(pd_scores, pd_bboxes, gt_labels, gt_bboxes, inside)
        claims = self.select_topk(metric, mask_gt) & (inside | (not self.dialect.claims_inside))
        target_gt_idx, fg_mask, mask_pos = self.resolve_conflicts(claims, overlaps)
        largest_metric = (metric * mask_pos).amax(dim=-1, keepdim=True)
        largest_overlap = (overlaps * mask_pos).amax(dim=-1, keepdim=True)
        strength = (mask_pos * metric * largest_overlap / (largest_metric + self.dialect.norm_eps)).sum(dim=1)
        target_labels = gt_labels.squeeze(-1).gather(1, target_gt_idx)
        target_bboxes = gt_bboxes.take_along_dim(target_gt_idx[..., None], dim=1)
        target_scores = F.one_hot(target_labels, self.dialect.num_classes) * strength[..., None]
        return target_labels, target_bboxes, target_scores, fg_mask, target_gt_idx

    def bce_loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Binary cross-entropy of logits, elementwise."""
        return F.binary_cross_entropy_with_logits(logits, targets, reduction="none")

    def dfl_loss(self, pred_dist: Tensor, target: Tensor) -> Tensor:
        """Cross-entropy of the two bins around the target, weighted by nearness, mean over the four sides (N,)."""
        target = target.clamp(0, self.largest_distance)
        left = target.floor()
        nearness = torch.stack([left + 1 - target, target - left], dim=-1)
        bins = torch.stack([left, left + 1], dim=-1).long()
        log_probability = pred_dist.unflatten(-1, self.side_bins).log_softmax(dim=-1).gather(-1, bins)
        return -(nearness * log_probability).sum(dim=-1).mean(dim=-1)

    def bbox_loss(
        self, pred_dist: Tensor, pred_bboxes: Tensor, anchor_points: Tensor,
        target_bboxes: Tensor, target_scores: Tensor, target_scores_sum: Tensor, fg_mask: Tensor,
    ) -> tuple[Tensor, Tensor]:  # fmt: skip
        """Box and dfl terms of the foreground, weighted by target scores, before gains."""
        weight = target_scores[fg_mask].sum(dim=-1) / target_scores_sum
        ciou = self.ciou(pred_bboxes[fg_mask], target_bboxes[fg_mask])
        dfl = self.dfl_loss(pred_dist[fg_mask], self.bbox2dist(anchor_points, target_bboxes)[fg_mask])
        return (weight * (1 - ciou)).sum(), (weight * dfl).sum()

    def detection_loss(self, feature_maps: list[Tensor], targets: Tensor) -> tuple[Tensor, Tensor]:
        """Total and the components (3,) box, cls, dfl after gains."""
        d = self.dialect
        cells = torch.cat([level.flatten(2) for level in feature_maps], dim=-1).mT
        pred_dist, logits = cells.split([4 * d.reg_max, d.num_classes], dim=-1)
        anchors = self.make_anchors([level.shape[2:] for level in feature_maps])
        anchor_points, stride = (part.to(cells) for part in anchors)
        pred_bboxes = self.decode_boxes(pred_dist, anchor_points)
        height, width = feature_maps[0].shape[2:]
        gt = self.pad_targets(targets, len(cells), (height * d.strides[0], width * d.strides[0]))
        _, target_bboxes, target_scores, fg_mask, _ = self.assign(
            logits.sigmoid(), pred_bboxes * stride, anchor_points * stride, *gt
        )
        scores_sum = target_scores.sum().clamp(min=1)
        box, dfl = self.bbox_loss(
            pred_dist, pred_bboxes, anchor_points, target_bboxes / stride, target_scores, scores_sum, fg_mask
        )
        cls = self.bce_loss(logits, target_scores).sum() / scores_sum
        components = torch.stack([box * d.box_gain, cls * d.cls_gain, dfl * d.dfl_gain])
        return len(cells) * components.sum(), components

    def _sides(self, boxes: Tensor) -> tuple[Tensor, Tensor]:
        """Width, and height plus eps."""
        x1, y1, x2, y2 = boxes.unbind(-1)
        return x2 - x1, y2 - y1 + self.eps

    def _overlap(self, boxes1: Tensor, boxes2: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """IoU, union, and width and height of the enclosing box."""
        (left1, top1, right1, bottom1), (left2, top2, right2, bottom2) = boxes1.unbind(-1), boxes2.unbind(-1)
        width = (right1.minimum(right2) - left1.maximum(left2)).clamp(min=0)
        height = (bottom1.minimum(bottom2) - top1.maximum(top2)).clamp(min=0)
        (w1, h1), (w2, h2) = self._sides(boxes1), self._sides(boxes2)
        union = w1 * h1 + w2 * h2 - width * height + self.eps
        hull = right1.maximum(right2) - left1.minimum(left2), bottom1.maximum(bottom2) - top1.minimum(top2)
        return width * height / union, union, *hull


factory = DenseTorch

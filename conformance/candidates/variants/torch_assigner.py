"""The assigner in PyTorch: other tie rules, and other ways to take pairs and owners."""

from __future__ import annotations

import torch

from conformance.candidates.dense_torch import DenseTorch


class SparsePairs(DenseTorch):
    def alignment_metric(self, pd_scores, pd_bboxes, gt_labels, gt_bboxes, mask):
        b, g, a = mask.nonzero(as_tuple=True)
        overlap = self.ciou(gt_bboxes[b, g], pd_bboxes[b, a]).clamp_(0)
        score = pd_scores[b, a, gt_labels[b, g, 0]]
        metric, overlaps = (torch.zeros(mask.shape, dtype=pd_scores.dtype) for _ in range(2))
        metric[b, g, a] = score.pow(self.dialect.alpha) * overlap.pow(self.dialect.beta)
        overlaps[b, g, a] = overlap
        return metric, overlaps


class StableSort(DenseTorch):
    def select_topk(self, metric, mask_gt):
        best = metric.sort(dim=-1, descending=True, stable=True).indices[..., : self.dialect.topk]
        return torch.zeros_like(metric, dtype=torch.bool).scatter(-1, best, mask_gt.expand_as(best))


class LastOfEquals(DenseTorch):
    def select_topk(self, metric, mask_gt):
        best = metric.sort(dim=-1, stable=True).indices[..., -self.dialect.topk :]
        return torch.zeros_like(metric, dtype=torch.bool).scatter(-1, best, mask_gt.expand_as(best))

    def resolve_conflicts(self, mask_pos, overlaps):
        if not mask_pos.shape[1]:
            return super().resolve_conflicts(mask_pos, overlaps)
        contested = mask_pos.sum(1, keepdim=True) > 1
        winner = mask_pos.shape[1] - 1 - overlaps.flip(1).argmax(dim=1, keepdim=True)
        mask_pos = torch.where(contested, torch.zeros_like(mask_pos).scatter(1, winner, True), mask_pos)
        return mask_pos.int().argmax(dim=1), mask_pos.any(dim=1), mask_pos


class CountedClaims(DenseTorch):
    def select_topk(self, metric, mask_gt):
        best = metric.topk(min(self.dialect.topk, metric.shape[-1]), sorted=False).indices
        count = torch.zeros_like(metric, dtype=torch.int8)
        for i in range(best.shape[-1]):
            count.scatter_add_(-1, best[..., i : i + 1], torch.ones_like(best[..., :1], dtype=torch.int8))
        return (count * mask_gt).to(metric.dtype)

    def assign(self, *arguments):
        labels, boxes, scores, fg_mask, owner = super().assign(*arguments)
        return labels.int(), boxes, scores, fg_mask, owner.to(torch.int16)

    def resolve_conflicts(self, mask_pos, overlaps):
        return super().resolve_conflicts(mask_pos.bool(), overlaps)

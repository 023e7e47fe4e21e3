"""The assigner of the fork."""

import torch

from conformance.tests.candidates.forked.geometry import bbox_iou


class TaskAlignedAssigner(torch.nn.Module):
    def __init__(self, topk=13, num_classes=80, alpha=1.0, beta=6.0, eps=1e-9):
        super().__init__()
        self.topk, self.num_classes, self.alpha, self.beta, self.eps = topk, num_classes, alpha, beta, eps

    @torch.no_grad()
    def forward(self, pd_scores, pd_bboxes, anc_points, gt_labels, gt_bboxes, mask_gt):
        self.bs, self.n_max_boxes = gt_bboxes.shape[:2]
        if self.n_max_boxes == 0:
            none = torch.zeros_like(pd_scores[..., 0])
            return none.long(), torch.zeros_like(pd_bboxes), torch.zeros_like(pd_scores), none.bool(), none.long()
        inside = self.select_candidates_in_gts(anc_points, gt_bboxes) * mask_gt
        metric, overlaps = self.get_box_metrics(pd_scores, pd_bboxes, gt_labels, gt_bboxes, inside)
        chosen = self.select_topk_candidates(metric, mask_gt.expand(-1, -1, self.topk).bool()) * inside
        owner, fg_mask, chosen = self.select_highest_overlaps(chosen, overlaps, self.n_max_boxes)
        metric, overlaps = metric * chosen, overlaps * chosen
        strength = metric * overlaps.amax(-1, keepdim=True) / (metric.amax(-1, keepdim=True) + self.eps)
        labels = gt_labels.squeeze(-1).long().gather(1, owner)
        scores = torch.nn.functional.one_hot(labels, self.num_classes) * strength.amax(1)[..., None]
        boxes = gt_bboxes.gather(1, owner[..., None].expand(-1, -1, 4))
        return labels, boxes, scores, fg_mask.bool(), owner

    def select_candidates_in_gts(self, points, gt_bboxes, eps=1e-9):
        start, end = gt_bboxes[:, :, None].chunk(2, -1)
        return torch.cat([points - start, end - points], -1).amin(-1).gt(eps).to(gt_bboxes.dtype)

    def get_box_metrics(self, pd_scores, pd_bboxes, gt_labels, gt_bboxes, mask_gt):
        label = gt_labels.long().expand(-1, -1, pd_scores.shape[1])
        score = pd_scores.transpose(1, 2).gather(1, label)
        overlaps = bbox_iou(gt_bboxes[:, :, None], pd_bboxes[:, None], xywh=False, CIoU=True).squeeze(-1).clamp(0) * mask_gt
        return score**self.alpha * overlaps**self.beta, overlaps

    def select_topk_candidates(self, metric, topk_mask):
        chosen = torch.zeros_like(metric)
        return chosen.scatter(-1, metric.topk(self.topk, -1).indices, topk_mask.to(metric.dtype))

    def select_highest_overlaps(self, chosen, overlaps, n_max_boxes):
        winner = torch.zeros_like(chosen).scatter(1, overlaps.argmax(1, keepdim=True), 1)
        chosen = torch.where(chosen.sum(1, keepdim=True) > 1, winner, chosen)
        return chosen.argmax(1), chosen.sum(1), chosen

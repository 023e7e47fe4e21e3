"""The losses of the fork."""

import torch

from conformance.tests.candidates.forked.assigning.aligned import TaskAlignedAssigner
from conformance.tests.candidates.forked.geometry import bbox2dist, bbox_iou, dist2bbox, make_anchors


class DFLoss(torch.nn.Module):
    def __init__(self, reg_max=16):
        super().__init__()
        self.reg_max = reg_max

    def __call__(self, pred_dist, target):
        target = target.clamp(0, self.reg_max - 1.01)
        left = target.long()
        logs = pred_dist.log_softmax(-1).view(*target.shape, self.reg_max)
        near, far = (logs.gather(-1, bins[..., None]).squeeze(-1) for bins in (left, left + 1))
        return -(near * (left + 1 - target) + far * (target - left)).mean(-1, keepdim=True)


class BboxLoss(torch.nn.Module):
    def __init__(self, reg_max=16):
        super().__init__()
        self.dfl_loss = DFLoss(reg_max)

    def forward(self, pred_dist, pred_bboxes, anchor_points, target_bboxes, target_scores, target_scores_sum, fg_mask):
        weight = target_scores.sum(-1)[fg_mask][:, None]
        ciou = bbox_iou(pred_bboxes[fg_mask], target_bboxes[fg_mask], xywh=False, CIoU=True)
        bins = self.dfl_loss.reg_max
        target = bbox2dist(anchor_points, target_bboxes, bins - 1)[fg_mask]
        dfl = self.dfl_loss(pred_dist[fg_mask].view(-1, bins), target)
        return ((1 - ciou) * weight).sum() / target_scores_sum, (dfl * weight).sum() / target_scores_sum


class v8DetectionLoss:
    def __init__(self, model, tal_topk=10):
        head = model.model[-1]
        self.bce = torch.nn.BCEWithLogitsLoss(reduction="none")
        self.hyp, self.stride, self.classes, self.bins = model.args, head.stride, head.nc, head.reg_max
        self.assigner = TaskAlignedAssigner(topk=tal_topk, num_classes=head.nc, alpha=0.5, beta=6.0)
        self.bbox_loss = BboxLoss(head.reg_max)

    def preprocess(self, targets, batch_size, scale):
        rows = [targets[targets[:, 0] == image, 1:] for image in range(batch_size)]
        padded = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
        centre, sides = padded[..., 1:3] * scale[:2], padded[..., 3:5] * scale[2:]
        return torch.cat([padded[..., :1], centre - sides / 2, centre + sides / 2], -1)

    def bbox_decode(self, anchor_points, pred_dist):
        bins = torch.arange(self.bins, dtype=pred_dist.dtype)
        return dist2bbox(pred_dist.unflatten(-1, (4, self.bins)).softmax(-1) @ bins, anchor_points, xywh=False)

    def __call__(self, feats, batch):
        flat = torch.cat([level.flatten(2) for level in feats], 2).transpose(1, 2)
        dist, logits = flat.split([4 * self.bins, self.classes], -1)
        points, stride = make_anchors(feats, self.stride)
        size = self.stride[0] * torch.tensor(feats[0].shape[2:])
        targets = torch.cat([batch["batch_idx"][:, None], batch["cls"][:, None], batch["bboxes"]], 1)
        labels, boxes = self.preprocess(targets, len(flat), size[[1, 0, 1, 0]]).split([1, 4], -1)
        mask = (boxes.sum(-1, keepdim=True) > 0).to(boxes.dtype)
        decoded = self.bbox_decode(points, dist)
        _, found, scores, fg_mask, _ = self.assigner(
            logits.detach().sigmoid(), decoded.detach() * stride, points * stride, labels, boxes, mask
        )
        total = scores.sum().clamp(min=1)
        box, dfl = self.bbox_loss(dist, decoded, points, found / stride, scores, total, fg_mask)
        parts = torch.stack([
            box * self.hyp.box, self.bce(logits, scores.to(logits.dtype)).sum() / total * self.hyp.cls, dfl * self.hyp.dfl
        ])  # fmt: skip
        return parts.sum() * len(flat), parts.detach()

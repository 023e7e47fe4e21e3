"""Losses in PyTorch: library functions against forms by hand, reduced and not, whole and per image."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F

from conformance.candidates.dense_torch import DenseTorch


class BceByHand(DenseTorch):
    def bce_loss(self, logits, targets):
        return logits.clamp(min=0) - logits * targets + torch.log1p(torch.exp(-logits.abs()))


class BceByRelu(DenseTorch):
    def bce_loss(self, logits, targets):
        return F.relu(logits) - logits * targets + (1 + (-logits.abs()).exp()).log()


class BceBySoftplus(DenseTorch):
    def bce_loss(self, logits, targets):
        return F.softplus(logits) - logits * targets


class BceByLogsigmoid(DenseTorch):
    def bce_loss(self, logits, targets):
        return -(targets * F.logsigmoid(logits) + (1 - targets) * F.logsigmoid(-logits))


class BceByLogaddexp(DenseTorch):
    def bce_loss(self, logits, targets):
        return torch.logaddexp(logits, torch.zeros_like(logits)) - logits * targets


class DflByCrossEntropy(DenseTorch):
    def dfl_loss(self, pred_dist, target):
        target = target.clamp(0, self.largest_distance)
        left = target.long()
        right, weight = left + 1, left + 1 - target
        logits = pred_dist.reshape(-1, self.dialect.reg_max)
        low = F.cross_entropy(logits, left.view(-1), reduction="none").view(left.shape) * weight
        high = F.cross_entropy(logits, right.view(-1), reduction="none").view(left.shape) * (1 - weight)
        return (low + high).mean(-1)


class DflBySoftLabels(DenseTorch):
    def dfl_loss(self, pred_dist, target):
        bins = torch.arange(self.dialect.reg_max, device=target.device)
        hat = (1 - (target.clamp(0, self.largest_distance)[..., None] - bins).abs()).clamp(min=0)
        losses = F.cross_entropy(pred_dist.reshape(-1, self.dialect.reg_max), hat.flatten(0, 1), reduction="none")
        return losses.unflatten(0, (-1, 4)).mean(-1)


class DflByLerp(DenseTorch):
    def dfl_loss(self, pred_dist, target):
        target = target.clamp(0, self.largest_distance)
        left = target.floor().long()[..., None]
        loss = -pred_dist.unflatten(-1, self.side_bins).log_softmax(dim=-1)
        return torch.lerp(loss.gather(-1, left), loss.gather(-1, left + 1), target.frac()[..., None]).mean(dim=(1, 2))


class DflByLogsumexp(DenseTorch):
    def dfl_loss(self, pred_dist, target):
        target = target.clamp(0, self.largest_distance)
        left = target.floor().long()
        logits = pred_dist.unflatten(-1, self.side_bins)
        hot = F.one_hot(left, self.dialect.reg_max), F.one_hot(left + 1, self.dialect.reg_max)
        weight = hot[0] * (left + 1 - target)[..., None] + hot[1] * (target - left)[..., None]
        return (logits.logsumexp(dim=-1) - (weight * logits).sum(dim=-1)).mean(dim=-1)


class DecodeByConvolution(DenseTorch):
    def decode_boxes(self, pred_dist, anchor_points):
        bins = torch.arange(self.dialect.reg_max, dtype=pred_dist.dtype)[None, :, None, None]
        probability = pred_dist.unflatten(-1, self.side_bins).permute(0, 3, 2, 1).softmax(1)
        return self.dist2bbox(F.conv2d(probability, bins)[:, 0].mT, anchor_points)


class DecodeByMatrix(DenseTorch):
    def decode_boxes(self, pred_dist, anchor_points):
        probability = pred_dist.view(*pred_dist.shape[:2], 4, -1).softmax(3)
        return self.dist2bbox(probability @ torch.arange(self.dialect.reg_max).to(pred_dist), anchor_points)


class DecodeByPowersOfTwo(DenseTorch):
    def decode_boxes(self, pred_dist, anchor_points):
        logits = pred_dist.unflatten(-1, self.side_bins) / math.log(2)
        weight = torch.exp2(logits - logits.amax(dim=-1, keepdim=True))
        bins = torch.arange(self.dialect.reg_max)
        return self.dist2bbox((weight * bins).sum(-1) / weight.sum(-1), anchor_points)


class DecodeByLogSoftmax(DenseTorch):
    def decode_boxes(self, pred_dist, anchor_points):
        probability = pred_dist.unflatten(-1, self.side_bins).log_softmax(-1).exp()
        return self.dist2bbox((probability * torch.arange(self.dialect.reg_max)).sum(-1), anchor_points)


class DecodeByLogsumexp(DenseTorch):
    def decode_boxes(self, pred_dist, anchor_points):
        logits = pred_dist.unflatten(-1, self.side_bins)
        probability = (logits - logits.logsumexp(dim=-1, keepdim=True)).exp()
        return self.dist2bbox((probability * torch.arange(self.dialect.reg_max)).sum(-1), anchor_points)


class ForegroundByMask(DenseTorch):
    def bbox_loss(
        self, pred_dist, pred_bboxes, anchor_points, target_bboxes, target_scores, target_scores_sum, fg_mask
    ):
        unit = torch.tensor([0, 0, 1, 1]).to(pred_bboxes)
        pred, target = (torch.where(fg_mask[..., None], boxes, unit) for boxes in (pred_bboxes, target_bboxes))
        weight = torch.where(fg_mask, target_scores.sum(-1), 0).flatten()
        distance = self.bbox2dist(anchor_points, target)
        dfl = self.dfl_loss(pred_dist.flatten(0, 1), distance.flatten(0, 1))
        miss = 1 - self.ciou(pred, target).flatten()
        return (weight * miss).sum() / target_scores_sum, (weight * dfl).sum() / target_scores_sum


class Reduced(DflByCrossEntropy):
    def detection_loss(self, feature_maps, targets):
        return one_by_one(self, feature_maps, targets, lambda images: [slice(0, images)])


class PerImage(DenseTorch):
    def detection_loss(self, feature_maps, targets):
        return one_by_one(self, feature_maps, targets, lambda images: [slice(b, b + 1) for b in range(images)])


def one_by_one(self, feature_maps, targets, parts):
    """The detection loss as a sum over parts of the batch, each padded, assigned and reduced on its own."""
    d, strides, batch = self.dialect, self.dialect.strides, len(feature_maps[0])
    anchors = self.make_anchors([x.shape[2:] for x in feature_maps])
    points, stride = (part.to(feature_maps[0]) for part in anchors)
    image_size = tuple(side * strides[0] for side in feature_maps[0].shape[2:])
    sums = []
    for part in parts(batch):
        cells = torch.cat([x[part].flatten(2).permute(0, 2, 1) for x in feature_maps], dim=1)
        pred_dist, logits = cells[..., : 4 * d.reg_max], cells[..., 4 * d.reg_max :]
        own = targets[(targets[:, 0] >= part.start) & (targets[:, 0] < part.stop)].clone()
        own[:, 0] -= part.start
        boxes = self.decode_boxes(pred_dist, points)
        gt = self.pad_targets(own, len(cells), image_size)
        _, target, scores, fg, _ = self.assign(logits.detach().sigmoid(), boxes.detach() * stride, points * stride, *gt)
        box, dfl = self.bbox_loss(pred_dist, boxes, points, target / stride, scores, scores.new_ones(()), fg)
        cls = F.binary_cross_entropy_with_logits(logits, scores, reduction="sum")
        sums.append(torch.stack([box, cls, dfl, scores.sum()]))
    box, cls, dfl, scores_sum = torch.stack(sums).sum(0)
    gains = box.new_tensor([d.box_gain, d.cls_gain, d.dfl_gain])
    components = torch.stack([box, cls, dfl]) * gains / scores_sum.clamp(min=1)
    return (components * batch).sum(), components.detach()

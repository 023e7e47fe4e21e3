"""Stands for your code: a torch loss shaped like the public ones, one class that is called with maps and targets."""

import torch
import torch.nn.functional as F


def box_ciou(a, b, eps=1e-7):
    (x1, y1, x2, y2), (u1, v1, u2, v2) = a.unbind(-1), b.unbind(-1)
    w1, h1, w2, h2 = x2 - x1, y2 - y1 + eps, u2 - u1, v2 - v1 + eps
    shared = (torch.minimum(x2, u2) - torch.maximum(x1, u1)).clamp(0) * (torch.minimum(y2, v2) - torch.maximum(y1, v1)).clamp(0)
    iou = shared / (w1 * h1 + w2 * h2 - shared + eps)
    cw, ch = torch.maximum(x2, u2) - torch.minimum(x1, u1), torch.maximum(y2, v2) - torch.minimum(y1, v1)
    apart = ((u1 + u2 - x1 - x2) ** 2 + (v1 + v2 - y1 - y2) ** 2) / 4
    v = 4 / torch.pi**2 * (torch.atan(w2 / h2) - torch.atan(w1 / h1)) ** 2
    with torch.no_grad():
        alpha = v / (v - iou + (1 + eps))
    return iou - (apart / (cw**2 + ch**2 + eps) + v * alpha)


def anchors_of(maps, strides):
    points, steps = [], []
    for level, stride in zip(maps, strides):
        h, w = level.shape[-2:]
        y, x = torch.meshgrid(torch.arange(h).to(level) + 0.5, torch.arange(w).to(level) + 0.5, indexing="ij")
        points.append(torch.stack((x, y), -1).view(-1, 2))
        steps.append(torch.full((h * w, 1), float(stride)).to(level))
    return torch.cat(points), torch.cat(steps)


class Assigner:
    def __init__(self, topk, num_classes, alpha, beta):
        self.topk, self.num_classes, self.alpha, self.beta = topk, num_classes, alpha, beta

    @torch.no_grad()
    def __call__(self, scores, boxes, points, labels, gts, mask_gt):
        batch, slots = gts.shape[:2]
        if not slots:
            nothing = torch.zeros_like(scores[..., 0], dtype=torch.bool)
            return nothing.long(), torch.zeros_like(boxes), torch.zeros_like(scores), nothing, nothing.long()
        lt, rb = gts.view(-1, 1, 4).chunk(2, 2)
        inside = torch.cat((points[None] - lt, rb - points[None]), 2).amin(2).gt(1e-9).view(batch, slots, -1) & mask_gt.bool()
        of_class = scores.gather(2, labels.long().view(batch, 1, slots).expand(-1, scores.shape[1], -1)).mT
        overlap = box_ciou(gts[:, :, None], boxes[:, None]).clamp(0).where(inside, 0)
        metric = (of_class.pow(self.alpha) * overlap.pow(self.beta)).where(inside, 0)
        picked = torch.zeros_like(inside).scatter(2, metric.topk(self.topk, 2).indices, True)
        claimed = picked & inside
        contested = claimed.sum(1, keepdim=True) > 1
        most = F.one_hot(overlap.argmax(1), slots).mT.bool()
        claimed = torch.where(contested, most, claimed)
        owner, fg = claimed.int().argmax(1), claimed.any(1)
        row = torch.arange(batch, device=owner.device)[:, None]
        target = F.one_hot(labels[..., 0].long()[row, owner], self.num_classes) * fg[..., None]
        metric = metric * claimed
        best = metric.amax(2, keepdim=True), (overlap * claimed).amax(2, keepdim=True)
        weight = (metric * best[1] / (best[0] + 1e-9)).amax(1)
        return labels[..., 0].long()[row, owner], gts[row, owner], target * weight[..., None], fg, owner


class Loss:
    def __init__(self, num_classes, reg_max, strides, topk, alpha, beta, gains):
        self.num_classes, self.reg_max, self.strides, self.gains = num_classes, reg_max, strides, gains
        self.assigner = Assigner(topk, num_classes, alpha, beta)

    def preprocess(self, targets, batch, scale):
        counts = [int((targets[:, 0] == i).sum()) for i in range(batch)]
        out = targets.new_zeros(batch, max(counts, default=0), 5)
        for i, n in enumerate(counts):
            out[i, :n] = targets[targets[:, 0] == i][:, 1:]
        centre, half = out[..., 1:3] * scale, out[..., 3:5] * scale / 2
        return out[..., :1], torch.cat((centre - half, centre + half), -1)

    def decode(self, points, bins):
        d = bins.view(*bins.shape[:-1], 4, self.reg_max).softmax(-1) @ torch.arange(self.reg_max).to(bins)
        return torch.cat((points - d[..., :2], points + d[..., 2:]), -1)

    def dfl(self, bins, target):
        target = target.clamp(0, self.reg_max - 1 - 0.01)
        left = target.long()
        z, low = bins.view(-1, self.reg_max), left.view(-1)
        lower = F.cross_entropy(z, low, reduction="none").view(target.shape)
        upper = F.cross_entropy(z, low + 1, reduction="none").view(target.shape)
        return (lower * (left + 1 - target) + upper * (target - left)).mean(-1)

    def box_terms(self, bins, boxes, points, target_boxes, target_scores, total, fg):
        weight = target_scores.sum(-1)[fg]
        box = ((1 - box_ciou(boxes[fg], target_boxes[fg])) * weight).sum() / total
        sides = torch.cat((points - target_boxes[..., :2], target_boxes[..., 2:] - points), -1)[fg]
        return box, (self.dfl(bins[fg], sides) * weight).sum() / total

    def __call__(self, maps, targets):
        batch, bins = maps[0].shape[0], 4 * self.reg_max
        x = torch.cat([level.flatten(2) for level in maps], 2).mT
        pred, logits = x[..., :bins].contiguous(), x[..., bins:].contiguous()
        points, steps = anchors_of(maps, self.strides)
        height, width = (side * self.strides[0] for side in maps[0].shape[-2:])
        labels, gts = self.preprocess(targets, batch, targets.new_tensor([width, height]))
        mask = gts.sum(-1, keepdim=True) > 0
        boxes = self.decode(points, pred)
        found = self.assigner(logits.detach().sigmoid(), boxes.detach() * steps, points * steps, labels, gts, mask)
        _, target_boxes, scores, fg, _ = found
        total = scores.sum().clamp(min=1)
        cls = F.binary_cross_entropy_with_logits(logits, scores.to(logits), reduction="none").sum() / total
        box = dfl = pred.sum() * 0
        if fg.any():
            box, dfl = self.box_terms(pred, boxes, points, target_boxes / steps, scores, total, fg)
        components = torch.stack((box, cls, dfl)) * torch.tensor(self.gains, dtype=pred.dtype)
        return components.sum() * batch, components.detach()

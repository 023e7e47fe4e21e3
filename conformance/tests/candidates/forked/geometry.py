"""Anchors, distances and overlaps of the fork."""

import math

import torch


def make_anchors(feats, strides, grid_cell_offset=0.5):
    points, steps = [], []
    for level, stride in zip(feats, strides):
        height, width = level.shape[2:]
        y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
        points.append(torch.stack([x, y], -1).view(-1, 2).to(level.dtype) + grid_cell_offset)
        steps.append(torch.full((height * width, 1), float(stride), dtype=level.dtype))
    return torch.cat(points), torch.cat(steps)


def dist2bbox(distance, anchor_points, xywh=True):
    start, end = anchor_points - distance[..., :2], anchor_points + distance[..., 2:]
    return torch.cat([(start + end) / 2, end - start] if xywh else [start, end], -1)


def bbox2dist(anchor_points, bbox, last):
    return torch.cat([anchor_points - bbox[..., :2], bbox[..., 2:] - anchor_points], -1).clamp(0, last - 0.01)


def bbox_iou(first, second, xywh=True, GIoU=False, DIoU=False, CIoU=False, eps=1e-7):
    assert not xywh
    left1, top1, right1, low1 = first.chunk(4, -1)
    left2, top2, right2, low2 = second.chunk(4, -1)
    w1, h1, w2, h2 = right1 - left1, low1 - top1 + eps, right2 - left2, low2 - top2 + eps
    inter = (right1.minimum(right2) - left1.maximum(left2)).clamp(0) * (low1.minimum(low2) - top1.maximum(top2)).clamp(0)
    union = w1 * h1 + w2 * h2 - inter + eps
    iou = inter / union
    width, height = right1.maximum(right2) - left1.minimum(left2), low1.maximum(low2) - top1.minimum(top2)
    if GIoU:
        return iou - (width * height + eps - union) / (width * height + eps)
    if not DIoU and not CIoU:
        return iou
    apart = ((left2 + right2 - left1 - right1) ** 2 + (top2 + low2 - top1 - low1) ** 2) / 4
    diou = iou - apart / (width**2 + height**2 + eps)
    if DIoU:
        return diou
    v = 4 / math.pi**2 * (torch.atan(w2 / h2) - torch.atan(w1 / h1)) ** 2
    with torch.no_grad():
        alpha = v / (v - iou + (1 + eps))
    return diou - alpha * v

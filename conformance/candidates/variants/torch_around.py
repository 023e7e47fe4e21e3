"""Ops around the head in PyTorch: its sort, its softmax, its lerp, and gradients from autograd."""

from __future__ import annotations

import math

import torch
from torch.nn import functional


class Around:
    """Ops of one dialect; arguments and results are those of the protocol."""

    framework = "torch"

    def __init__(self, dialect):
        self.dialect = dialect


class SortedSuppression(Around):
    def nms(self, boxes, scores, iou_threshold):
        return self.batched_nms(boxes, scores, torch.zeros_like(scores, dtype=torch.long), iou_threshold)

    def batched_nms(self, boxes, scores, classes, iou_threshold):
        order = torch.argsort(scores, descending=True)
        first, last = boxes[order, None, :2], boxes[order, None, 2:]
        own = (last - first).prod(-1)
        sides = torch.minimum(last, last.transpose(0, 1)) - torch.maximum(first, first.transpose(0, 1))
        shared = sides.clamp(min=0).prod(-1)
        drops = (shared / (own + own.T - shared) > iou_threshold) & (classes[order, None] == classes[order])
        kept = torch.ones(len(order), dtype=torch.bool)
        for i in range(len(order)):
            if kept[i]:
                kept[i + 1 :] &= ~drops[i, i + 1 :]
        return order[kept]


class PredictionByModules(Around):
    def predict(self, feature_maps):
        found = []
        for level, stride in zip(feature_maps, self.dialect.strides):
            images, _, height, width = level.shape
            bins, logits = level.flatten(2).split((4 * self.dialect.reg_max, self.dialect.num_classes), 1)
            share = bins.view(images, 4, self.dialect.reg_max, -1).softmax(2)
            sides = torch.einsum("ijkl,k->ijl", share, torch.arange(self.dialect.reg_max, dtype=level.dtype))
            y, x = torch.meshgrid(*(torch.arange(n, dtype=level.dtype) + 0.5 for n in (height, width)), indexing="ij")
            first, last = torch.stack([x, y]).flatten(1) - sides[:, :2], torch.stack([x, y]).flatten(1) + sides[:, 2:]
            found.append(torch.cat([(first + last) / 2 * stride, (last - first) * stride, logits.sigmoid()], 1))
        return torch.cat(found, 2)


class DeltasByClamp(Around):
    def encode_deltas(self, anchors, boxes):
        (p, pwh), (g, gwh) = (((b[:, :2] + b[:, 2:]) * 0.5, b[:, 2:] - b[:, :2]) for b in (anchors, boxes))
        return torch.cat([(g - p) / pwh, (gwh / pwh).log()], 1)

    def decode_deltas(self, anchors, deltas):
        size = anchors[:, 2:] - anchors[:, :2]
        centre = anchors[:, :2] + size / 2 + deltas[:, :2] * size
        half = size * deltas[:, 2:].clamp(max=math.log(1000 / 16)).exp() / 2
        return torch.cat([centre - half, centre + half], 1)


class PooledByAmax(Around):
    def largest(self, cells):
        return cells.amax((1, 2))

    def roi_max_pool(self, features, rois, output_size, spatial_scale):
        scaled, count = rois * spatial_scale, output_size
        whole = scaled.trunc() + scaled.sign() * ((scaled - scaled.trunc()).abs() >= 0.5)
        pooled = []
        for x1, y1, x2, y2 in whole.long().tolist():
            rows, columns = (
                [(min(max(a + i * w // count, 0), n), min(max(a - (-(i + 1) * w // count), 0), n)) for i in range(count)]
                for a, w, n in ((y1, max(y2 - y1 + 1, 1), features.shape[1]), (x1, max(x2 - x1 + 1, 1), features.shape[2]))
            )
            cells = [features[:, top:bottom, left:right] for top, bottom in rows for left, right in columns]
            pooled.append([self.largest(part) if part.numel() else features.new_zeros(len(features)) for part in cells])
        flat = [torch.stack(one, -1).view(len(features), count, count) for one in pooled]
        return torch.stack(flat) if flat else features.new_zeros(0, len(features), count, count) + 0 * features.sum()


class PooledByMaxOfRows(PooledByAmax):
    def largest(self, cells):
        return cells.max(2)[0].max(1)[0]


class LerpedAverage(Around):
    def ema_update(self, average, value, decay):
        return average.lerp(value, 1 - decay)


class SampledByShares(Around):
    def roi_align(self, features, rois, output_size, spatial_scale, sampling_ratio, aligned):
        pooled = [self._sampled(features, roi, output_size, spatial_scale, sampling_ratio, aligned) for roi in rois]
        return torch.stack(pooled) if pooled else features.new_zeros(0, len(features), output_size, output_size) + 0 * features.sum()

    def _sampled(self, features, roi, size, scale, ratio, aligned):
        sides = zip(roi[:2] * scale, roi[2:] * scale, features.shape[:0:-1])
        (x, x_counts), (y, y_counts) = (self._shares(*side, size, ratio, aligned) for side in sides)
        if not len(x) or not len(y):
            return features.new_zeros(len(features), size, size) + 0 * features.sum()
        grid = torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)
        values = functional.grid_sample(features[None], grid[None], padding_mode="border", align_corners=True)[0]
        counted = values * (y_counts[:, None] & x_counts)
        return functional.avg_pool2d(counted, (len(y) // size, len(x) // size))

    def _shares(self, start, end, cells, size, ratio, aligned):
        """Samples along a side, −1 and 1 at the first and the last cell, and which of them count."""
        length = end - start if aligned else (end - start).clamp(min=1)
        count = ratio or max(math.ceil(length / size), 0)
        at = start - aligned / 2 + (torch.arange(size * count).to(start) + 0.5) * length / (size * max(count, 1))
        return at.clamp(0, cells - 1) * (2 / max(cells - 1, 1)) - 1, (at >= -1) & (at <= cells)

"""IoU family in PyTorch: other sides at the kinks, other forms, other ways to keep alpha constant."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F

from conformance.candidates.dense_torch import DenseTorch


class Kinks(DenseTorch):
    """The overlap of two boxes with its minimum, maximum and clamp replaceable; each has its own gradient at a tie."""

    smaller, larger = staticmethod(torch.minimum), staticmethod(torch.maximum)
    positive = staticmethod(lambda x: x.clamp(min=0))

    def shared(self, width, height):
        return self.positive(width) * self.positive(height)

    def _overlap(self, boxes1, boxes2):
        (left1, top1, right1, bottom1), (left2, top2, right2, bottom2) = boxes1.unbind(-1), boxes2.unbind(-1)
        shared = self.shared(
            self.smaller(right1, right2) - self.larger(left1, left2),
            self.smaller(bottom1, bottom2) - self.larger(top1, top2),
        )
        (w1, h1), (w2, h2) = self._sides(boxes1), self._sides(boxes2)
        union = w1 * h1 + w2 * h2 - shared + self.eps
        hull = self.larger(right1, right2) - self.smaller(left1, left2)
        return shared / union, union, hull, self.larger(bottom1, bottom2) - self.smaller(top1, top2)


class Relu(Kinks):
    positive = staticmethod(F.relu)


class MaximumWithZero(Kinks):
    positive = staticmethod(lambda x: x.maximum(torch.zeros_like(x)))


class WhereAboveZero(Kinks):
    positive = staticmethod(lambda x: torch.where(x > 0, x, 0))


class WhereAtLeastZero(Kinks):
    positive = staticmethod(lambda x: torch.where(x >= 0, x, torch.zeros_like(x)))


class ClampInPlace(Kinks):
    positive = staticmethod(lambda x: x.clamp_(0))


class CornersByWhere(Kinks):
    smaller = staticmethod(lambda x, y: torch.where(x < y, x, y))
    larger = staticmethod(lambda x, y: torch.where(x > y, x, y))


class CornersByClamp(Kinks):
    smaller = staticmethod(lambda x, y: x.clamp(max=y))
    larger = staticmethod(lambda x, y: x.clamp(min=y))


class CornersByStack(Kinks):
    smaller = staticmethod(lambda x, y: torch.stack(torch.broadcast_tensors(x, y)).amin(dim=0))
    larger = staticmethod(lambda x, y: torch.stack(torch.broadcast_tensors(x, y)).amax(dim=0))


class OverlapByMask(Kinks):
    def shared(self, width, height):
        return torch.where((width > 0) & (height > 0), width * height, 0)


class AlphaWithoutGraph(DenseTorch):
    def ciou(self, boxes1, boxes2):
        (w1, h1), (w2, h2) = self._sides(boxes1), self._sides(boxes2)
        iou, v = self.iou(boxes1, boxes2), 4 / math.pi**2 * (torch.atan(w2 / h2) - torch.atan(w1 / h1)).pow(2)
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.dialect.constant_alpha):
            alpha = v / (v - iou + (1 + self.eps))
        return self.diou(boxes1, boxes2) - v * alpha


class AnglesByArctan2(DenseTorch):
    def ciou(self, boxes1, boxes2):
        angle1, angle2 = (torch.atan2(*self._sides(boxes)) for boxes in (boxes1, boxes2))
        v = (4 / math.pi**2) * torch.pow(angle2 - angle1, 2)
        alpha = v / (1 - self.iou(boxes1, boxes2) + v + self.eps)
        return self.diou(boxes1, boxes2) - (alpha.detach() if self.dialect.constant_alpha else alpha) * v

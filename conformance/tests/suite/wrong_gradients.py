"""Wrong gradients: each class is `DenseTorch`, right in every value, with one fault in its backward pass.

The docstring names the fault; `breaks` names clauses that must show it, through the ops of those clauses.
"""

from __future__ import annotations

import math

import torch
from torch.autograd import Function

from conformance.candidates.dense_torch import DenseTorch

CIOU = {"IOU-4g", "BOX-1g", "DET-1g"}
"""Where a fault in the gradient of CIoU shows."""


def pulled_by(value, other):
    """The value, with the gradient of another."""
    return value.detach() + (other - other.detach())


class _Backward(Function):
    """The identity, with a rule of its own for the gradient."""

    @staticmethod
    def forward(ctx, x, rule):
        ctx.rule = rule
        return x.clone()

    @staticmethod
    def backward(ctx, gradient):
        return ctx.rule(gradient), None


def backward(x, rule):
    """`x`, whose gradient is `rule(gradient)`."""
    return _Backward.apply(x, rule)


def inside(op, fault):
    """An op that meets a fault of other ops, which are right when they are called themselves."""
    return lambda self, *args: getattr(fault(self.dialect), op)(*args)


class AlphaNotDetached(DenseTorch):
    """Alpha of CIoU takes a gradient."""

    breaks = CIOU

    def ciou(self, boxes1, boxes2):
        v = self._v(boxes1, boxes2)
        return self.diou(boxes1, boxes2) - v * v / (1 - self.iou(boxes1, boxes2) + v + self.eps)

    def _v(self, boxes1, boxes2):
        (w1, h1), (w2, h2) = self._sides(boxes1), self._sides(boxes2)
        return 4 / math.pi**2 * (torch.atan(w2 / h2) - torch.atan(w1 / h1)).square()


class VDetached(DenseTorch):
    """The term of the aspect ratio takes no gradient at all."""

    breaks = CIOU

    def ciou(self, boxes1, boxes2):
        return pulled_by(super().ciou(boxes1, boxes2), self.diou(boxes1, boxes2))


class PlainIoU(DenseTorch):
    """CIoU is pulled by IoU: distance and aspect ratio are constants."""

    breaks = CIOU

    def ciou(self, boxes1, boxes2):
        return pulled_by(super().ciou(boxes1, boxes2), self.iou(boxes1, boxes2))


class AspectTimesSquare(AlphaNotDetached):
    """The derivative of atan w/h lacks its 1 / (w² + h²), as the paper recommends for small boxes."""

    breaks = CIOU

    def ciou(self, boxes1, boxes2):
        v, iou = self._v(boxes1, boxes2), self.iou(boxes1, boxes2)
        (w1, h1), (w2, h2) = self._sides(boxes1), self._sides(boxes2)
        angles = [pulled_by(torch.atan(w / h), h.detach() * w - w.detach() * h) for w, h in ((w1, h1), (w2, h2))]
        steep = 4 / math.pi**2 * (angles[1] - angles[0]).square()
        alpha = (v / (1 - iou + v + self.eps)).detach()
        return pulled_by(DenseTorch.ciou(self, boxes1, boxes2), self.diou(boxes1, boxes2) - alpha * steep)


class SecondBoxDetached(DenseTorch):
    """Only the first of two boxes takes a gradient."""

    breaks = {"IOU-1g", "IOU-2g", "IOU-3g", "IOU-4g"}

    def _overlap(self, boxes1, boxes2):
        return super()._overlap(boxes1, boxes2.detach())

    def diou(self, boxes1, boxes2):
        return super().diou(boxes1, boxes2.detach())


class HullDetached(DenseTorch):
    """The enclosing box is a constant."""

    breaks = {"IOU-2g", "IOU-3g", "IOU-4g"}

    def _overlap(self, boxes1, boxes2):
        iou, union, width, height = super()._overlap(boxes1, boxes2)
        return iou, union, width.detach(), height.detach()


class ApartStillPulled(DenseTorch):
    """IoU pulls boxes that lie apart: the clamp of the intersection is passed straight through."""

    breaks = {"IOU-1g"}

    def iou(self, boxes1, boxes2):
        (w1, h1), (w2, h2) = self._sides(boxes1), self._sides(boxes2)
        sides = torch.minimum(boxes1, boxes2)[..., 2:] - torch.maximum(boxes1, boxes2)[..., :2]
        overlap = pulled_by(sides.clamp(min=0), sides).prod(dim=-1)
        return pulled_by(super().iou(boxes1, boxes2), overlap / (w1 * h1 + w2 * h2 - overlap + self.eps))


class DistanceBySquareRoot(DenseTorch):
    """The distance of the centres is drawn and squared again: NaN where they coincide."""

    breaks = {"IOU-3g", "IOU-4g"}

    def diou(self, boxes1, boxes2):
        middle1, middle2 = (boxes.unflatten(-1, (2, 2)).mean(dim=-2) for boxes in (boxes1, boxes2))
        distance = (middle1 - middle2).square().sum(dim=-1).sqrt()
        iou, _, width, height = self._overlap(boxes1, boxes2)
        share = distance.square() / (width.square() + height.square() + self.eps)
        return pulled_by(super().diou(boxes1, boxes2), iou - share)


class LargerEpsilon(DenseTorch):
    """The gradient of IoU is that with an epsilon of 1e-6."""

    breaks = {"IOU-1g", "IOU-2g", "IOU-3g", "IOU-4g"}

    def _overlap(self, boxes1, boxes2):
        iou, union, *hull = super()._overlap(boxes1, boxes2)
        return pulled_by(iou, iou * (union / (union + 9e-7))), union, *hull


class Clipped(DenseTorch):
    """Gradients of the boxes are clipped to 1000."""

    breaks = {"IOU-4g"}

    def ciou(self, boxes1, boxes2):
        return super().ciou(*(backward(boxes, lambda g: g.clamp(-1000, 1000)) for boxes in (boxes1, boxes2)))


class DistanceSignLost(DenseTorch):
    """Left and top distances pull like right and bottom."""

    breaks = {"DEC-1g", "DEC-3g"}

    def dist2bbox(self, distance, anchor_points):
        return super().dist2bbox(pulled_by(distance, distance * distance.new_tensor([-1, -1, 1, 1])), anchor_points)

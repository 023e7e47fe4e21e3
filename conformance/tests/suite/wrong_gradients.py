"""Wrong gradients that a graph alone can have: each class is `DenseTorch`, right in every value.

Faults that a rule of one's own can have, too, are mutants. The docstring names the fault; `breaks` names clauses that
must show it, through the ops of those clauses.
"""

from __future__ import annotations

import torch
from torch.autograd import Function

from conformance.candidates.dense_torch import DenseTorch


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


def recorded(self, scores, boxes, *rest):
    """`assign`, with a graph."""
    return DenseTorch.assign.__wrapped__(self, scores, boxes, *rest)


class SecondBoxDetached(DenseTorch):
    """Only the first of two boxes takes a gradient."""

    breaks = {"IOU-1g", "IOU-2g", "IOU-3g", "IOU-4g"}

    def _overlap(self, boxes1, boxes2):
        return super()._overlap(boxes1, boxes2.detach())

    def diou(self, boxes1, boxes2):
        return super().diou(boxes1, boxes2.detach())


class StraightThroughFloor(DenseTorch):
    """The target of the bins follows the decoded distance."""

    breaks = {"DFL-1g", "BOX-2g", "DET-1g"}

    def dfl_loss(self, pred_dist, target):
        bins = torch.arange(self.dialect.reg_max)
        distance = (pred_dist.unflatten(-1, self.side_bins).softmax(dim=-1) * bins).sum(dim=-1)
        t = target.clamp(0, self.largest_distance)
        return super().dfl_loss(pred_dist, pulled_by(t, distance))


class RoundedGradient(DenseTorch):
    """The gradients of bins and boxes are rounded to float32 on their way back."""

    breaks = {"DEC-3g", "BOX-1g", "BOX-2g", "DET-1g"}

    def decode_boxes(self, pred_dist, anchor_points):
        return super().decode_boxes(_rounded(pred_dist), anchor_points)

    def bbox_loss(self, pred_dist, pred_bboxes, *rest):
        return super().bbox_loss(_rounded(pred_dist), _rounded(pred_bboxes), *rest)


def _rounded(x):
    return _Backward.apply(x, lambda g: g.float().to(g))


class DetachedCache(DenseTorch):
    """Boxes decoded once are kept, also those of a call without gradients."""

    breaks = {"DEC-3g"}

    def __init__(self, dialect):
        super().__init__(dialect)
        self.kept = {}

    def decode_boxes(self, pred_dist, anchor_points):
        key = self.key(pred_dist, anchor_points)
        if key not in self.kept:
            self.kept[key] = super().decode_boxes(pred_dist, anchor_points)
        return self.kept[key]

    def key(self, *tensors):
        return tuple((x.dtype, x.shape, x.detach().numpy().tobytes()) for x in tensors)


class StaleGraph(DetachedCache):
    """Boxes decoded once are kept with the graph of that call."""

    breaks = {"DEC-3g"}

    def key(self, *tensors):
        return torch.is_grad_enabled(), *super().key(*tensors)


class ScoresNotDetached(DenseTorch):
    """The assigner passes gradients to the scores."""

    breaks = {"DET-5g"}

    def assign(self, scores, boxes, *rest):
        return recorded(self, scores, boxes.detach(), *rest)


class BoxesNotDetached(DenseTorch):
    """The assigner passes gradients to the predicted boxes."""

    breaks = {"DET-1g"}

    def assign(self, scores, boxes, *rest):
        return recorded(self, scores.detach(), boxes, *rest)


class SumNotDetached(DenseTorch):
    """S, the sum of the target scores, passes gradients to scores and boxes; the target scores do not."""

    breaks = {"DET-1g", "DET-5g"}

    def assign(self, *args):
        self.sum = recorded(self, *args)[2].sum().clamp(min=1)
        return super().assign(*args)

    def detection_loss(self, feature_maps, targets):
        total, components = super().detection_loss(feature_maps, targets)
        return pulled_by(total, total * self.sum.detach() / self.sum), components


class _Detached(DenseTorch):
    def decode_boxes(self, pred_dist, anchor_points):
        return super().decode_boxes(pred_dist, anchor_points).detach()


class DecodeDetachedInLoss(DenseTorch):
    """Boxes are detached on their way into the box loss."""

    breaks = {"DET-1g"}

    def detection_loss(self, feature_maps, targets):
        return _Detached(self.dialect).detection_loss(feature_maps, targets)

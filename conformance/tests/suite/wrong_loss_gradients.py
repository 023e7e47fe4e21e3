"""Wrong gradients of decode and of the single losses."""

from __future__ import annotations

import torch

from conformance.candidates.dense_torch import DenseTorch
from conformance.tests.suite.wrong_gradients import backward, inside, pulled_by

BINS = {"DFL-1g", "BOX-2g", "DET-1g"}
"""Where a fault in the gradient of the distribution loss shows."""


class DecodeDetached(DenseTorch):
    """Decoded boxes carry no graph."""

    breaks = {"DEC-3g", "DET-1g"}

    def decode_boxes(self, pred_dist, anchor_points):
        return super().decode_boxes(pred_dist, anchor_points).detach()


class BoxesDetached(DenseTorch):
    """The box loss detaches the predicted boxes."""

    breaks = {"BOX-1g", "DET-1g"}

    def bbox_loss(self, pred_dist, pred_bboxes, *rest):
        return super().bbox_loss(pred_dist, pred_bboxes.detach(), *rest)


class _ClampedBelowMinusOne(DenseTorch):
    def ciou(self, boxes1, boxes2):
        ciou = super().ciou(boxes1, boxes2)
        return pulled_by(ciou, ciou.clamp(-1, 1))


class _ClampedAtZero(DenseTorch):
    def ciou(self, boxes1, boxes2):
        ciou = super().ciou(boxes1, boxes2)
        return pulled_by(ciou, ciou.clamp(min=0))


class ClampedBoxLoss(DenseTorch):
    """The box loss is pulled by CIoU clamped to [−1, 1]."""

    breaks = {"BOX-1g"}
    bbox_loss = inside("bbox_loss", _ClampedBelowMinusOne)


class PositiveBoxLoss(DenseTorch):
    """The box loss is pulled by CIoU clamped at 0."""

    breaks = {"BOX-1g"}
    bbox_loss = inside("bbox_loss", _ClampedAtZero)


class SaturatedLost(DenseTorch):
    """Logits beyond ±20 take no gradient, as if probabilities were clamped before the logarithm."""

    breaks = {"BCE-1g"}

    def bce_loss(self, logits, targets):
        return super().bce_loss(backward(logits, lambda g: g * (logits.abs() <= 20)), targets)


class MeanCotangent(DenseTorch):
    """Each element is pulled by the mean of the cotangent."""

    breaks = {"BCE-1g", "DFL-1g", "IOU-4g"}

    def bce_loss(self, logits, targets):
        return backward(super().bce_loss(logits, targets), _mean)

    def dfl_loss(self, pred_dist, target):
        return backward(super().dfl_loss(pred_dist, target), _mean)

    def ciou(self, boxes1, boxes2):
        return backward(super().ciou(boxes1, boxes2), _mean)


def _mean(gradient):
    return gradient.mean().expand_as(gradient)


class StraightThroughFloor(DenseTorch):
    """The target of the bins follows the decoded distance."""

    breaks = BINS

    def dfl_loss(self, pred_dist, target):
        bins = torch.arange(self.dialect.reg_max)
        distance = (pred_dist.unflatten(-1, self.side_bins).softmax(dim=-1) * bins).sum(dim=-1)
        t = target.clamp(0, self.largest_distance)
        return super().dfl_loss(pred_dist, pulled_by(t, distance))


class SumOfSides(DenseTorch):
    """The backward pass of the distribution loss forgets that four sides are averaged."""

    breaks = BINS

    def dfl_loss(self, pred_dist, target):
        return backward(super().dfl_loss(pred_dist, target), lambda g: 4 * g)


class SignOfBins(DenseTorch):
    """The backward pass of the distribution loss has the wrong sign."""

    breaks = BINS

    def dfl_loss(self, pred_dist, target):
        return backward(super().dfl_loss(pred_dist, target), torch.neg)


class WeightsOfBinsLost(DenseTorch):
    """Each bin learns its probability, without the weight it should have."""

    breaks = BINS

    def dfl_loss(self, pred_dist, target):
        partition = pred_dist.unflatten(-1, self.side_bins).logsumexp(dim=-1).mean(dim=-1)
        return pulled_by(super().dfl_loss(pred_dist, target), partition)


class PastLastBinLost(DenseTorch):
    """Targets past the last bin teach nothing."""

    breaks = {"DFL-1g"}

    def dfl_loss(self, pred_dist, target):
        within = (target <= self.largest_distance).repeat_interleave(self.dialect.reg_max, dim=-1)
        return super().dfl_loss(torch.where(within, pred_dist, pred_dist.detach()), target)


class SumLeftOut(DenseTorch):
    """The box loss is not divided by S in the backward pass."""

    breaks = {"BOX-1g"}

    def bbox_loss(self, *args):
        box, dfl = super().bbox_loss(*args)
        return backward(box, lambda g: g * args[5]), dfl


class WeightsLeftOut(DenseTorch):
    """Every foreground anchor pulls with the same weight, whatever its target score."""

    breaks = {"BOX-1g", "BOX-2g", "DET-1g"}

    def bbox_loss(self, *args):
        *rest, scores, scores_sum, fg_mask = args
        even = torch.ones_like(scores) / scores.shape[-1]
        right, wrong = super().bbox_loss(*args), super().bbox_loss(*rest, even, scores_sum, fg_mask)
        return tuple(map(pulled_by, right, wrong))


class RoundedGradient(DenseTorch):
    """The gradients of bins and boxes are rounded to float32."""

    breaks = {"DEC-3g", "BOX-1g", "BOX-2g", "DET-1g"}

    def decode_boxes(self, pred_dist, anchor_points):
        return super().decode_boxes(_rounded(pred_dist), anchor_points)

    def bbox_loss(self, pred_dist, pred_bboxes, *rest):
        return super().bbox_loss(_rounded(pred_dist), _rounded(pred_bboxes), *rest)


def _rounded(x):
    return backward(x, lambda g: g.float().to(g))


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

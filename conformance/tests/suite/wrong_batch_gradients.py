"""Wrong gradients of the whole loss: what the assigner, the sum of scores, the batch and the levels make of them."""

from __future__ import annotations

import torch

from conformance.candidates.dense_torch import DenseTorch
from conformance.tests.suite.wrong_gradients import backward, inside, pulled_by
from conformance.tests.suite.wrong_loss_gradients import DecodeDetached

LOGITS = {"DET-2g", "DET-5g"}
"""Where a fault in the gradient of class logits shows."""


def recorded(self, scores, boxes, *rest):
    """`assign`, with a graph."""
    return DenseTorch.assign.__wrapped__(self, scores, boxes, *rest)


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


class DecodeDetachedInLoss(DenseTorch):
    """Boxes are detached on their way into the box loss."""

    breaks = {"DET-1g"}
    detection_loss = inside("detection_loss", DecodeDetached)


class BatchFactorLost(DenseTorch):
    """The gradient of the total lacks the batch factor."""

    breaks = {"DET-1g", "DET-2g", "DET-5g"}

    def detection_loss(self, feature_maps, targets):
        total, components = super().detection_loss(feature_maps, targets)
        return pulled_by(total, components.sum()), components


class CotangentIgnored(DenseTorch):
    """The gradient of the total is computed with it: what comes from a scaler of gradients is ignored."""

    breaks = {"DET-1g", "DET-2g", "DET-5g"}

    def detection_loss(self, feature_maps, targets):
        total, components = super().detection_loss(feature_maps, targets)
        return backward(total, torch.ones_like), components


class GainOfClassesLost(DenseTorch):
    """Class logits learn without their gain."""

    breaks = LOGITS

    def detection_loss(self, feature_maps, targets):
        bins, gain = 4 * self.dialect.reg_max, self.dialect.cls_gain
        split = [x.tensor_split([bins], dim=1) for x in feature_maps]
        maps = [torch.cat([x, backward(logits, lambda g: g / gain)], dim=1) for x, logits in split]
        return super().detection_loss(maps, targets)


class LastMapDetached(DenseTorch):
    """The last feature map takes no gradient."""

    breaks = {"DET-2g"}

    def detection_loss(self, feature_maps, targets):
        return super().detection_loss([*feature_maps[:-1], feature_maps[-1].detach()], targets)


class SecondImageLost(DenseTorch):
    """All images but the first take no gradient."""

    breaks = {"DET-1g", "DET-2g", "DET-5g"}

    def detection_loss(self, feature_maps, targets):
        maps = [torch.cat([level[:1], level[1:].detach()]) for level in feature_maps]
        return super().detection_loss(maps, targets)


class _BackgroundDetached(DenseTorch):
    def bce_loss(self, logits, targets):
        learns = targets.any(dim=-1, keepdim=True)
        return super().bce_loss(torch.where(learns, logits, logits.detach()), targets)


class _OtherClassesDetached(DenseTorch):
    def bce_loss(self, logits, targets):
        others = targets.any(dim=-1, keepdim=True) & (targets == 0)
        return super().bce_loss(torch.where(others, logits.detach(), logits), targets)


class _HardTargets(DenseTorch):
    def bce_loss(self, logits, targets):
        return pulled_by(super().bce_loss(logits, targets), super().bce_loss(logits, (targets > 0).to(targets)))


class BackgroundDetached(DenseTorch):
    """Class logits of background anchors take no gradient."""

    breaks = {"DET-2g"}
    detection_loss = inside("detection_loss", _BackgroundDetached)


class OtherClassesDetached(DenseTorch):
    """On the foreground, only the class of the owner learns."""

    breaks = {"DET-2g"}
    detection_loss = inside("detection_loss", _OtherClassesDetached)


class HardTargets(DenseTorch):
    """The logit of an assigned class learns σ(x) − 1."""

    breaks = {"DET-5g"}
    detection_loss = inside("detection_loss", _HardTargets)

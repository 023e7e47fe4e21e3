"""The loss of two heads, made of the dense NumPy candidate, and other forms of the same."""

from __future__ import annotations

import dataclasses

import numpy as np

from conformance.candidates.dense_numpy import DenseNumPy
from conformance.candidates.variants.variant import variant


class OneToOne(DenseNumPy):
    """A head in which a box claims seven anchors and keeps the best of those it wins."""

    def __init__(self, dialect):
        super().__init__(dataclasses.replace(dialect, topk=7))

    def select_topk(self, metric, mask_gt):
        self.metric = metric
        return super().select_topk(metric, mask_gt)

    def resolve_conflicts(self, claimed, overlap):
        owner, _, owned = super().resolve_conflicts(claimed, overlap)
        won = np.where(owned, self.metric, -1)
        kept = owned & (np.arange(owned.shape[-1]) == won.argmax(axis=-1)[..., np.newaxis])
        return owner, kept.any(axis=1), kept


class Heads:
    """Two losses, each times its weight."""

    framework = "numpy"

    def __init__(self, dialect):
        self.many, self.one = DenseNumPy(dialect), OneToOne(dialect)

    def share(self, epoch, epochs):
        """The weight of the one-to-many head."""
        return 0.1 + 0.7 * max(1 - epoch / max(epochs - 1, 1), 0)

    def weighted(self, many, one, share):
        return share * many + (1 - share) * one

    def end_to_end_loss(self, one_to_many, one_to_one, targets, epoch, epochs):
        many, _ = self.many.detection_loss(one_to_many, targets)
        one, components = self.one.detection_loss(one_to_one, targets)
        return self.weighted(many, one, self.share(epoch, epochs)), components

    def end_to_end_loss_vjp(self, one_to_many, one_to_one, targets, epoch, epochs, cotangent):
        share = self.share(epoch, epochs)
        many = self.many.detection_loss_vjp(one_to_many, targets, share * cotangent)
        return many, self.one.detection_loss_vjp(one_to_one, targets, (1 - share) * cotangent)


@variant("the loss of the one-to-one head, and a share of how much the other is more")
class HeadsByDifference(Heads):
    def weighted(self, many, one, share):
        return one + share * (many - one)


@variant("weights go from end to end of the training by interpolation, and the gradient is scaled once it is there")
class HeadsByInterpolation(Heads):
    def share(self, epoch, epochs):
        return float(np.interp(epoch, [0, max(epochs - 1, 1)], [0.8, 0.1]))

    def end_to_end_loss_vjp(self, one_to_many, one_to_one, targets, epoch, epochs, cotangent):
        share = self.share(epoch, epochs)
        many = self.many.detection_loss_vjp(one_to_many, targets, cotangent)
        one = self.one.detection_loss_vjp(one_to_one, targets, cotangent)
        return [share * level for level in many], [(1 - share) * level for level in one]

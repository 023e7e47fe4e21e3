"""Other rules for equal metrics and equal overlaps, and other ways to take the k best."""

from __future__ import annotations

import numpy as np

from conformance.candidates.dense_numpy import DenseNumPy
from conformance.candidates.variants.variant import variant


def kept_at(best, metric, mask_gt):
    """The k best anchors (B, G, k) as a mask (B, G, A)."""
    kept = np.zeros(metric.shape, bool)
    np.put_along_axis(kept, best, mask_gt, axis=-1)
    return kept


class Ordered(DenseNumPy):
    """Anchors and boxes are looked at in an order of the variant; of equal ones the first is taken."""

    def order(self, count):
        return np.arange(count)

    def select_topk(self, metric, mask_gt):
        order = self.order(metric.shape[-1])
        best = order[np.argsort(-metric[..., order], axis=-1, kind="stable")[..., : self.dialect.topk]]
        return kept_at(best, metric, mask_gt)

    def resolve_conflicts(self, mask_pos, overlaps):
        order = self.order(mask_pos.shape[1])
        owner, fg_mask, owned = super().resolve_conflicts(mask_pos[:, order], overlaps[:, order])
        return (order[owner] if len(order) else owner), fg_mask, owned[:, np.argsort(order)]


@variant("of equal metrics and overlaps the first is taken, by a stable sort")
class FirstOfEquals(Ordered):
    pass


@variant("of equal metrics and overlaps the last is taken")
class LastOfEquals(Ordered):
    def order(self, count):
        return np.arange(count)[::-1]


@variant("of equal metrics and overlaps any is taken, another at each call")
class RandomOfEquals(Ordered):
    def __init__(self, dialect):
        super().__init__(dialect)
        self.random = np.random.default_rng(0)

    def order(self, count):
        return self.random.permutation(count)


@variant("the k best are found one after another, each taken out before the next")
class TopkByRepeatedArgmax(DenseNumPy):
    def select_topk(self, metric, mask_gt):
        left, kept = metric.copy(), np.zeros(metric.shape, bool)
        for _ in range(min(self.dialect.topk, metric.shape[-1])):
            best = left.argmax(axis=-1)[..., np.newaxis]
            np.put_along_axis(left, best, -1, axis=-1)
            kept |= kept_at(best, metric, mask_gt)
        return kept


@variant("an anchor is kept if fewer than k are better, equals before it counted as better")
class TopkByRank(DenseNumPy):
    def select_topk(self, metric, mask_gt):
        mine, others = metric[..., np.newaxis], metric[..., np.newaxis, :]
        earlier = np.tri(metric.shape[-1], k=-1, dtype=bool)
        return (((others > mine) | ((others == mine) & earlier)).sum(axis=-1) < self.dialect.topk) & mask_gt


@variant("the owner of a contested anchor is found by comparing all overlaps with the largest")
class OwnerByMaximum(DenseNumPy):
    def resolve_conflicts(self, mask_pos, overlaps):
        if not mask_pos.shape[1]:
            return super().resolve_conflicts(mask_pos, overlaps)
        contested = mask_pos.sum(axis=1, keepdims=True) > 1
        largest = overlaps == overlaps.max(axis=1, keepdims=True)
        first = largest & (np.cumsum(largest, axis=1) == 1)
        owned = np.where(contested, first, mask_pos)
        return (owned * np.arange(mask_pos.shape[1])[:, np.newaxis]).sum(axis=1), owned.any(axis=1), owned

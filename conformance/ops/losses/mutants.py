"""Faults in the classification loss and in the distribution loss."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import having, under


@mutant("bce_loss", "only positive targets are charged", "BCE-1", seen="anup42")
def bce_of_positives(self, right, logits, targets):
    return np.where(targets > 0, right(logits, targets), 0)


@mutant("bce_loss", "the loss of an element is clamped at 100", "BCE-1", seen="public rewrites")
def bce_clamped_at_100(self, right, logits, targets):
    return np.minimum(right(logits, targets), 100)


@mutant("bce_loss", "probabilities are clipped to [1e-7, 1 - 1e-7]", "BCE-1")
def bce_clipped_probability(self, right, logits, targets):
    farthest = np.log((1 - 1e-7) / 1e-7).astype(logits.dtype)
    return right(np.clip(logits, -farthest, farthest), targets)


@mutant("bce_loss", "log(1 + exp(-x)) overflows for a large negative logit", "BCE-1")
@np.errstate(over="ignore")
def bce_overflow(self, right, logits, targets):
    return logits - logits * targets + np.log1p(np.exp(-logits))


@mutant("bce_loss", "a soft target counts as 1", "BCE-1")
def bce_hard_targets(self, right, logits, targets):
    return right(logits, np.ceil(targets))


@mutant("bce_loss", "targets are smoothed by 0.001", "BCE-1")
def bce_smoothed(self, right, logits, targets):
    return right(logits, targets * 0.999 + 0.0005)


@mutant("bce_loss", "elements are weighted as in the varifocal loss", "BCE-1", seen="super-gradients, YOLOv6", convention=True)
def bce_varifocal(self, right, logits, targets):
    probability = np.exp(-right(logits, np.ones_like(logits)))
    return right(logits, targets) * np.where(targets > 0, targets, 0.75 * probability**2)


@mutant("bce_loss", "the loss is computed in float32 though float64 is given", "BCE-1")
def bce_in_float32(self, right, logits, targets):
    return right(logits.astype(np.float32), targets.astype(np.float32))


@mutant("bce_loss", "logits beyond the 256th cost nothing", "BCE-1")
def bce_of_first_256(self, right, logits, targets):
    return right(logits, targets) * (np.arange(logits.size) < 256).reshape(logits.shape)


def of_sides(right, pred_dist, target):
    """Loss of each side (N, 4): that of four sides alike is its mean."""
    rows = pred_dist.reshape(-1, pred_dist.shape[-1] // 4)
    return right(np.tile(rows, 4), np.repeat(target.reshape(-1, 1), 4, axis=1)).reshape(target.shape)


def clamped_at(self, pred_dist, target, farthest):
    """Loss (N,) with targets clamped to another largest distance."""
    part = under(self)
    part.farthest = farthest
    return part.dfl_loss(pred_dist, target)


@mutant("dfl_loss", "the loss is the sum of the sides, not their mean", "DFL-1", "DFL-2", seen="public rewrites")
def dfl_sum_of_sides(self, right, pred_dist, target):
    return 4 * right(pred_dist, target)


@mutant("dfl_loss", "a target past the last bin costs nothing: both weights are 0", "DFL-2", seen="Badger, anup42")
def dfl_zero_past_the_end(self, right, pred_dist, target):
    return np.where(target >= self.dialect.reg_max - 1, 0, of_sides(right, pred_dist, target)).mean(axis=-1)


@mutant("dfl_loss", "the bins of a target past the end are clamped, their weights leave [0, 1]", "DFL-2", seen="public rewrites")
def dfl_weights_past_the_end(self, right, pred_dist, target):
    last, half = np.full_like(target, self.dialect.reg_max - 2), target.dtype.type(0.5)
    at_last = of_sides(right, pred_dist, last)
    slope = (of_sides(right, pred_dist, last + half) - at_last) / half
    beyond = at_last + (target - last) * slope
    return np.where(target > self.farthest, beyond, of_sides(right, pred_dist, target)).mean(axis=-1)


@mutant("dfl_loss", "targets are clamped at the last bin, not 0.01 before it", "DFL-2", seen="public rewrites")
def dfl_clamped_at_last_bin(self, right, pred_dist, target):
    return clamped_at(self, pred_dist, target, self.dialect.reg_max - 1)


@mutant("dfl_loss", "targets are clamped 0.011 before the last bin, not 0.01", "DFL-2")
def dfl_margin_0_011(self, right, pred_dist, target):
    return clamped_at(self, pred_dist, target, self.dialect.reg_max - 1 - 0.011)


@mutant("dfl_loss", "a negative target counts as positive", "DFL-2")
def dfl_negative_as_positive(self, right, pred_dist, target):
    return right(pred_dist, np.abs(target))


@mutant("dfl_loss", "a target on a bin costs nothing: its floor is its ceiling", "DFL-1", "DFL-2", seen="thanhhoai createdf")
def dfl_zero_on_a_bin(self, right, pred_dist, target):
    on_a_bin = np.maximum(target, 0) == np.floor(np.clip(target, 0, self.farthest))
    return np.where(on_a_bin, 0, of_sides(right, pred_dist, target)).mean(axis=-1)


@mutant("dfl_loss", "channels are read as R groups of 4 sides", "DFL-1", "DFL-2", seen="public rewrites")
def dfl_bins_before_sides(self, right, pred_dist, target):
    groups = pred_dist.reshape(len(pred_dist), self.dialect.reg_max, 4)
    return right(groups.swapaxes(1, 2).reshape(pred_dist.shape), target)


@mutant("dfl_loss", "1e-10 is added to the probabilities: the loss saturates at 23", "DFL-1", "DFL-2", seen="public rewrites")
def dfl_of_probabilities(self, right, pred_dist, target):
    logits = pred_dist.reshape(len(pred_dist), 4, self.dialect.reg_max)
    p = np.exp(logits - logits.max(axis=-1, keepdims=True))
    cost = -np.log(p / p.sum(axis=-1, keepdims=True) + 1e-10)
    t = np.clip(target, 0, self.farthest)
    return (np.maximum(1 - np.abs(t[..., np.newaxis] - self.bins), 0) * cost).sum(axis=-1).mean(axis=-1)


@mutant("dfl_loss", "only the bin to the left of the target is charged", "DFL-1", "DFL-2")
def dfl_of_left_bin(self, right, pred_dist, target):
    return right(pred_dist, np.floor(np.clip(target, 0, self.farthest)))


@mutant("dfl_loss", "the weights of the two bins are exchanged", "DFL-1", "DFL-2")
def dfl_weights_exchanged(self, right, pred_dist, target):
    unclamped = under(self)
    unclamped.farthest = self.dialect.reg_max
    t = np.clip(target, 0, self.farthest)
    return unclamped.dfl_loss(pred_dist, 2 * np.floor(t) + 1 - t)


@mutant("dfl_loss", "the loss of a distance is computed in float32 though float64 is given", "DFL-1", "DFL-2")
def dfl_in_float32(self, right, pred_dist, target):
    return right(pred_dist.astype(np.float32), target.astype(np.float32))


@mutant("bbox_loss", "the log-sum-exp of the bins is not shifted: it overflows", "BOX-2")
def bins_not_shifted(self, right, *arguments):
    def loss(right, pred_dist, target):
        logits = pred_dist.reshape(*target.shape, self.dialect.reg_max)
        near = np.maximum(1 - np.abs(np.clip(target, 0, self.farthest)[..., np.newaxis] - self.bins), 0)
        with np.errstate(over="ignore"):
            return (np.log(np.exp(logits).sum(axis=-1)) - (near * logits).sum(axis=-1)).mean(axis=-1)

    return having(self, dfl_loss=loss).bbox_loss(*arguments)

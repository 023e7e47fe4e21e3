"""Other ways to take the expectation and the cross-entropy of bins."""

from __future__ import annotations

import numpy as np

from conformance.candidates.dense_numpy import DenseNumPy
from conformance.candidates.variants.variant import variant


class Softmax(DenseNumPy):
    """Decode through probabilities, DFL through their logarithms, so that a variant replaces one of the two."""

    def logits(self, pred_dist):
        return pred_dist.reshape(pred_dist.shape[:-1] + (4, self.dialect.reg_max))

    def probability(self, pred_dist):
        weight = np.exp(self._bin_logits(pred_dist))
        return weight / weight.sum(axis=-1, keepdims=True)

    def log_probability(self, pred_dist):
        logits = self._bin_logits(pred_dist)
        return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))

    def decode_boxes(self, pred_dist, anchor_points):
        return self.dist2bbox((self.probability(pred_dist) * self.bins).sum(axis=-1), anchor_points)

    def dfl_loss(self, pred_dist, target):
        target = np.clip(target, 0, self.farthest)
        left = np.floor(target).astype(int)
        log_probability = self.log_probability(pred_dist)
        low, high = (np.take_along_axis(log_probability, bin[..., np.newaxis], -1)[..., 0] for bin in (left, left + 1))
        return -((left + 1 - target) * low + (target - left) * high).mean(axis=-1)


@variant("DFL looks up floor and floor + 1 in the log-softmax; decode normalises before it takes the mean")
class BinsByIndex(Softmax):
    pass


@variant("DFL looks up floor and ceil, the same bin where the target is whole")
class BinsByFloorAndCeil(Softmax):
    def dfl_loss(self, pred_dist, target):
        target = np.clip(target, 0, self.farthest)[..., np.newaxis]
        low, high = np.floor(target), np.ceil(target)
        log_probability = self.log_probability(pred_dist)
        low_loss, high_loss = (-np.take_along_axis(log_probability, bin.astype(int), -1) for bin in (low, high))
        return ((1 - (target - low)) * low_loss + (target - low) * high_loss)[..., 0].sum(axis=-1) / 4


@variant("the weights of the two bins are rows of a one-hot matrix, times the log-softmax of all bins")
class BinsByOneHot(Softmax):
    def dfl_loss(self, pred_dist, target):
        target = np.clip(target, 0, self.farthest)[..., np.newaxis]
        left = np.floor(target)
        hot = np.eye(self.dialect.reg_max, dtype=pred_dist.dtype)[left[..., 0].astype(int)]
        weight = hot * (left + 1 - target) + np.roll(hot, 1, axis=-1) * (target - left)
        return -(weight * self.log_probability(pred_dist)).sum(axis=(-2, -1)) / 4


@variant("exponentials are powers of 2, of x · log2 e")
class PowersOfTwo(Softmax):
    def probability(self, pred_dist):
        weight = np.exp2(self._bin_logits(pred_dist) * np.log2(np.e).astype(pred_dist.dtype))
        return weight / weight.sum(axis=-1, keepdims=True)

    def log_probability(self, pred_dist):
        logits = self._bin_logits(pred_dist) * np.log2(np.e).astype(pred_dist.dtype)
        return (logits - np.log2(np.exp2(logits).sum(axis=-1, keepdims=True))) * np.log(2).astype(pred_dist.dtype)


@variant("probabilities are exp of the log-softmax x − log Σ exp(x)")
class DecodeByLogSoftmax(Softmax):
    def probability(self, pred_dist):
        return np.exp(self.logits(pred_dist) - self.log_sum(pred_dist))

    def log_probability(self, pred_dist):
        return self.logits(pred_dist) - self.log_sum(pred_dist)

    def log_sum(self, pred_dist):
        logits = self.logits(pred_dist)
        largest = logits.max(axis=-1, keepdims=True)
        return largest + np.log(np.exp(logits - largest).sum(axis=-1, keepdims=True))


@variant("log Σ exp is gathered bin by bin with logaddexp")
class LogSumByLogaddexp(DecodeByLogSoftmax):
    probability = Softmax.probability

    def log_sum(self, pred_dist):
        return np.logaddexp.reduce(self.logits(pred_dist), axis=-1, keepdims=True)


@variant("a cross-entropy is log Σ exp(x_j − x_i), without a maximum taken out")
class CrossEntropyByDifferences(Softmax):
    @np.errstate(over="ignore")
    def probability(self, pred_dist):
        logits = self.logits(pred_dist)
        return 1 / np.exp(logits[..., np.newaxis, :] - logits[..., :, np.newaxis]).sum(axis=-1)

    def log_probability(self, pred_dist):
        logits = self.logits(pred_dist)
        return -np.logaddexp.reduce(logits[..., np.newaxis, :] - logits[..., :, np.newaxis], axis=-1)


@variant("distances are expected before normalising, and the bins are a matrix product with 0 … R − 1")
class ExpectationByMatrix(Softmax):
    def decode_boxes(self, pred_dist, anchor_points):
        return self.dist2bbox(self.probability(pred_dist) @ self.bins.astype(pred_dist.dtype), anchor_points)

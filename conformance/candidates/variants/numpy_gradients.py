"""Other gradients: sides taken at kinks, and other ways to write the slope of a softmax."""

from __future__ import annotations

import numpy as np

from conformance.candidates.dense_numpy import DenseNumPy
from conformance.candidates.variants.variant import variant


class Pairs(DenseNumPy):
    """The four gradients of pairs through one function."""

    def pulled(self, vjp, boxes1, boxes2, cotangent):
        return vjp(boxes1, boxes2, cotangent)

    def iou_vjp(self, boxes1, boxes2, cotangent):
        return self.pulled(super().iou_vjp, boxes1, boxes2, cotangent)

    def giou_vjp(self, boxes1, boxes2, cotangent):
        return self.pulled(super().giou_vjp, boxes1, boxes2, cotangent)

    def diou_vjp(self, boxes1, boxes2, cotangent):
        return self.pulled(super().diou_vjp, boxes1, boxes2, cotangent)

    def ciou_vjp(self, boxes1, boxes2, cotangent):
        return self.pulled(super().ciou_vjp, boxes1, boxes2, cotangent)


@variant("of two equal corners the first box's learns")
class FirstCornerLearns(Pairs):
    def pulled(self, vjp, boxes1, boxes2, cotangent):
        return vjp(boxes2, boxes1, cotangent)[::-1]


@variant("two equal corners learn half each")
class CornersShareGradients(Pairs):
    def pulled(self, vjp, boxes1, boxes2, cotangent):
        return tuple((x + y) / 2 for x, y in zip(vjp(boxes1, boxes2, cotangent), vjp(boxes2, boxes1, cotangent)[::-1]))


@variant("the slope of a softmax is p_i · (i − E), with E the expectation")
class SlopeByExpectation(DenseNumPy):
    def decode_boxes_vjp(self, pred_dist, anchor_points, cotangent):
        weight = np.exp(self._bin_logits(pred_dist))
        probability = weight / weight.sum(axis=-1, keepdims=True)
        expected = probability @ self.bins.astype(weight.dtype)
        pull = self.dist2bbox_vjp(expected, anchor_points, cotangent)[..., np.newaxis]
        return (pull * probability * (self.bins - expected[..., np.newaxis])).reshape(pred_dist.shape)


@variant("the slope of a softmax is its Jacobian diag(p) − p·pᵀ, times 0 … R − 1")
class SlopeByJacobian(DenseNumPy):
    def decode_boxes_vjp(self, pred_dist, anchor_points, cotangent):
        weight = np.exp(self._bin_logits(pred_dist))
        p = weight / weight.sum(axis=-1, keepdims=True)
        jacobian = p[..., np.newaxis] * (np.eye(len(self.bins), dtype=p.dtype) - p[..., np.newaxis, :])
        pull = self.dist2bbox_vjp(p[..., 0], anchor_points, cotangent)[..., np.newaxis]
        return (jacobian @ self.bins.astype(p.dtype) * pull).reshape(pred_dist.shape)


@variant("bins learn probability less hat weight, divided by four last")
class BinsLearnTheDifference(DenseNumPy):
    def dfl_loss_vjp(self, pred_dist, target, cotangent):
        weight = np.exp(self._bin_logits(pred_dist))
        hat = np.maximum(1 - np.abs(np.clip(target, 0, self.farthest)[..., np.newaxis] - self.bins), 0)
        slope = weight / weight.sum(axis=-1, keepdims=True) - hat
        return (slope * cotangent[:, np.newaxis, np.newaxis]).reshape(pred_dist.shape) / 4


@variant("slopes of bins take exp of x less its log Σ exp, gathered bin by bin")
class SlopesByLogaddexp(DenseNumPy):
    def probability(self, pred_dist):
        logits = pred_dist.reshape(pred_dist.shape[:-1] + (4, self.dialect.reg_max))
        return np.exp(logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True))

    def decode_boxes_vjp(self, pred_dist, anchor_points, cotangent):
        p = self.probability(pred_dist)
        expected = (p * self.bins).sum(axis=-1)
        pull = self.dist2bbox_vjp(expected, anchor_points, cotangent)[..., np.newaxis]
        return (pull * p * (self.bins - expected[..., np.newaxis])).reshape(pred_dist.shape)

    def dfl_loss_vjp(self, pred_dist, target, cotangent):
        hat = np.maximum(1 - np.abs(np.clip(target, 0, self.farthest)[..., np.newaxis] - self.bins), 0)
        slope = (self.probability(pred_dist) - hat) / 4
        return (slope * cotangent[:, np.newaxis, np.newaxis]).reshape(pred_dist.shape)

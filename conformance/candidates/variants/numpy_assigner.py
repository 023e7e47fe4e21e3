"""Other ways to run the assigner: shapes of its loops, and of what it answers on background."""

from __future__ import annotations

import numpy as np

from conformance.candidates.dense_numpy import DenseNumPy
from conformance.candidates.variants.variant import variant


@variant("metric and overlap are computed for the pairs on the mask only, as Ultralytics does since 8.4.134")
class SparsePairs(DenseNumPy):
    def alignment_metric(self, pd_scores, pd_bboxes, gt_labels, gt_bboxes, mask):
        b, g, a = np.nonzero(mask)
        metric, overlaps = np.zeros(mask.shape, pd_scores.dtype), np.zeros(mask.shape, pd_bboxes.dtype)
        overlaps[b, g, a] = np.maximum(self.ciou(gt_bboxes[b, g], pd_bboxes[b, a]), 0)
        score = pd_scores[b, a, gt_labels[b, g, 0]]
        metric[b, g, a] = score**self.dialect.alpha * overlaps[b, g, a] ** self.dialect.beta
        return metric, overlaps


@variant("images are assigned one by one")
class PerImage(DenseNumPy):
    def assign(self, pd_scores, pd_bboxes, anchor_points, gt_labels, gt_bboxes, mask_gt):
        images = [
            DenseNumPy.assign(self, pd_scores[i], pd_bboxes[i], anchor_points, gt_labels[i], gt_bboxes[i], mask_gt[i])
            for i in (slice(b, b + 1) for b in range(len(pd_scores)))
        ]
        return tuple(np.concatenate(parts) for parts in zip(*images))


@variant("images are assigned one by one, each with its own boxes only and no padding")
class PerImageUnpadded(DenseNumPy):
    def assign(self, pd_scores, pd_bboxes, anchor_points, gt_labels, gt_bboxes, mask_gt):
        answers = []
        for b in range(len(pd_scores)):
            real = np.flatnonzero(mask_gt[b])
            own = (x[b : b + 1, real] for x in (gt_labels, gt_bboxes, mask_gt))
            *answer, owner = super().assign(pd_scores[b : b + 1], pd_bboxes[b : b + 1], anchor_points, *own)
            answers.append([*answer, real[owner] if len(real) else owner])
        return tuple(np.concatenate(parts) for parts in zip(*answers))


@variant("boxes are gone through one by one")
class PerBox(DenseNumPy):
    def candidates_in_gts(self, anchor_points, gt_bboxes, mask_gt):
        inside = np.zeros((*gt_bboxes.shape[:2], len(anchor_points)), bool)
        for g in range(gt_bboxes.shape[1]):
            inside[:, g : g + 1] = super().candidates_in_gts(
                anchor_points, gt_bboxes[:, g : g + 1], mask_gt[:, g : g + 1]
            )
        return inside

    def alignment_metric(self, pd_scores, pd_bboxes, gt_labels, gt_bboxes, mask):
        metric, overlaps = np.zeros(mask.shape, pd_scores.dtype), np.zeros(mask.shape, pd_scores.dtype)
        for g in (slice(g, g + 1) for g in range(mask.shape[1])):
            one = super().alignment_metric(pd_scores, pd_bboxes, gt_labels[:, g], gt_bboxes[:, g], mask[:, g])
            metric[:, g], overlaps[:, g] = one
        return metric, overlaps


@variant("the metric is computed for five anchors at a time")
class ChunkedAnchors(DenseNumPy):
    def alignment_metric(self, pd_scores, pd_bboxes, gt_labels, gt_bboxes, mask):
        chunks = [slice(a, a + 5) for a in range(0, mask.shape[-1], 5)]
        parts = [
            super(ChunkedAnchors, self).alignment_metric(
                pd_scores[:, c], pd_bboxes[:, c], gt_labels, gt_bboxes, mask[..., c]
            )
            for c in chunks
        ]
        return tuple(np.concatenate(part, axis=-1) for part in zip(*parts))


@variant("a power is exp of a multiple of a logarithm, a square root and repeated products where the exponents allow")
class PowersByHand(DenseNumPy):
    def alignment_metric(self, pd_scores, pd_bboxes, gt_labels, gt_bboxes, mask):
        _, overlaps = super().alignment_metric(pd_scores, pd_bboxes, gt_labels, gt_bboxes, mask)
        score = np.take_along_axis(pd_scores.swapaxes(1, 2), gt_labels, axis=1)
        metric = self.power(score, self.dialect.alpha) * self.power(overlaps, self.dialect.beta)
        return np.where(mask, metric, 0), overlaps

    def power(self, base, exponent):
        if exponent == 0.5:
            return np.sqrt(base)
        if exponent == 6:
            cube = base * base * base
            return cube * cube
        with np.errstate(divide="ignore"):
            return np.exp(exponent * np.log(base)) if exponent else np.ones_like(base)


@variant("the metric is exp(α·log s + β·log u), with s and u of 0 as such")
class MetricByLogarithms(DenseNumPy):
    def alignment_metric(self, pd_scores, pd_bboxes, gt_labels, gt_bboxes, mask):
        _, overlaps = super().alignment_metric(pd_scores, pd_bboxes, gt_labels, gt_bboxes, mask)
        score = np.take_along_axis(pd_scores.swapaxes(1, 2), gt_labels, axis=1)
        with np.errstate(divide="ignore"):
            powers = [d * np.log(x) for d, x in ((self.dialect.alpha, score), (self.dialect.beta, overlaps)) if d]
        return np.where(mask, np.exp(sum(powers, np.zeros_like(overlaps))), 0), overlaps


@variant("CIoU is asked of the prediction first, the ground truth second")
class PredictionFirst(DenseNumPy):
    def ciou(self, boxes1, boxes2):
        return super().ciou(boxes2, boxes1)


@variant("metrics are divided by their largest before they are multiplied by the best overlap")
class DividedByTheBestFirst(DenseNumPy):
    def assign(self, pd_scores, pd_bboxes, anchor_points, gt_labels, gt_bboxes, mask_gt):
        labels, boxes, _, fg_mask, owner = super().assign(
            pd_scores, pd_bboxes, anchor_points, gt_labels, gt_bboxes, mask_gt
        )
        inside = self.candidates_in_gts(anchor_points, gt_bboxes, mask_gt)
        metric, overlaps = self.alignment_metric(pd_scores, pd_bboxes, gt_labels, gt_bboxes, inside)
        owned = (owner[:, np.newaxis] == np.arange(gt_labels.shape[1])[:, np.newaxis]) & fg_mask[:, np.newaxis]
        metric, best = metric * owned, (overlaps * owned).max(axis=-1, keepdims=True)
        share = (metric / (metric.max(axis=-1, keepdims=True) + self.dialect.norm_eps) * best).sum(axis=1)
        one_hot = labels[..., np.newaxis] == np.arange(self.dialect.num_classes)
        return labels, boxes, one_hot * share[..., np.newaxis], fg_mask, owner


@variant("an anchor is compared with edges moved inwards by ε: x > x1 + ε")
class EdgesMovedInwards(DenseNumPy):
    def candidates_in_gts(self, anchor_points, gt_bboxes, mask_gt):
        if self.dialect.min_gt_side > 0:
            return super().candidates_in_gts(anchor_points, gt_bboxes, mask_gt)
        start, end = np.split(gt_bboxes[:, :, np.newaxis], 2, axis=-1)
        eps = self.dialect.inside_eps
        return ((anchor_points > start + eps) & (anchor_points < end - eps)).all(axis=-1) & mask_gt


@variant("the one-hot class is a row of an identity matrix, put in place by index")
class OneHotByIndex(DenseNumPy):
    def assign(self, pd_scores, pd_bboxes, anchor_points, gt_labels, gt_bboxes, mask_gt):
        labels, boxes, scores, fg_mask, owner = super().assign(
            pd_scores, pd_bboxes, anchor_points, gt_labels, gt_bboxes, mask_gt
        )
        strength = scores.max(axis=-1, initial=0) * fg_mask
        return labels, boxes, np.eye(self.dialect.num_classes)[labels] * strength[..., np.newaxis], fg_mask, owner


@variant("on background, labels are C, boxes are not a number and owners are −1")
class GarbageOnBackground(DenseNumPy):
    def assign(self, pd_scores, pd_bboxes, anchor_points, gt_labels, gt_bboxes, mask_gt):
        labels, boxes, scores, fg_mask, owner = super().assign(
            pd_scores, pd_bboxes, anchor_points, gt_labels, gt_bboxes, mask_gt
        )
        boxes = np.where(fg_mask[..., np.newaxis], boxes, np.nan).astype(boxes.dtype)
        return np.where(fg_mask, labels, self.dialect.num_classes), boxes, scores, fg_mask, np.where(fg_mask, owner, -1)

"""Sums taken in another order or with more care."""

from __future__ import annotations

import math

import numpy as np

from conformance.candidates.dense_numpy import DenseNumPy
from conformance.candidates.variants.variant import variant


class Sums(DenseNumPy):
    """Every sum over bins, sides, classes, anchors and images goes through `total`."""

    def total(self, terms):
        """Sum over the last axis."""
        return terms.sum(axis=-1)

    def decode_boxes(self, pred_dist, anchor_points):
        weight = np.exp(self._bin_logits(pred_dist))
        return self.dist2bbox(self.total(weight * self.bins) / self.total(weight), anchor_points)

    def dfl_loss(self, pred_dist, target):
        logits = self._bin_logits(pred_dist)
        hat = np.maximum(1 - np.abs(np.clip(target, 0, self.farthest)[..., np.newaxis] - self.bins), 0)
        return self.total(np.log(self.total(np.exp(logits))) - self.total(hat * logits)) / 4

    def bbox_loss(
        self, pred_dist, pred_bboxes, anchor_points, target_bboxes, target_scores, target_scores_sum, fg_mask
    ):
        weight = self.total(target_scores[fg_mask]) / target_scores_sum
        distance = self.bbox2dist(anchor_points, target_bboxes)[fg_mask]
        miss = 1 - self.ciou(pred_bboxes[fg_mask], target_bboxes[fg_mask])
        return self.total(weight * miss), self.total(weight * self.dfl_loss(pred_dist[fg_mask], distance))

    def detection_loss(self, feature_maps, targets):
        logits, *foreground = self._assigned(feature_maps, targets)
        *_, scores, _, _ = foreground
        foreground[5] = scores_sum = np.maximum(self.total(scores.ravel()), 1)
        box, dfl = self.bbox_loss(*foreground)
        cls = self.total(self.bce_loss(logits, scores).ravel()) / scores_sum
        components = np.stack([box * self.dialect.box_gain, cls * self.dialect.cls_gain, dfl * self.dialect.dfl_gain])
        return self.total(len(logits) * components), components


@variant("sums are taken term by term, from the first")
class SequentialSums(Sums):
    def total(self, terms):
        return sum((terms[..., i] for i in range(terms.shape[-1])), np.zeros_like(terms[..., :0].sum(axis=-1)))


@variant("sums are taken term by term, from the last")
class ReversedSums(SequentialSums):
    def total(self, terms):
        return super().total(terms[..., ::-1])


@variant("sums are taken in a random order, another at each call")
class PermutedSums(SequentialSums):
    def __init__(self, dialect):
        super().__init__(dialect)
        self.random = np.random.default_rng(0)

    def total(self, terms):
        return super().total(self.random.permutation(terms, axis=-1))


@variant("sums are Kahan's, with the rounding of each step carried along")
class KahanSums(Sums):
    def total(self, terms):
        total = carried = np.zeros_like(terms.sum(axis=-1))
        for i in range(terms.shape[-1]):
            term = terms[..., i] - carried
            grown = total + term
            total, carried = grown, (grown - total) - term
        return total


@variant("sums are those of halves, and of halves of these")
class PairwiseSums(Sums):
    def total(self, terms):
        count = terms.shape[-1]
        if count < 2:
            return terms.sum(axis=-1)
        return self.total(terms[..., : count // 2]) + self.total(terms[..., count // 2 :])


@variant("sums are those of chunks of seven, added up")
class ChunkedSums(SequentialSums):
    def total(self, terms):
        chunks = np.split(terms, range(7, terms.shape[-1], 7), axis=-1)
        return super().total(np.stack([chunk.sum(axis=-1) for chunk in chunks], axis=-1))


@variant("sums start at the largest term")
class SortedSums(SequentialSums):
    def total(self, terms):
        return super().total(np.take_along_axis(terms, np.argsort(-np.abs(terms), axis=-1), axis=-1))


@variant("sums are exact, rounded once, to float64")
class ExactSums(Sums):
    def total(self, terms):
        return np.apply_along_axis(math.fsum, -1, terms) if terms.size else terms.sum(axis=-1)


@variant("sums are products with a vector of ones")
class SumsByMatrix(Sums):
    def total(self, terms):
        return terms @ np.ones(terms.shape[-1], terms.dtype)


@variant("losses of the foreground are summed with bare target scores and divided at the end")
class DividedAtTheEnd(DenseNumPy):
    def bbox_loss(
        self, pred_dist, pred_bboxes, anchor_points, target_bboxes, target_scores, target_scores_sum, fg_mask
    ):
        bare = super().bbox_loss(
            pred_dist, pred_bboxes, anchor_points, target_bboxes, target_scores, target_scores_sum * 0 + 1, fg_mask
        )
        return bare[0] / target_scores_sum, bare[1] / target_scores_sum


@variant("losses are taken of all anchors and multiplied by the foreground mask, background boxes made equal first")
class ForegroundByProduct(DenseNumPy):
    def bbox_loss(
        self, pred_dist, pred_bboxes, anchor_points, target_bboxes, target_scores, target_scores_sum, fg_mask
    ):
        here = fg_mask[..., np.newaxis]
        pairs = (
            np.where(here, boxes, np.array([0, 0, 1, 1], boxes.dtype)).reshape(-1, 4)
            for boxes in (pred_bboxes, target_bboxes)
        )
        weight = np.where(fg_mask, target_scores.sum(axis=-1), 0).ravel() / target_scores_sum
        distance = np.where(here, self.bbox2dist(anchor_points, target_bboxes), 0).reshape(-1, 4)
        dfl = self.dfl_loss(pred_dist.reshape(-1, pred_dist.shape[-1]), distance)
        return (weight * (1 - self.ciou(*pairs))).sum(), (weight * dfl).sum()

"""Suppression in dense NumPy, and other orders, other rules for equal scores, other ways to compare and to walk."""

from __future__ import annotations

import numpy as np

from conformance.candidates.variants.variant import variant


class Suppression:
    """Suppression by the matrix of all overlaps, in the precision of the boxes; of equal scores the first comes first."""

    framework = "numpy"

    def __init__(self, dialect):
        self.dialect = dialect

    def order(self, scores):
        """Best first."""
        return np.argsort(-scores, kind="stable")

    def areas(self, boxes):
        """What each pair of boxes shares, and what it covers: (N, N) each."""
        first, last = boxes[:, None, :2], boxes[:, None, 2:]
        own = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
        sides = np.minimum(last, last.swapaxes(0, 1)) - np.maximum(first, first.swapaxes(0, 1))
        shared = np.maximum(sides, 0).prod(axis=-1)
        return shared, own[:, None] + own - shared

    def drops(self, boxes, threshold):
        """Whether a box overlaps another too much: (N, N) bool."""
        with np.errstate(all="ignore"):
            shared, covered = self.areas(boxes)
            return shared / covered > threshold

    def kept(self, drops, order):
        """The greedy walk down the matrix."""
        alive, kept = np.ones(len(order), bool), []
        for k in order:
            if alive[k]:
                kept.append(k)
                alive &= ~drops[k]
        return np.array(kept, np.int64)

    def nms(self, boxes, scores, iou_threshold):
        return self.kept(self.drops(boxes, iou_threshold), self.order(scores))

    def batched_nms(self, boxes, scores, classes, iou_threshold):
        return self.kept(self.drops(boxes, iou_threshold) & (classes[:, None] == classes), self.order(scores))

    def corners(self, boxes):
        """(M, 4) xywh as xyxy."""
        half = boxes[:, 2:] / 2
        return np.concatenate([boxes[:, :2] - half, boxes[:, :2] + half], axis=1)

    def label(self, probabilities):
        """The most probable class of each anchor."""
        return probabilities.argmax(axis=0)

    def detections(self, prediction, score_threshold, iou_threshold, max_det):
        label, score = self.label(prediction[4:]), prediction[4:].max(axis=0)
        passed = np.flatnonzero(score > score_threshold)
        passed = passed[self.order(score[passed])][: self.dialect.max_nms]
        boxes = self.corners(prediction[:4, passed].T)
        keep = self.batched_nms(boxes, score[passed], label[passed], iou_threshold)[:max_det]
        shown = passed[keep]
        return np.concatenate([boxes[keep], score[shown, None], label[shown, None].astype(boxes.dtype)], axis=1)


@variant("suppression by the matrix of all overlaps; of equal scores the first comes first")
class OverlapMatrix(Suppression):
    pass


@variant("of equal scores, and of equal classes of a box, the last comes first")
class LastOfEqualScores(Suppression):
    def order(self, scores):
        return np.argsort(scores, kind="stable")[::-1]

    def label(self, probabilities):
        return len(probabilities) - 1 - probabilities[::-1].argmax(axis=0)


@variant("of equal scores any comes first, another at each call")
class RandomOfEqualScores(Suppression):
    def __init__(self, dialect):
        super().__init__(dialect)
        self.random = np.random.default_rng(0)

    def order(self, scores):
        shuffled = self.random.permutation(len(scores))
        return shuffled[np.argsort(-scores[shuffled], kind="stable")]


@variant("an overlap is compared as a product, without a division")
class OverlapByProduct(Suppression):
    def drops(self, boxes, threshold):
        with np.errstate(all="ignore"):
            shared, covered = self.areas(boxes)
            return shared > threshold * covered


@variant("overlaps are computed in float64, and compared with the threshold rounded to the type of the boxes")
class ThresholdAsStored(Suppression):
    def drops(self, boxes, threshold):
        return super().drops(boxes.astype(np.float64), float(boxes.dtype.type(threshold)))


@variant("each box is compared with those kept before it, one pair at a time")
class PairByPair(Suppression):
    def kept(self, drops, order):
        kept = []
        for r in order:
            if not any(drops[k, r] for k in kept):
                kept.append(r)
        return np.array(kept, np.int64)


@variant("boxes are settled in rounds: what no better box that is left may drop stays, and drops what it overlaps")
class InRounds(Suppression):
    def kept(self, drops, order):
        drops = np.triu(drops[np.ix_(order, order)], 1)
        left, kept = np.ones(len(order), bool), np.zeros(len(order), bool)
        while left.any():
            safe = left & ~(drops & left[:, None]).any(axis=0)
            kept |= safe
            left &= ~safe & ~drops[safe].any(axis=0)
        return order[kept].astype(np.int64)


@variant("the union is the sum of what each box has alone and what both share")
class UnionOfParts(Suppression):
    def areas(self, boxes):
        shared, _ = super().areas(boxes)
        own = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
        return shared, (own[:, None] - shared) + (own - shared) + shared


@variant("each class is suppressed by itself, and what is kept of all is sorted")
class ClassByClass(Suppression):
    def batched_nms(self, boxes, scores, classes, iou_threshold):
        every = [np.flatnonzero(classes == c) for c in np.unique(classes)]
        kept = np.concatenate([np.zeros(0, np.int64), *(of[self.nms(boxes[of], scores[of], iou_threshold)] for of in every)])
        return kept[self.order(scores[kept])]


@variant("the last corner of a shown box is the first and the sides")
class CornerAndSides(Suppression):
    def corners(self, boxes):
        first = boxes[:, :2] - boxes[:, 2:] / 2
        return np.concatenate([first, first + boxes[:, 2:]], axis=1)

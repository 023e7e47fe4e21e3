"""Other ways to write the IoU family."""

from __future__ import annotations

import numpy as np

from conformance.candidates.dense_numpy import DenseNumPy, corners, spans
from conformance.candidates.variants.variant import variant


class Steps(DenseNumPy):
    """DIoU and CIoU taken apart, so that a variant replaces one step."""

    def turn(self, boxes1, boxes2):
        (w1, h1), (w2, h2) = self._sides(boxes1), self._sides(boxes2)
        return np.arctan(w2 / h2) - np.arctan(w1 / h1)

    def alpha(self, iou, v):
        return v / (v - iou + (1 + self.dialect.iou_eps))

    def distance2(self, boxes1, boxes2):
        return ((sum(corners(boxes1)) / 2 - sum(corners(boxes2)) / 2) ** 2).sum(axis=0)

    def diagonal2(self, boxes1, boxes2):
        return (spans(boxes1, boxes2)[1] ** 2).sum(axis=0) + self.dialect.iou_eps

    def diou(self, boxes1, boxes2):
        return self.iou(boxes1, boxes2) - self.distance2(boxes1, boxes2) / self.diagonal2(boxes1, boxes2)

    def ciou(self, boxes1, boxes2):
        v = 4 / np.pi**2 * self.turn(boxes1, boxes2) ** 2
        return self.diou(boxes1, boxes2) - self.alpha(self.iou(boxes1, boxes2), v) * v


@variant("alpha is v / (1 − iou + v + ε), as Ultralytics writes it since 8.4.144")
class AlphaByMiss(Steps):
    def alpha(self, iou, v):
        return v / (1 - iou + v + self.dialect.iou_eps)


@variant("both penalties are taken off at once: iou − (rho²/c² + alpha·v)")
class PenaltiesAtOnce(Steps):
    def ciou(self, boxes1, boxes2):
        iou, v = self.iou(boxes1, boxes2), 4 / np.pi**2 * self.turn(boxes1, boxes2) ** 2
        return iou - (self.distance2(boxes1, boxes2) / self.diagonal2(boxes1, boxes2) + v * self.alpha(iou, v))


@variant("angles are atan2(w, h)")
class AnglesByArctan2(Steps):
    def turn(self, boxes1, boxes2):
        return np.arctan2(*self._sides(boxes2)) - np.arctan2(*self._sides(boxes1))


@variant("the angle between two upright boxes is one arctangent: atan((w2·h1 − w1·h2) / (h1·h2 + w1·w2))")
class AnglesAtOnce(Steps):
    def turn(self, boxes1, boxes2):
        (w1, h1), (w2, h2) = self._sides(boxes1), self._sides(boxes2)
        upright = (np.minimum(w1, w2) >= 0) & (np.minimum(h1, h2) > 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            at_once = np.arctan((w2 * h1 - w1 * h2) / (h1 * h2 + w1 * w2))
        return np.where(upright, at_once, super().turn(boxes1, boxes2))


@variant("the centre distance is a quarter of the square of differences of corner sums, as Ultralytics writes it")
class DistanceOfSums(Steps):
    def distance2(self, boxes1, boxes2):
        (x1, y1), (x2, y2) = corners(boxes1)
        (x3, y3), (x4, y4) = corners(boxes2)
        return ((x3 + x4 - x1 - x2) ** 2 + (y3 + y4 - y1 - y2) ** 2) / 4


@variant("the centre distance is the mean of the differences of corners")
class DistanceOfDifferences(Steps):
    def distance2(self, boxes1, boxes2):
        (start1, end1), (start2, end2) = corners(boxes1), corners(boxes2)
        return (((start2 - start1) + (end2 - end1)) ** 2).sum(axis=0) * 0.25


@variant("distance and diagonal are squares of hypot")
class DistanceByHypot(Steps):
    def distance2(self, boxes1, boxes2):
        return np.hypot(*(sum(corners(boxes1)) / 2 - sum(corners(boxes2)) / 2)) ** 2

    def diagonal2(self, boxes1, boxes2):
        return np.hypot(*spans(boxes1, boxes2)[1]) ** 2 + self.dialect.iou_eps


@variant("v is the square of one angle in units of a right angle, (2Δ/π)²")
class AspectOfTurns(Steps):
    def ciou(self, boxes1, boxes2):
        v = np.square(self.turn(boxes1, boxes2) / (np.pi / 2))
        return self.diou(boxes1, boxes2) - v**2 / (1 + self.dialect.iou_eps - self.iou(boxes1, boxes2) + v)


@variant("the union adds ε first, and takes the intersection off one box before it adds the other")
class UnionInAnotherOrder(DenseNumPy):
    @np.errstate(divide="ignore", invalid="ignore")
    def _iou_and_union(self, boxes1, boxes2):
        (w1, h1), (w2, h2) = self._sides(boxes1), self._sides(boxes2)
        width, height = np.maximum(spans(boxes1, boxes2)[0], 0)
        union = (self.dialect.iou_eps + h2 * w2) - width * height + h1 * w1
        return width * height / union, union


@variant("quotients are products with a reciprocal")
class QuotientsByReciprocals(Steps):
    @np.errstate(divide="ignore", invalid="ignore")
    def _iou_and_union(self, boxes1, boxes2):
        _, union = super()._iou_and_union(boxes1, boxes2)
        shared = np.maximum(spans(boxes1, boxes2)[0], 0).prod(axis=0)
        return shared * (1 / union), union

    def diou(self, boxes1, boxes2):
        return self.iou(boxes1, boxes2) - self.distance2(boxes1, boxes2) * (1 / self.diagonal2(boxes1, boxes2))


@variant("GIoU is IoU less the empty share (E − U) / E")
class GiouByEmptyShare(DenseNumPy):
    def giou(self, boxes1, boxes2):
        iou, union = self._iou_and_union(boxes1, boxes2)
        enclosing = spans(boxes1, boxes2)[1].prod(axis=0) + self.dialect.iou_eps
        return iou - (enclosing - union) / enclosing


@variant("GIoU is IoU − 1 + U / E")
class GiouFromBelow(DenseNumPy):
    def giou(self, boxes1, boxes2):
        iou, union = self._iou_and_union(boxes1, boxes2)
        return (iou - 1) + union / (spans(boxes1, boxes2)[1].prod(axis=0) + self.dialect.iou_eps)

"""Anchors, deltas and proposals in dense NumPy, and other orders and forms of the same."""

from __future__ import annotations

import math

import numpy as np

from conformance.candidates.variants.numpy_suppression import LastOfEqualScores, Suppression
from conformance.candidates.variants.variant import variant

GROWTH = math.log(1000 / 16)


class Regions:
    """Anchors, deltas and proposals, in the precision of what comes in."""

    framework = "numpy"
    suppression = Suppression

    def __init__(self, dialect):
        self.dialect, self._suppressed = dialect, self.suppression(dialect)

    def rpn_anchors(self, feature_shape, stride, sizes, ratios):
        root = np.sqrt(ratios)[:, None]
        half = np.stack([sizes / root, sizes * root], axis=-1).reshape(-1, 2) / 2
        cell = np.rint(np.concatenate([-half, half], axis=1))
        y, x = np.meshgrid(*(np.arange(n, dtype=cell.dtype) * stride for n in feature_shape), indexing="ij")
        return (np.stack([x, y, x, y], axis=-1).reshape(-1, 1, 4) + cell).reshape(-1, 4)

    def centre(self, boxes, sides):
        """Of (N, 4) corners."""
        return boxes[:, :2] + sides / 2

    def growth(self, sides, of):
        """ln of how much larger sides are than others."""
        return np.log(sides / of)

    def encode_deltas(self, anchors, boxes):
        p, g = (each[:, 2:] - each[:, :2] for each in (anchors, boxes))
        return np.concatenate([(self.centre(boxes, g) - self.centre(anchors, p)) / p, self.growth(g, p)], axis=1)

    def corners(self, centre, sides):
        return np.concatenate([centre - sides / 2, centre + sides / 2], axis=1)

    def decode_deltas(self, anchors, deltas):
        p = anchors[:, 2:] - anchors[:, :2]
        grown = np.exp(np.minimum(deltas[:, 2:], deltas.dtype.type(GROWTH)))
        return self.corners(self.centre(anchors, p) + deltas[:, :2] * p, p * grown)

    def decode_deltas_vjp(self, anchors, deltas, cotangent):
        p, first, last = anchors[:, 2:] - anchors[:, :2], cotangent[:, :2], cotangent[:, 2:]
        passes = deltas[:, 2:] <= deltas.dtype.type(GROWTH)
        return np.concatenate([p * (first + last), passes * (p * np.exp(deltas[:, 2:] * passes)) * (last - first) / 2], axis=1)

    def clip_boxes(self, boxes, image_size):
        return np.minimum(np.maximum(boxes, 0), np.tile(image_size[::-1], 2).astype(boxes.dtype))

    def best(self, scores, count):
        """The best, in falling score."""
        return self._suppressed.order(scores)[:count]

    def propose(self, deltas, scores, anchors, image_size, pre_nms_topk, post_nms_topk, iou_threshold, min_size):
        best = self.best(scores, pre_nms_topk)
        boxes = self.clip_boxes(self.decode_deltas(anchors[best], deltas[best]), image_size)
        large = (boxes[:, 2:] - boxes[:, :2] >= min_size).all(axis=1)
        boxes, scores = boxes[large], scores[best][large]
        keep = self._suppressed.nms(boxes, scores, iou_threshold)[:post_nms_topk]
        return boxes[keep], scores[keep]


@variant("regions all at once; of equal scores the first comes first")
class DenseRegions(Regions):
    pass


@variant("anchors are placed cell by cell, centres are half the sum of corners, of equal scores the last comes first")
class CellByCell(Regions):
    suppression = LastOfEqualScores

    def rpn_anchors(self, feature_shape, stride, sizes, ratios):
        anchors = []
        for y in range(feature_shape[0]):
            for x in range(feature_shape[1]):
                for ratio in ratios:
                    for size in sizes:
                        w, h = size * np.sqrt(1 / ratio), size * np.sqrt(ratio)
                        shift = np.array([x, y, x, y]) * stride
                        anchors.append(shift + np.rint(np.array([-w, -h, w, h]) / 2))
        return np.array(anchors, sizes.dtype).reshape(-1, 4)

    def centre(self, boxes, sides):
        return (boxes[:, :2] + boxes[:, 2:]) / 2


@variant("the height of an anchor is its width times the ratio, the last corner the first and the sides")
class HeightOfWidth(Regions):
    def rpn_anchors(self, feature_shape, stride, sizes, ratios):
        w = np.sqrt(sizes**2 / ratios[:, None])
        half = np.stack([w, w * ratios[:, None]], axis=-1).reshape(-1, 2) / 2
        cell = np.rint(np.concatenate([-half, half], axis=1))
        y, x = np.indices(feature_shape).reshape(2, -1).astype(cell.dtype) * stride
        return (np.stack([x, y, x, y], axis=-1)[:, None] + cell).reshape(-1, 4)

    def corners(self, centre, sides):
        first = centre - sides / 2
        return np.concatenate([first, first + sides], axis=1)


@variant("growth is a difference of logarithms, and the best are partitioned before they are sorted")
class LogarithmsApart(Regions):
    def growth(self, sides, of):
        return np.log(sides) - np.log(of)

    def best(self, scores, count):
        if count >= len(scores):
            return np.argsort(-scores)
        some = np.argpartition(-scores, count)[:count]
        return some[np.argsort(-scores[some])]

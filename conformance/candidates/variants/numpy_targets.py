"""Other ways to pad targets, and to lay out anchors."""

from __future__ import annotations

import numpy as np

from conformance.candidates.dense_numpy import DenseNumPy
from conformance.candidates.variants.variant import variant


class Corners(DenseNumPy):
    """Boxes and mask computed from what was padded, image by image."""

    def boxes(self, xywh, image_size):
        """Corners in px (N, 4)."""
        height, width = image_size
        x, y, w, h = (xywh * np.array([width, height, width, height], xywh.dtype)).T
        return np.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], axis=-1)

    def real(self, xywh, image_size):
        """Which are no padding (N,)."""
        return self.boxes(xywh, image_size).sum(axis=-1) > 0

    def pad_targets(self, targets, batch_size, image_size):
        images = [targets[targets[:, 0] == b, 1:] for b in range(batch_size)]
        slots = max(map(len, images), default=0)
        labels, boxes = np.zeros((batch_size, slots, 1), int), np.zeros((batch_size, slots, 4), targets.dtype)
        mask = np.zeros((batch_size, slots, 1), bool)
        for b, rows in enumerate(images):
            labels[b, : len(rows), 0] = rows[:, 0]
            boxes[b, : len(rows)] = self.boxes(rows[:, 1:], image_size)
            mask[b, : len(rows), 0] = self.real(rows[:, 1:], image_size)
        return labels, boxes, mask


@variant("boxes are scaled to px before they become corners, image by image")
class ScaledFirst(Corners):
    pass


@variant("the far corner is the near one plus the size")
class FarCornerFromNear(Corners):
    def boxes(self, xywh, image_size):
        near = super().boxes(xywh, image_size)[:, :2]
        return np.concatenate([near, near + xywh[:, 2:] * np.array(image_size[::-1], xywh.dtype)], axis=-1)


@variant("a box is real if (x1 + x2) + (y1 + y2) > 0")
class MaskByAxis(Corners):
    def real(self, xywh, image_size):
        x1, y1, x2, y2 = self.boxes(xywh, image_size).T
        return (x1 + x2) + (y1 + y2) > 0


@variant("a box is real if its centre, whose coordinates are half the sum of the corners', has a positive sum")
class MaskByCentre(Corners):
    def real(self, xywh, image_size):
        return xywh[:, 0] * image_size[1] + xywh[:, 1] * image_size[0] > 0


@variant("three more slots than the fullest image needs, masked, with labels and boxes that mean nothing")
class MorePadding(DenseNumPy):
    def pad_targets(self, targets, batch_size, image_size):
        labels, boxes, mask = super().pad_targets(targets, batch_size, image_size)
        spare = np.ones((batch_size, 3, 1), int)
        nonsense = spare * np.array([-3, 2, 40, 30], boxes.dtype)
        more = (labels, spare * (self.dialect.num_classes - 1)), (boxes, nonsense), (mask, spare < 0)
        return tuple(np.concatenate(pair, axis=1) for pair in more)


@variant("padding comes as boxes far away, not as zeros")
class PaddingFarAway(DenseNumPy):
    def pad_targets(self, targets, batch_size, image_size):
        labels, boxes, mask = super().pad_targets(targets, batch_size, image_size)
        return labels, np.where(mask, boxes, np.array(-1e4, boxes.dtype)), mask


@variant("anchors come from a mesh grid in float32, strides from np.full")
class AnchorsByMeshgrid(DenseNumPy):
    def make_anchors(self, feature_shapes):
        points, strides = [], []
        for (height, width), stride in zip(feature_shapes, self.dialect.strides):
            x, y = np.arange(width, dtype=np.float32) + 0.5, np.arange(height, dtype=np.float32) + 0.5
            points.append(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2))
            strides.append(np.full((height * width, 1), stride, np.float32))
        return np.concatenate(points), np.concatenate(strides)


@variant("anchors are counted off one by one, as (i mod W, i // W) + 0.5")
class AnchorsByCounting(DenseNumPy):
    def make_anchors(self, feature_shapes):
        cells = [
            (i % w + 0.5, i // w + 0.5, s)
            for (h, w), s in zip(feature_shapes, self.dialect.strides)
            for i in range(h * w)
        ]
        return np.array(cells)[:, :2], np.array(cells)[:, 2:]


@variant("corners are a matrix product, and distances are clipped by minimum and maximum")
class CornersByMatrix(DenseNumPy):
    def dist2bbox(self, distance, anchor_points):
        signs = np.diag(np.array([-1, -1, 1, 1], distance.dtype))
        return distance @ signs + anchor_points[:, [0, 1, 0, 1]]

    def bbox2dist(self, anchor_points, bboxes):
        start, end = anchor_points - bboxes[..., :2], bboxes[..., 2:] - anchor_points
        return np.minimum(np.maximum(np.concatenate([start, end], axis=-1), 0), self.dialect.reg_max - 1.01)

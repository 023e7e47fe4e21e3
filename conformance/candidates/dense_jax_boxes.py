"""Anchors, boxes and overlaps in dense JAX: the ops that know nothing of labels. `dense_jax` adds the others.

NumPy computes what follows from shapes and from the dialect, jax.numpy what follows from tensors.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

compiled = functools.partial(jax.jit, static_argnums=0)
"""A method compiled once for each dialect, and for each shape and float type of its arguments."""


class Boxes:
    """The ops of one dialect; arguments and results are those of the protocol."""

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect
        self.eps = dialect.iou_eps
        self.largest_distance = dialect.reg_max - 1 - 0.01

    def make_anchors(self, feature_shapes: list[tuple[int, int]]) -> tuple[Array, Array]:
        """Cell centres (A, 2) xy, grid, and strides (A, 1), px."""
        points = [np.indices(shape).reshape(2, -1)[::-1].T + 0.5 for shape in feature_shapes]
        strides = [np.full((len(level), 1), float(stride)) for level, stride in zip(points, self.dialect.strides)]
        return jnp.asarray(np.concatenate(points)), jnp.asarray(np.concatenate(strides))

    @compiled
    def dist2bbox(self, distance: Array, anchor_points: Array) -> Array:
        """Corners (..., A, 4) at the given distances from the points."""
        before, after = halves(distance)
        return jnp.concatenate([anchor_points - before, anchor_points + after], axis=-1)

    @compiled
    def bbox2dist(self, anchor_points: Array, bboxes: Array) -> Array:
        """Distances (..., A, 4) from the points to the edges, clamped to what the bins can express."""
        start, end = halves(bboxes)
        distance = jnp.concatenate([anchor_points - start, end - anchor_points], axis=-1)
        return jnp.clip(distance, 0, self.largest_distance)

    @compiled
    def decode_boxes(self, pred_dist: Array, anchor_points: Array) -> Array:
        """Boxes (B, A, 4), grid, at the expected bin of each side."""
        probability = jax.nn.softmax(self.by_side(pred_dist), axis=-1)
        return self.dist2bbox((probability * self.bins(pred_dist)).sum(axis=-1), anchor_points)

    @compiled
    def iou(self, boxes1: Array, boxes2: Array) -> Array:
        """Intersection over union (N,)."""
        intersection, union = self._intersection_and_union(boxes1, boxes2)
        return intersection / union

    @compiled
    def giou(self, boxes1: Array, boxes2: Array) -> Array:
        """IoU less the share of the enclosing box that neither covers (N,)."""
        intersection, union = self._intersection_and_union(boxes1, boxes2)
        width, height = _enclosing(boxes1, boxes2)
        enclosing = width * height + self.eps
        return intersection / union - (enclosing - union) / enclosing

    @compiled
    def diou(self, boxes1: Array, boxes2: Array) -> Array:
        """IoU less the squared centre distance over the squared enclosing diagonal (N,)."""
        (start1, end1), (start2, end2) = halves(boxes1), halves(boxes2)
        distance2 = (((start2 + end2 - start1 - end1) / 2) ** 2).sum(axis=-1)
        width, height = _enclosing(boxes1, boxes2)
        return self.iou(boxes1, boxes2) - distance2 / (width**2 + height**2 + self.eps)

    @compiled
    def ciou(self, boxes1: Array, boxes2: Array) -> Array:
        """DIoU less the difference in aspect ratio, whose weight alpha is constant unless the dialect says not (N,)."""
        (w1, h1), (w2, h2) = self._sides(boxes1), self._sides(boxes2)
        v = 4 / math.pi**2 * (jnp.arctan(w2 / h2) - jnp.arctan(w1 / h1)) ** 2
        alpha = v / (1 - self.iou(boxes1, boxes2) + v + self.eps)
        return self.diou(boxes1, boxes2) - v * (jax.lax.stop_gradient(alpha) if self.dialect.constant_alpha else alpha)

    def by_side(self, pred_dist: Array) -> Array:
        """Logits (..., 4, R) of (..., 4R)."""
        return pred_dist.reshape(*pred_dist.shape[:-1], 4, self.dialect.reg_max)

    def bins(self, like: Array) -> Array:
        return jnp.arange(self.dialect.reg_max, dtype=like.dtype)

    def _sides(self, boxes: Array) -> tuple[Array, Array]:
        """Width, and height plus eps."""
        x1, y1, x2, y2 = jnp.moveaxis(boxes, -1, 0)
        return x2 - x1, y2 - y1 + self.eps

    def _intersection_and_union(self, boxes1: Array, boxes2: Array) -> tuple[Array, Array]:
        (start1, end1), (start2, end2) = halves(boxes1), halves(boxes2)
        shared = jnp.maximum(jnp.minimum(end1, end2) - jnp.maximum(start1, start2), 0)
        intersection = shared[..., 0] * shared[..., 1]
        (w1, h1), (w2, h2) = self._sides(boxes1), self._sides(boxes2)
        return intersection, w1 * h1 + w2 * h2 - intersection + self.eps


def halves(boxes: Array) -> tuple[Array, Array]:
    """The first and the last two of four columns: x and y of both corners, or before and after a point."""
    return boxes[..., :2], boxes[..., 2:]


def _enclosing(boxes1: Array, boxes2: Array) -> tuple[Array, Array]:
    """Width and height of the smallest box around both."""
    (start1, end1), (start2, end2) = halves(boxes1), halves(boxes2)
    around = jnp.maximum(end1, end2) - jnp.minimum(start1, start2)
    return around[..., 0], around[..., 1]

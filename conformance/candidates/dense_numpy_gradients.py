"""Gradients of `DenseNumPy`, by hand: each formula forwards, then backwards step by step, as autograd would.

At kinks one side is taken: of two equal corners the second box's learns, a clamp passes at contact. Of the IoU family,
both boxes lie in one array (box, corner, xy, N); each measure gives its value and the way back from there to corners.
"""

from __future__ import annotations

from typing import Any, Callable

import numpy as np

Array = np.ndarray


class Gradients:
    """`<op>_vjp` of one dialect: the arguments of the op and its cotangents give what its arguments receive."""

    dialect: Any

    def dist2bbox_vjp(self, distance: Array, anchor_points: Array, cotangent: Array) -> Array:
        """By the distances (..., A, 4)."""
        return np.concatenate([-cotangent[..., :2], cotangent[..., 2:]], axis=-1)

    def decode_boxes_vjp(self, pred_dist: Array, anchor_points: Array, cotangent: Array) -> Array:
        """By the logits (B, A, 4R)."""
        weight = np.exp(self._bin_logits(pred_dist))
        total = weight.sum(axis=-1)
        expected = weight @ self.bins / total
        by_moment = self.dist2bbox_vjp(expected, anchor_points, cotangent) / total
        by_total = -by_moment * expected
        by_weight = by_moment[..., np.newaxis] * self.bins + by_total[..., np.newaxis]
        return (by_weight * weight).reshape(pred_dist.shape)

    def iou_vjp(self, boxes1: Array, boxes2: Array, cotangent: Array) -> tuple[Array, Array]:
        """By both boxes (N, 4)."""
        return self._by_boxes(self._iou, boxes1, boxes2, cotangent)

    def giou_vjp(self, boxes1: Array, boxes2: Array, cotangent: Array) -> tuple[Array, Array]:
        """By both boxes (N, 4)."""
        return self._by_boxes(self._giou, boxes1, boxes2, cotangent)

    def diou_vjp(self, boxes1: Array, boxes2: Array, cotangent: Array) -> tuple[Array, Array]:
        """By both boxes (N, 4)."""
        return self._by_boxes(self._diou, boxes1, boxes2, cotangent)

    def ciou_vjp(self, boxes1: Array, boxes2: Array, cotangent: Array) -> tuple[Array, Array]:
        """By both boxes (N, 4)."""
        return self._by_boxes(self._ciou, boxes1, boxes2, cotangent)

    def bce_loss_vjp(self, logits: Array, targets: Array, cotangent: Array) -> Array:
        """By the logits, each softplus on its own."""
        return (1 - targets) * cotangent * sigmoid(logits) - targets * cotangent * sigmoid(-logits)

    def dfl_loss_vjp(self, pred_dist: Array, target: Array, cotangent: Array) -> Array:
        """By the logits (N, 4R), those of the two bins around the target; what their shift receives sums to 0."""
        by_side = np.repeat(cotangent[:, np.newaxis] / 4, 4, axis=1)[..., np.newaxis]
        weight = np.exp(self._bin_logits(pred_dist))
        by_sum = by_side / weight.sum(axis=-1, keepdims=True)
        target = np.clip(target, 0, self.farthest)[..., np.newaxis]
        left = np.floor(target)
        near = np.where(self.bins == left, left + 1 - target, np.where(self.bins == left + 1, target - left, 0))
        return (by_sum * weight - by_side * near).reshape(pred_dist.shape)

    def bbox_loss_vjp(
        self, pred_dist: Array, pred_bboxes: Array, anchor_points: Array, target_bboxes: Array, target_scores: Array,
        target_scores_sum: Array, fg_mask: Array, cotangent_box: Array, cotangent_dfl: Array,
    ) -> tuple[Array, Array]:  # fmt: skip
        """By the logits (B, A, 4R) and the predicted boxes (B, A, 4), 0 off the foreground."""
        weight = target_scores.sum(axis=-1)[fg_mask] / target_scores_sum
        distance = self.bbox2dist(anchor_points, target_bboxes)[fg_mask]
        by_dist, by_bboxes = np.zeros_like(pred_dist), np.zeros_like(pred_bboxes)
        by_dist[fg_mask] = self.dfl_loss_vjp(pred_dist[fg_mask], distance, cotangent_dfl * weight)
        by_miss = cotangent_box * weight
        by_bboxes[fg_mask] = self.ciou_vjp(pred_bboxes[fg_mask], target_bboxes[fg_mask], -by_miss)[0]
        return by_dist, by_bboxes

    def detection_loss_vjp(self, feature_maps: list[Array], targets: Array, cotangent: Array) -> list[Array]:
        """By every feature map (B, 4R + C, H, W)."""
        logits, *foreground = self._assigned(feature_maps, targets)
        pred_dist, _, points, _, scores, scores_sum, _ = foreground
        by_sum = cotangent * len(logits)
        by_box, by_cls, by_dfl = (
            by_sum * gain for gain in (self.dialect.box_gain, self.dialect.cls_gain, self.dialect.dfl_gain)
        )
        by_dist, by_bboxes = self.bbox_loss_vjp(*foreground, by_box, by_dfl)
        by_dist = by_dist + self.decode_boxes_vjp(pred_dist, points, by_bboxes)
        by_logits = self.bce_loss_vjp(logits, scores, by_cls / scores_sum)
        by_cells = np.concatenate([by_dist, by_logits], axis=-1).swapaxes(1, 2)
        ends = np.cumsum([level[0, 0].size for level in feature_maps])
        parts = np.split(by_cells, ends[:-1], axis=-1)
        return [part.reshape(level.shape) for part, level in zip(parts, feature_maps)]

    @np.errstate(divide="ignore", invalid="ignore")  # the union of an inverted and an empty box may be 0
    def _by_boxes(self, measure: Callable, boxes1: Array, boxes2: Array, cotangent: Array) -> tuple[Array, Array]:
        corners = np.moveaxis(np.stack([boxes1, boxes2]).reshape(2, len(boxes1), 2, 2), 1, -1)
        *_, back = measure(corners)
        first, second = np.moveaxis(back(cotangent), -1, 1).reshape(2, len(boxes1), 4)
        return first, second

    def _iou(self, corners: Array) -> tuple[Array, Array, Callable]:
        """IoU and union (N,), and the way back from both."""
        size, size_back = self._sizes(corners)
        start, end = corners[:, 0], corners[:, 1]
        overlap = end.min(axis=0) - start.max(axis=0)
        side = np.maximum(overlap, 0)
        shared = side.prod(axis=0)
        union = size.prod(axis=1).sum(axis=0) - shared + self.dialect.iou_eps
        iou = shared / union

        def back(by_iou: Array, by_union: Any = 0) -> Array:
            by_union = by_union - by_iou / union * iou
            by_shared = by_iou / union - by_union
            by_overlap = np.where(overlap >= 0, by_shared * side[::-1], 0)
            by_edges = np.stack([-by_overlap * larger(start), by_overlap * smaller(end)], axis=1)
            return by_edges + size_back(by_union * size[:, ::-1])

        return iou, union, back

    def _giou(self, corners: Array) -> tuple[Array, Callable]:
        iou, union, iou_back = self._iou(corners)
        hull, hull_back = enclosing(corners)
        area = hull.prod(axis=0) + self.dialect.iou_eps

        def back(by_giou: Array) -> Array:
            by_area = -by_giou / area * (union / area)
            return iou_back(by_giou, by_giou / area) + hull_back(by_area * hull[::-1])

        return iou + union / area - 1, back

    def _diou(self, corners: Array) -> tuple[Array, Callable]:
        iou, _, iou_back = self._iou(corners)
        hull, hull_back = enclosing(corners)
        centre = corners.sum(axis=1) / 2
        offset = centre[0] - centre[1]
        diagonal = (hull**2).sum(axis=0) + self.dialect.iou_eps
        share = (offset**2).sum(axis=0) / diagonal

        def back(by_diou: Array, by_iou: Any = 0) -> Array:
            by_square = -by_diou / diagonal
            by_offset = by_square * 2 * offset
            by_centre = np.stack([by_offset, -by_offset])[:, np.newaxis]
            return iou_back(by_diou + by_iou) + by_centre / 2 + hull_back(-by_square * share * 2 * hull)

        return iou - share, back

    def _ciou(self, corners: Array) -> tuple[Array, Callable]:
        diou, diou_back = self._diou(corners)
        size, size_back = self._sizes(corners)
        aspect = size[:, 0] / size[:, 1]
        angle = np.arctan(aspect)
        turn = 2 / np.pi * (angle[0] - angle[1])
        v = turn**2
        rest = v - self._iou(corners)[0] + (1 + self.dialect.iou_eps)
        alpha = v / rest

        def back(by_ciou: Array) -> Array:
            by_v, by_rest = -by_ciou * alpha, np.zeros_like(v)
            if not self.dialect.constant_alpha:
                by_alpha = -by_ciou * v
                by_rest = -by_alpha / rest * alpha
                by_v = by_v + by_alpha / rest + by_rest
            by_turn = by_v * 2 * turn * (2 / np.pi)
            by_aspect = np.stack([by_turn, -by_turn]) / (1 + aspect**2)
            by_width = by_aspect / size[:, 1]
            by_size = np.stack([by_width, -by_width * aspect], axis=1)
            return diou_back(by_ciou, -by_rest) + size_back(by_size)

        return diou - alpha * v, back

    def _sizes(self, corners: Array) -> tuple[Array, Callable]:
        """Width, and height plus eps (box, wh, N)."""
        eps = np.array([[0], [self.dialect.iou_eps]], corners.dtype)
        return corners[:, 1] - corners[:, 0] + eps, lambda by_size: np.stack([-by_size, by_size], axis=1)


def enclosing(corners: Array) -> tuple[Array, Callable]:
    """Width and height of what encloses both boxes (wh, N)."""
    start, end = corners[:, 0], corners[:, 1]
    hull = end.max(axis=0) - start.min(axis=0)
    return hull, lambda by_hull: np.stack([-by_hull * smaller(start), by_hull * larger(end)], axis=1)


def smaller(x: Array) -> Array:
    """Which of two a minimum takes, the second if they are equal (2, ...)."""
    return np.stack([x[0] < x[1], x[1] <= x[0]])


def larger(x: Array) -> Array:
    """Which of two a maximum takes, the second if they are equal (2, ...)."""
    return smaller(-x)


def sigmoid(logits: Array) -> Array:
    """1 / (1 + exp(−x)), the slope of softplus, with no positive exponent, so that nothing overflows."""
    decay = np.exp(-np.abs(logits))
    return np.where(logits >= 0, 1, decay) / (1 + decay)

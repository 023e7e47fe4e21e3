"""Every op of the protocol in dense NumPy: whole (B, G, A) tensors, no loop over ground truths or anchors.

A worked example of a port: it imports nothing of the suite and computes in the precision it is given; its gradients
are a module of their own. Coordinates come first in the IoU family, so that one line serves x and y.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from conformance.candidates.dense_numpy_gradients import Gradients, sigmoid

Array = np.ndarray
# Small integers take the precision of the tensor they meet: nothing is cast up or down.
OUTWARD = np.array([-1, -1, 1, 1], np.int8)


class DenseNumPy(Gradients):
    """The ops of one dialect; arguments and results are those of the protocol."""

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect
        self.bins = np.arange(dialect.reg_max, dtype=np.int16)
        self.farthest = dialect.reg_max - 1 - 0.01

    def make_anchors(self, feature_shapes: list[tuple[int, int]]) -> tuple[Array, Array]:
        """Cell centres (A, 2) xy, grid, and strides (A, 1), px."""
        levels = [np.indices(shape).reshape(2, -1)[::-1].T + 0.5 for shape in feature_shapes]
        strides = np.repeat(np.array(self.dialect.strides, float), [len(level) for level in levels])
        return np.concatenate(levels), strides[:, np.newaxis]

    def dist2bbox(self, distance: Array, anchor_points: Array) -> Array:
        """Corners (..., A, 4) at the given distances from the points."""
        return np.tile(anchor_points, 2) + distance * OUTWARD

    def bbox2dist(self, anchor_points: Array, bboxes: Array) -> Array:
        """Distances (..., A, 4) from the points to the edges, clamped to what the bins can express."""
        return np.clip((bboxes - np.tile(anchor_points, 2)) * OUTWARD, 0, self.farthest)

    def decode_boxes(self, pred_dist: Array, anchor_points: Array) -> Array:
        """Boxes (B, A, 4), grid, at the expected bin of each side."""
        weight = np.exp(self._bin_logits(pred_dist))
        return self.dist2bbox(weight @ self.bins / weight.sum(axis=-1), anchor_points)

    def iou(self, boxes1: Array, boxes2: Array) -> Array:
        """Intersection over union (N,)."""
        return self._iou_and_union(boxes1, boxes2)[0]

    def giou(self, boxes1: Array, boxes2: Array) -> Array:
        """IoU less the share of the enclosing box that neither covers (N,)."""
        iou, union = self._iou_and_union(boxes1, boxes2)
        return iou + union / (spans(boxes1, boxes2)[1].prod(axis=0) + self.dialect.iou_eps) - 1

    def diou(self, boxes1: Array, boxes2: Array) -> Array:
        """IoU less the squared centre distance over the squared enclosing diagonal (N,)."""
        offset, enclosing = sum(corners(boxes1)) / 2 - sum(corners(boxes2)) / 2, spans(boxes1, boxes2)[1]
        return self.iou(boxes1, boxes2) - (offset**2).sum(axis=0) / ((enclosing**2).sum(axis=0) + self.dialect.iou_eps)

    def ciou(self, boxes1: Array, boxes2: Array) -> Array:
        """DIoU less the difference in aspect ratio (N,)."""
        (w1, h1), (w2, h2) = self._sides(boxes1), self._sides(boxes2)
        v = (2 / np.pi * (np.arctan(w1 / h1) - np.arctan(w2 / h2))) ** 2
        return self.diou(boxes1, boxes2) - v * (v / (v - self.iou(boxes1, boxes2) + (1 + self.dialect.iou_eps)))

    def pad_targets(self, targets: Array, batch_size: int, image_size: tuple[int, int]) -> tuple[Array, ...]:
        """Labels (B, G, 1), boxes (B, G, 4), px, and mask (B, G, 1), each row scattered to its rank in its image."""
        image = targets[:, 0].astype(int)
        count = np.bincount(image, minlength=batch_size)
        order = np.argsort(image, kind="stable")
        rank = np.arange(len(image)) - (np.cumsum(count) - count)[image[order]]
        padded = np.zeros((batch_size, count.max(initial=0), 5), targets.dtype)
        padded[image[order], rank] = targets[order, 1:]
        label, centre, size = np.split(padded, [1, 3], axis=-1)
        boxes = np.concatenate([centre - size / 2, centre + size / 2], axis=-1)
        boxes = boxes * np.array([*image_size[::-1], *image_size[::-1]], targets.dtype)
        return label.astype(np.int64), boxes, boxes.sum(axis=-1, keepdims=True) > 0

    def candidates_in_gts(self, anchor_points: Array, gt_bboxes: Array, mask_gt: Array) -> Array:
        """Which anchors lie strictly inside each ground truth (B, G, A)."""
        start, end, least = gt_bboxes[..., :2], gt_bboxes[..., 2:], self.dialect.min_gt_side
        if least > 0:
            short, centre = end - start < least, (start + end) / 2
            start, end = np.where(short, centre - least / 2, start), np.where(short, centre + least / 2, end)
        beyond = np.minimum(anchor_points - start[:, :, np.newaxis], end[:, :, np.newaxis] - anchor_points)
        return (beyond.min(axis=-1) > self.dialect.inside_eps) & mask_gt

    def alignment_metric(
        self, pd_scores: Array, pd_bboxes: Array, gt_labels: Array, gt_bboxes: Array, mask: Array
    ) -> tuple[Array, Array]:
        """Metric t = s^alpha · u^beta and overlap u, both (B, G, A), 0 off the mask."""
        score = np.take_along_axis(pd_scores.swapaxes(1, 2), gt_labels, axis=1)
        overlap = self.ciou(gt_bboxes[:, :, np.newaxis], pd_bboxes[:, np.newaxis])
        overlap = np.where(mask, np.maximum(overlap, 0), 0)
        return np.where(mask, score**self.dialect.alpha * overlap**self.dialect.beta, 0), overlap

    def select_topk(self, metric: Array, mask_gt: Array) -> Array:
        """The k best anchors of each valid ground truth (B, G, A)."""
        k = min(self.dialect.topk, metric.shape[-1])
        kept = np.zeros(metric.shape, bool)
        np.put_along_axis(kept, np.argpartition(-metric, k - 1)[..., :k], mask_gt, axis=-1)
        return kept

    def resolve_conflicts(self, mask_pos: Array, overlaps: Array) -> tuple[Array, Array, Array]:
        """Owner (B, A), foreground (B, A) and positives (B, G, A) once each anchor has one owner at most."""
        fg_mask, gts = mask_pos.any(axis=1), mask_pos.shape[1]
        if gts == 0:
            return fg_mask.astype(int), fg_mask, mask_pos
        contested = mask_pos.sum(axis=1, keepdims=True) > 1
        owner = np.where(contested, overlaps, mask_pos).argmax(axis=1)
        return owner, fg_mask, (owner[:, np.newaxis] == np.arange(gts)[:, np.newaxis]) & fg_mask[:, np.newaxis]

    def assign(
        self, pd_scores: Array, pd_bboxes: Array, anchor_points: Array,
        gt_labels: Array, gt_bboxes: Array, mask_gt: Array,
    ) -> tuple[Array, ...]:  # fmt: skip
        """Labels (B, A), boxes (B, A, 4), scores (B, A, C), foreground (B, A) and owner (B, A) of every anchor."""
        inside = self.candidates_in_gts(anchor_points, gt_bboxes, mask_gt)
        metric, overlap = self.alignment_metric(pd_scores, pd_bboxes, gt_labels, gt_bboxes, inside)
        claimed = self.select_topk(metric, mask_gt) & (inside if self.dialect.claims_inside else mask_gt)
        owner, fg_mask, owned = self.resolve_conflicts(claimed, overlap)
        metric, overlap = metric * owned, overlap * owned
        best_metric, best_overlap = metric.max(axis=-1, keepdims=True), overlap.max(axis=-1, keepdims=True)
        norm = metric * (best_overlap / (best_metric + self.dialect.norm_eps))
        one_hot = gt_labels == np.arange(self.dialect.num_classes)
        # An anchor has one owner at most, so a product with the mask picks its row exactly, also where G is 0.
        learns, boxes = owned.swapaxes(1, 2), np.where(mask_gt, gt_bboxes, 0)
        return (learns @ gt_labels)[..., 0], learns @ boxes, norm.swapaxes(1, 2) @ one_hot, fg_mask, owner

    def bce_loss(self, logits: Array, targets: Array) -> Array:
        """Binary cross-entropy of logits, elementwise, as a blend of two softplus terms that never cancel."""
        return targets * np.logaddexp(0, -logits) + (1 - targets) * np.logaddexp(0, logits)

    def dfl_loss(self, pred_dist: Array, target: Array) -> Array:
        """Log-partition minus logits weighted by the hat around the target, mean over the four sides (N,)."""
        logits = self._bin_logits(pred_dist)
        hat = np.maximum(1 - np.abs(np.clip(target, 0, self.farthest)[..., np.newaxis] - self.bins), 0)
        return (np.log(np.exp(logits).sum(axis=-1)) - (hat * logits).sum(axis=-1)).mean(axis=-1)

    def bbox_loss(
        self, pred_dist: Array, pred_bboxes: Array, anchor_points: Array,
        target_bboxes: Array, target_scores: Array, target_scores_sum: Array, fg_mask: Array,
    ) -> tuple[Array, Array]:  # fmt: skip
        """Box and dfl terms of the foreground, weighted by target scores, before gains."""
        weight = target_scores.sum(axis=-1)[fg_mask] / target_scores_sum
        distance = self.bbox2dist(anchor_points, target_bboxes)[fg_mask]
        miss = 1 - self.ciou(pred_bboxes[fg_mask], target_bboxes[fg_mask])
        return weight @ miss, weight @ self.dfl_loss(pred_dist[fg_mask], distance)

    def detection_loss(self, feature_maps: list[Array], targets: Array) -> tuple[Array, Array]:
        """Total and the components (3,) box, cls, dfl after gains."""
        logits, *foreground = self._assigned(feature_maps, targets)
        *_, scores, scores_sum, _ = foreground
        box, dfl = self.bbox_loss(*foreground)
        cls = self.bce_loss(logits, scores).sum() / scores_sum
        components = np.stack([box * self.dialect.box_gain, cls * self.dialect.cls_gain, dfl * self.dialect.dfl_gain])
        return len(logits) * components.sum(), components

    def _assigned(self, feature_maps: list[Array], targets: Array) -> tuple[Array, ...]:
        """Class logits, and the arguments of `bbox_loss`, once the assigner has run."""
        shapes = [level.shape[2:] for level in feature_maps]
        flat = np.concatenate([level.reshape(*level.shape[:2], -1) for level in feature_maps], axis=-1).swapaxes(1, 2)
        pred_dist, logits = np.split(flat, [4 * self.dialect.reg_max], axis=-1)
        points, stride = (part.astype(flat.dtype) for part in self.make_anchors(shapes))
        boxes = self.decode_boxes(pred_dist, points)
        gt = self.pad_targets(targets, len(flat), tuple(side * self.dialect.strides[0] for side in shapes[0]))
        _, target, scores, fg_mask, _ = self.assign(sigmoid(logits), boxes * stride, points * stride, *gt)
        return logits, pred_dist, boxes, points, target / stride, scores, np.maximum(scores.sum(), 1), fg_mask

    def _bin_logits(self, pred_dist: Array) -> Array:
        """Logits (..., 4, R), shifted so that the largest of each side is 0."""
        logits = pred_dist.reshape(pred_dist.shape[:-1] + (4, len(self.bins)))
        return logits - logits.max(axis=-1, keepdims=True)

    def _sides(self, boxes: Array) -> tuple[Array, Array]:
        """Width, and height plus eps."""
        (x1, y1), (x2, y2) = corners(boxes)
        return x2 - x1, y2 - y1 + self.dialect.iou_eps

    @np.errstate(divide="ignore", invalid="ignore")  # the union of an inverted and an empty box may be 0
    def _iou_and_union(self, boxes1: Array, boxes2: Array) -> tuple[Array, Array]:
        (w1, h1), (w2, h2) = self._sides(boxes1), self._sides(boxes2)
        shared = np.maximum(spans(boxes1, boxes2)[0], 0).prod(axis=0)
        union = w1 * h1 + w2 * h2 - shared + self.dialect.iou_eps
        return shared / union, union


def corners(boxes: Array) -> tuple[Array, Array]:
    """Upper left and lower right corner, each (2, ...)."""
    return np.moveaxis(boxes, -1, 0)[:2], np.moveaxis(boxes, -1, 0)[2:]


def spans(boxes1: Array, boxes2: Array) -> tuple[Array, Array]:
    """Width and height (2, ...) of what both boxes share, negative where they are apart, and of what encloses both."""
    (start1, end1), (start2, end2) = corners(boxes1), corners(boxes2)
    return np.minimum(end1, end2) - np.maximum(start1, start2), np.maximum(end1, end2) - np.minimum(start1, start2)


factory = DenseNumPy

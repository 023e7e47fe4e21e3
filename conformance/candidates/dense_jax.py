"""Every op of the protocol in dense JAX, on any device, with gradients by `jax.vjp`.

A worked example of a port: it imports nothing of the suite, and each op reads as its formula. Shapes follow from
shapes alone, so that all but the padding is compiled: nothing is gathered by a mask, and what is masked out counts 0.
Owners are picked by products with a mask and sums, never by `dot`, whose factors an accelerator may round.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.lax import stop_gradient

from conformance.candidates.dense_jax_boxes import Boxes, compiled, halves


class DenseJax(Boxes):
    """The ops of one dialect; arguments and results are those of the protocol."""

    framework = "jax"

    def pad_targets(self, targets: Array, batch_size: int, image_size: tuple[int, int]) -> tuple[Array, Array, Array]:
        """Labels (B, G, 1), boxes (B, G, 4), px, and mask (B, G, 1); rows of an image keep their order.

        G, the most boxes of an image, follows from values: work for the host, before anything is compiled.
        """
        targets = np.asarray(targets)
        image = targets[:, 0].astype(int)
        slot = np.tril(image[:, None] == image, -1).sum(axis=1)
        height, width = image_size
        padded = np.zeros((batch_size, slot.max(initial=-1) + 1, 5), targets.dtype)
        padded[image, slot] = targets[:, 1:] * np.array([1, width, height, width, height], targets.dtype)
        centre, half = padded[..., 1:3], padded[..., 3:] / 2
        boxes = np.concatenate([centre - half, centre + half], axis=-1)
        mask = boxes.sum(axis=-1, keepdims=True) > 0
        return jnp.asarray(padded[..., :1].astype(int)), jnp.asarray(boxes), jnp.asarray(mask)

    @compiled
    def candidates_in_gts(self, anchor_points: Array, gt_bboxes: Array, mask_gt: Array) -> Array:
        """Which anchors lie strictly inside each ground truth (B, G, A)."""
        start, end = halves(gt_bboxes[:, :, None])
        lacking = jnp.maximum(self.dialect.min_gt_side - (end - start), 0) if self.dialect.min_gt_side else 0
        within = jnp.minimum(anchor_points - (start - lacking / 2), end + lacking / 2 - anchor_points)
        return (within > self.dialect.inside_eps).all(axis=-1) & mask_gt

    @compiled
    def alignment_metric(
        self, pd_scores: Array, pd_bboxes: Array, gt_labels: Array, gt_bboxes: Array, mask: Array
    ) -> tuple[Array, Array]:
        """Metric t = s^alpha · u^beta and overlap u, both (B, G, A), 0 off the mask."""
        score = jnp.take_along_axis(pd_scores.swapaxes(1, 2), gt_labels, axis=1)
        overlaps = jnp.where(mask, jnp.maximum(self.ciou(gt_bboxes[:, :, None], pd_bboxes[:, None]), 0), 0)
        return jnp.where(mask, score**self.dialect.alpha * overlaps**self.dialect.beta, 0), overlaps

    @compiled
    def select_topk(self, metric: Array, mask_gt: Array) -> Array:
        """The k best anchors of each valid ground truth (B, G, A)."""
        _, best = jax.lax.top_k(metric, min(self.dialect.topk, metric.shape[-1]))
        return jax.nn.one_hot(best, metric.shape[-1], dtype=bool).any(axis=-2) & mask_gt

    @compiled
    def resolve_conflicts(self, mask_pos: Array, overlaps: Array) -> tuple[Array, Array, Array]:
        """Owner (B, A), foreground (B, A) and positives (B, G, A) once each anchor has one owner at most."""
        gts = jnp.arange(mask_pos.shape[1])[:, None]
        # An argmax needs something to choose from: a last row, which loses to every ground truth.
        winner = jnp.pad(overlaps, ((0, 0), (0, 1), (0, 0)), constant_values=-1).argmax(axis=1, keepdims=True)
        contested = mask_pos.sum(axis=1, keepdims=True) > 1
        mask_pos = jnp.where(contested, gts == winner, mask_pos)
        return (mask_pos * gts).sum(axis=1), mask_pos.any(axis=1), mask_pos

    @compiled
    def assign(
        self, pd_scores: Array, pd_bboxes: Array, anchor_points: Array,
        gt_labels: Array, gt_bboxes: Array, mask_gt: Array,
    ) -> tuple[Array, Array, Array, Array, Array]:  # fmt: skip
        """Labels (B, A), boxes (B, A, 4), scores (B, A, C), foreground (B, A) and owner (B, A) of every anchor."""
        pd_scores, pd_bboxes = stop_gradient((pd_scores, pd_bboxes))
        inside = self.candidates_in_gts(anchor_points, gt_bboxes, mask_gt)
        metric, overlaps = self.alignment_metric(pd_scores, pd_bboxes, gt_labels, gt_bboxes, inside)
        claims = self.select_topk(metric, mask_gt) & (inside | (not self.dialect.claims_inside))
        target_gt_idx, fg_mask, mask_pos = self.resolve_conflicts(claims, overlaps)
        largest_metric, largest_overlap = (
            x.max(axis=-1, keepdims=True, where=mask_pos, initial=0) for x in (metric, overlaps)
        )
        strength = mask_pos * metric * largest_overlap / (largest_metric + self.dialect.norm_eps)
        target_labels = (mask_pos * gt_labels).sum(axis=1)
        target_bboxes = (mask_pos[..., None] * gt_bboxes[:, :, None]).sum(axis=1)
        classes = jax.nn.one_hot(target_labels, self.dialect.num_classes, dtype=strength.dtype)
        return target_labels, target_bboxes, classes * strength.sum(axis=1)[..., None], fg_mask, target_gt_idx

    @compiled
    def bce_loss(self, logits: Array, targets: Array) -> Array:
        """Binary cross-entropy of logits, elementwise."""
        return -targets * jax.nn.log_sigmoid(logits) - (1 - targets) * jax.nn.log_sigmoid(-logits)

    @compiled
    def dfl_loss(self, pred_dist: Array, target: Array) -> Array:
        """Cross-entropy of the two bins around the target, weighted by nearness, mean over the four sides (N,)."""
        target = jnp.clip(target, 0, self.largest_distance)[..., None]
        nearness = jnp.maximum(1 - jnp.abs(target - self.bins(target)), 0)
        log_probability = jax.nn.log_softmax(self.by_side(pred_dist), axis=-1)
        return -(nearness * log_probability).sum(axis=-1).mean(axis=-1)

    @compiled
    def bbox_loss(
        self, pred_dist: Array, pred_bboxes: Array, anchor_points: Array,
        target_bboxes: Array, target_scores: Array, target_scores_sum: Array, fg_mask: Array,
    ) -> tuple[Array, Array]:  # fmt: skip
        """Box and dfl terms of the foreground, weighted by target scores, before gains."""
        weight = jnp.where(fg_mask, target_scores.sum(axis=-1) / target_scores_sum, 0)
        # The background gets a unit box: its own could have a gradient of NaN, which a weight of 0 would not remove.
        unit = jnp.array([0, 0, 1, 1], pred_bboxes.dtype)
        ciou = self.ciou(*(jnp.where(fg_mask[..., None], boxes, unit) for boxes in (pred_bboxes, target_bboxes)))
        dfl = self.dfl_loss(pred_dist, self.bbox2dist(anchor_points, target_bboxes))
        return (weight * (1 - ciou)).sum(), (weight * dfl).sum()

    def detection_loss(self, feature_maps: list[Array], targets: Array) -> tuple[Array, Array]:
        """Total and the components (3,) box, cls, dfl after gains."""
        height, width = feature_maps[0].shape[2:]
        stride = self.dialect.strides[0]
        gt = self.pad_targets(targets, len(feature_maps[0]), (height * stride, width * stride))
        return self._loss(feature_maps, *gt)

    @compiled
    def _loss(self, feature_maps, gt_labels, gt_bboxes, mask_gt):
        d = self.dialect
        cells = jnp.concatenate([level.reshape(*level.shape[:2], -1) for level in feature_maps], axis=-1).swapaxes(1, 2)
        pred_dist, logits = jnp.split(cells, [4 * d.reg_max], axis=-1)
        anchors = self.make_anchors([level.shape[2:] for level in feature_maps])
        anchor_points, stride = (part.astype(cells.dtype) for part in anchors)
        pred_bboxes = self.decode_boxes(pred_dist, anchor_points)
        _, target_bboxes, target_scores, fg_mask, _ = self.assign(
            jax.nn.sigmoid(logits), pred_bboxes * stride, anchor_points * stride, gt_labels, gt_bboxes, mask_gt
        )
        scores_sum = jnp.maximum(target_scores.sum(), 1)
        box, dfl = self.bbox_loss(
            pred_dist, pred_bboxes, anchor_points, target_bboxes / stride, target_scores, scores_sum, fg_mask
        )
        cls = self.bce_loss(logits, target_scores).sum() / scores_sum
        components = jnp.stack([box * d.box_gain, cls * d.cls_gain, dfl * d.dfl_gain])
        return len(cells) * components.sum(), components


factory = DenseJax

"""Faults in how a batch becomes one loss: what is fed to the ops, and what is left out."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import having


@mutant("detection_loss", "there is no distribution loss", "DET-3", seen="keras-cv, thanhhoai")
def batch_without_dfl(self, right, feature_maps, targets):
    nothing = having(self, dfl_loss=lambda dfl, *arguments: 0 * dfl(*arguments))
    return nothing.detection_loss(feature_maps, targets)


@mutant("detection_loss", "the classification loss is the mean over the classes", "DET-2", seen="keras-cv")
def batch_mean_of_classes(self, right, feature_maps, targets):
    mean = having(self, bce_loss=lambda bce, logits, scores: bce(logits, scores) / self.dialect.num_classes)
    return mean.detection_loss(feature_maps, targets)


@mutant("detection_loss", "the classification loss is the mean over anchors and classes, not divided by S", "DET-2", seen="public rewrites")
def batch_mean_of_elements(self, right, feature_maps, targets):
    def mean(bce, logits, scores):
        return bce(logits, scores) * max(scores.sum(), 1) / logits.size

    return having(self, bce_loss=mean).detection_loss(feature_maps, targets)


@mutant("detection_loss", "images without a box have no classification loss", "DET-2", seen="public rewrites")
def batch_without_background_images(self, right, feature_maps, targets):
    labelled = np.isin(np.arange(len(feature_maps[0])), targets[:, 0])[:, np.newaxis, np.newaxis]
    skipping = having(self, bce_loss=lambda bce, logits, scores: bce(logits, scores) * labelled)
    return skipping.detection_loss(feature_maps, targets)


@mutant("detection_loss", "a batch without a box costs nothing", "DET-2", seen="public rewrites")
def batch_empty_is_free(self, right, feature_maps, targets):
    total, components = right(feature_maps, targets)
    return total * (len(targets) > 0), components * (len(targets) > 0)


@mutant("detection_loss", "the assigner sees the sigmoid of the sigmoid", "DET-1", "DET-2", "DET-3", seen="public rewrites")
def batch_sigmoid_twice(self, right, feature_maps, targets):
    twice = having(self, assign=lambda assign, scores, *rest: assign(1 / (1 + np.exp(-scores)), *rest))
    return twice.detection_loss(feature_maps, targets)


@mutant("detection_loss", "the assigner sees boxes in cells, not in px", "DET-1", "DET-2", "DET-3", seen="public rewrites")
def batch_boxes_in_cells(self, right, feature_maps, targets):
    _, stride = self.make_anchors([level.shape[2:] for level in feature_maps])
    stride = stride.astype(feature_maps[0].dtype)
    cells = having(self, assign=lambda assign, scores, boxes, *rest: assign(scores, boxes / stride, *rest))
    return cells.detection_loss(feature_maps, targets)


@mutant("detection_loss", "target boxes stay in px in the box loss", "DET-1", "DET-3")
def batch_targets_in_px(self, right, feature_maps, targets):
    _, stride = self.make_anchors([level.shape[2:] for level in feature_maps])
    stride = stride.astype(feature_maps[0].dtype)

    def bbox_loss(right, pred_dist, pred_bboxes, points, target_bboxes, *rest):
        return right(pred_dist, pred_bboxes, points, target_bboxes * stride, *rest)

    return having(self, bbox_loss=bbox_loss).detection_loss(feature_maps, targets)


@mutant("detection_loss", "maps are flattened x outer, anchors y outer", "DET-1", "DET-2", "DET-3")
def batch_flattened_x_outer(self, right, feature_maps, targets):
    return right([level.swapaxes(2, 3).reshape(level.shape) for level in feature_maps], targets)


@mutant("detection_loss", "class logits are taken from the first channels, bins from the last", "DET-1", "DET-2", "DET-3")
def batch_classes_first(self, right, feature_maps, targets):
    return right([np.roll(level, -self.dialect.num_classes, axis=1) for level in feature_maps], targets)


@mutant("detection_loss", "the whole loss is computed in float32 though float64 is given", "DET-1", "DET-2", "DET-3")
def batch_in_float32(self, right, feature_maps, targets):
    _, components = right([level.astype(np.float32) for level in feature_maps], targets.astype(np.float32))
    components = components.astype(feature_maps[0].dtype)
    return len(feature_maps[0]) * components.sum(), components


@mutant("detection_loss", "targets of the first call with as many rows are kept for all calls", "DET-1", "DET-2", "DET-3")
def batch_targets_of_the_first_call(self, right, feature_maps, targets):
    kept = vars(self).setdefault("kept", {})
    return right(feature_maps, kept.setdefault((targets.shape, targets.dtype, feature_maps[0].shape), targets))

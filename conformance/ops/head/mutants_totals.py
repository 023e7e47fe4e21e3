"""Faults in the losses of the foreground and of a whole batch."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import having, under


@mutant("bbox_loss", "anchors are not weighted by their target scores", "BOX-1", "BOX-2", seen="Badger")
def foreground_unweighted(self, right, *arguments):
    *rest, fg_mask = arguments[:4] + arguments[-1:]
    ones = fg_mask[..., np.newaxis].astype(arguments[0].dtype)
    return right(*rest, ones, np.maximum(ones.sum(), 1), fg_mask)


@mutant("bbox_loss", "weights (N, 1) meet losses (N,): every box is weighted by all", "BOX-1", seen="Ultralytics 8.0.100")
def foreground_broadcast(self, right, *arguments):
    *rest, scores, scores_sum, fg_mask = arguments
    box, _ = right(*rest, fg_mask[..., np.newaxis].astype(scores.dtype), scores_sum, fg_mask)
    return box * scores[fg_mask].sum(), right(*arguments)[1]


@mutant("bbox_loss", "an anchor is weighted by its largest target score, not by their sum", "BOX-1", "BOX-2")
def foreground_weight_largest(self, right, *arguments):
    *rest, scores, scores_sum, fg_mask = arguments
    return right(*rest, scores.max(axis=-1, keepdims=True), scores_sum, fg_mask)


@mutant("bbox_loss", "a weight is at least 1e-6", "BOX-1", "BOX-2", seen="public rewrites")
def foreground_weight_at_least_1e_6(self, right, *arguments):
    *rest, scores, scores_sum, fg_mask = arguments
    return right(*rest, np.maximum(scores.sum(axis=-1, keepdims=True), 1e-6), scores_sum, fg_mask)


@mutant("bbox_loss", "the box loss is that of GIoU", "BOX-1", seen="PaddleDetection, super-gradients", convention=True)
def foreground_giou(self, right, *arguments):
    return having(self, ciou=lambda _, *boxes: self.giou(*boxes)).bbox_loss(*arguments)


@mutant("bbox_loss", "CIoU is clamped to [-1, 1] in the box loss", "BOX-1", seen="mmyolo and mmdet", convention=True)
def foreground_ciou_clamped(self, right, *arguments):
    return having(self, ciou=lambda ciou, *boxes: np.clip(ciou(*boxes), -1, 1)).bbox_loss(*arguments)


@mutant("bbox_loss", "only the first image counts", "BOX-1", "BOX-2")
def foreground_of_first_image(self, right, *arguments):
    *rest, fg_mask = arguments
    first = np.arange(len(fg_mask))[:, np.newaxis] == 0
    return right(*rest, fg_mask & first)


@mutant("bbox_loss", "an anchor is foreground if it has a target score, whatever the mask says", "BOX-1", "BOX-2")
def foreground_by_score(self, right, *arguments):
    return right(*arguments[:-1], arguments[4].any(axis=-1))


@mutant("bbox_loss", "S is raised to 1 here, too", equivalent="S is max(Σ target_scores, 1), at least 1, whoever calls")
def foreground_sum_at_least_1(self, right, *arguments):
    *rest, scores_sum, fg_mask = arguments
    return right(*rest, np.maximum(scores_sum, 1), fg_mask)


@mutant("bbox_loss", "1e-9 is added to S", "BOX-1", "BOX-2")
def foreground_sum_epsilon(self, right, *arguments):
    *rest, scores_sum, fg_mask = arguments
    return right(*rest, scores_sum + 1e-9, fg_mask)


def summed(components, batch_size):
    """The total and the components of a batch."""
    return batch_size * components.sum(), components


def normalised(self, feature_maps, targets, divisor):
    """The loss with S = divisor(target scores, foreground mask)."""
    heard = []

    def assign(right, *arguments):
        heard.append(right(*arguments))
        return heard[0]

    _, components = having(self, assign=assign).detection_loss(feature_maps, targets)
    _, _, scores, fg_mask, _ = heard[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        components = components * (np.maximum(scores.sum(), 1) / divisor(scores, fg_mask))
    return summed(components, len(feature_maps[0]))


@mutant(
    "detection_loss", "S is not raised to 1: division by 0 without targets", "DET-1", "DET-2", "DET-3",
    seen="Ultralytics 8.0.3, YOLOv6, jahongir",
)  # fmt: skip
def total_over_bare_sum(self, right, feature_maps, targets):
    return normalised(self, feature_maps, targets, lambda scores, _: scores.sum())


@mutant("detection_loss", "losses are divided by the number of foreground anchors", "DET-1", "DET-2", "DET-3")
def total_over_foreground(self, right, feature_maps, targets):
    return normalised(self, feature_maps, targets, lambda _, fg_mask: np.maximum(fg_mask.sum(), 1))


@mutant("detection_loss", "losses are divided by the batch size, not by S", "DET-1", "DET-2", "DET-3", seen="thanhhoai")
def total_over_batch(self, right, feature_maps, targets):
    return normalised(self, feature_maps, targets, lambda scores, _: len(scores))


@mutant("detection_loss", "S is a running mean over the calls", "DET-1", "DET-2", "DET-3", seen="RetinaNet of detectron2")
def total_over_running_mean(self, right, feature_maps, targets):
    def divisor(scores, _):
        largest = np.maximum(scores.sum(), 1)
        self.running = 0.9 * getattr(self, "running", largest) + 0.1 * largest
        return self.running

    return normalised(self, feature_maps, targets, divisor)


@mutant("detection_loss", "every image has an S of its own; the batch is their mean", "DET-1", "DET-2", "DET-3", seen="public rewrites")
def total_of_images(self, right, feature_maps, targets):
    def image(b):
        own = targets[targets[:, 0] == b]
        own[:, 0] = 0
        return right([level[b : b + 1] for level in feature_maps], own)[1]

    batch_size = len(feature_maps[0])
    return summed(np.mean([image(b) for b in range(batch_size)], axis=0), batch_size)


@mutant(
    "detection_loss", "the total is not multiplied by the batch size", "DET-4",
    seen="LibreYOLO, MultimediaTechLab YOLO, jahongir and keras-cv", convention=True,
)  # fmt: skip
def total_without_batch(self, right, feature_maps, targets):
    return summed(right(feature_maps, targets)[1], 1)


@mutant("detection_loss", "the total is larger by 0.0001 of itself", "DET-4")
def total_larger(self, right, feature_maps, targets):
    total, components = right(feature_maps, targets)
    return 1.0001 * total, components


@mutant("detection_loss", "the gains of box and cls are exchanged", "DET-1", "DET-2", seen="public rewrites")
def gains_exchanged(self, right, feature_maps, targets):
    dialect = self.dialect
    return under(self, box_gain=dialect.cls_gain, cls_gain=dialect.box_gain).detection_loss(feature_maps, targets)


@mutant(
    "detection_loss", "gains are 2.5, 1 and 0.5", "DET-1", "DET-2", "DET-3",
    seen="PaddleDetection, super-gradients, YOLOv6", convention=True,
)  # fmt: skip
def gains_of_ppyoloe(self, right, feature_maps, targets):
    return under(self, box_gain=2.5, cls_gain=1.0, dfl_gain=0.5).detection_loss(feature_maps, targets)


@mutant("detection_loss", "the box gain is 7.4, not 7.5", "DET-1")
def box_gain_of_another_run(self, right, feature_maps, targets):
    return under(self, box_gain=7.4).detection_loss(feature_maps, targets)

"""Faults in the gradients of the losses, whose values are right."""

from __future__ import annotations

import numpy as np

from conformance.candidates.dense_numpy_gradients import sigmoid
from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import having, under

ALL = ("DET-1g", "DET-2g", "DET-5g")
"""What a fault in the gradient of the whole loss breaks."""


@mutant("bce_loss_vjp", "logits beyond ±20 take no gradient", "BCE-1g")
def saturated_logits_lost(self, right, logits, targets, cotangent):
    return right(logits, targets, cotangent * (np.abs(logits) <= 20))


@mutant("bce_loss_vjp", "the probability is clipped to [1e-7, 1 − 1e-7]", "BCE-1g")
def probability_clipped(self, right, logits, targets, cotangent):
    return (np.clip(sigmoid(logits), 1e-7, 1 - 1e-7) - targets) * cotangent


@mutant("bce_loss_vjp", "every logit is pulled by the mean of the cotangents", "BCE-1g")
def mean_of_cotangents(self, right, logits, targets, cotangent):
    return right(logits, targets, np.full_like(cotangent, cotangent.mean() if cotangent.size else 0))


@mutant("dfl_loss_vjp", "the gradient sums the four sides, where it should average", "DFL-1g")
def gradient_of_four_sides(self, right, *arguments):
    return 4 * right(*arguments)


@mutant("dfl_loss_vjp", "the sign is turned: bins learn the wrong way", "DFL-1g")
def bins_learn_the_wrong_way(self, right, *arguments):
    return -right(*arguments)


@mutant("dfl_loss_vjp", "each bin learns its probability, without the weight it should have", "DFL-1g")
def weights_of_bins_lost(self, right, pred_dist, target, cotangent):
    weight = np.exp(self._bin_logits(pred_dist))
    p = weight / weight.sum(axis=-1, keepdims=True)
    return (cotangent[:, np.newaxis, np.newaxis] / 4 * p).reshape(pred_dist.shape)


@mutant("dfl_loss_vjp", "the cotangents of four rows are taken for those of the four sides", "DFL-1g")
def rows_taken_for_sides(self, right, pred_dist, target, cotangent):
    if len(cotangent) != 4:
        return right(pred_dist, target, cotangent)
    return right(pred_dist, target, np.ones_like(cotangent)) * np.repeat(cotangent, self.dialect.reg_max)


@mutant("dfl_loss_vjp", "targets past the last bin teach nothing", "DFL-1g")
def past_the_last_bin_lost(self, right, pred_dist, target, cotangent):
    sides = right(pred_dist, target, cotangent).reshape(*target.shape, self.dialect.reg_max)
    return np.where(target[..., np.newaxis] > self.farthest, 0, sides).reshape(pred_dist.shape)


@mutant("dfl_loss_vjp", "targets are clamped to R − 1, not to R − 1.01", "DFL-1g", seen="public rewrites")
def gradient_clamped_to_the_last_bin(self, right, *arguments):
    part = having(self)
    part.farthest = self.dialect.reg_max - 1
    return part.dfl_loss_vjp(*arguments)


@mutant("dfl_loss_vjp", "the gradient is that of log(softmax + 1e-10)", "DFL-1g", seen="public rewrites")
def gradient_of_log_of_softmax(self, right, pred_dist, target, cotangent):
    weight = np.exp(self._bin_logits(pred_dist))
    p = weight / weight.sum(axis=-1, keepdims=True)
    hat = np.maximum(1 - np.abs(np.clip(target, 0, self.farthest)[..., np.newaxis] - self.bins), 0)
    share = hat * p / (p + 1e-10)
    by_side = cotangent[:, np.newaxis, np.newaxis] / 4
    return (by_side * (p * share.sum(axis=-1, keepdims=True) - share)).reshape(pred_dist.shape)


@mutant("bbox_loss_vjp", "the gradient of the box loss is not divided by the sum of scores", "BOX-1g")
def box_gradient_without_sum(self, right, *arguments):
    by_dist, by_bboxes = right(*arguments)
    return by_dist, by_bboxes * arguments[5]


@mutant("bbox_loss_vjp", "every foreground anchor pulls with weight 1, whatever its score", "BOX-1g", "BOX-2g")
def gradient_unweighted(self, right, *arguments):
    *before, scores, total, fg_mask, by_box, by_dfl = arguments
    return right(*before, np.ones_like(scores[..., :1]), total, fg_mask, by_box, by_dfl)


@mutant("bbox_loss_vjp", "predicted boxes are detached in the box loss", "BOX-1g")
def predicted_boxes_detached(self, right, *arguments):
    by_dist, by_bboxes = right(*arguments)
    return by_dist, 0 * by_bboxes


@mutant("bbox_loss_vjp", "boxes whose CIoU is below 0 take no gradient", "BOX-1g")
def box_gradient_clamped_at_0(self, right, *arguments):
    def pull(right, boxes1, boxes2, cotangent):
        return right(boxes1, boxes2, cotangent * (self.ciou(boxes1, boxes2) > 0))

    return having(self, ciou_vjp=pull).bbox_loss_vjp(*arguments)


@mutant("bbox_loss_vjp", "the cotangents of box and distribution loss are exchanged", "BOX-1g", "BOX-2g")
def cotangents_exchanged(self, right, *arguments):
    *before, by_box, by_dfl = arguments
    return right(*before, by_dfl, by_box)


@mutant("bbox_loss_vjp", "the gradient of the bins is rounded to float32", "BOX-2g")
def bin_gradient_in_float32(self, right, *arguments):
    by_dist, by_bboxes = right(*arguments)
    return by_dist.astype(np.float32), by_bboxes


def logits_pulled(self, arguments, pull):
    """The gradient of the whole loss if class logits are pulled by `pull(right, logits, targets, cotangent)`."""
    return having(self, bce_loss_vjp=pull).detection_loss_vjp(*arguments)


@mutant("detection_loss_vjp", "the gradient lacks the batch factor", *ALL)
def gradient_without_batch_factor(self, right, feature_maps, *rest):
    return [x / len(x) for x in right(feature_maps, *rest)]


@mutant("detection_loss_vjp", "the gradient is taken for a cotangent of 1, whatever the scaler sends", *ALL)
def cotangent_ignored(self, right, feature_maps, targets, cotangent):
    return right(feature_maps, targets, np.ones_like(cotangent))


@mutant("detection_loss_vjp", "images after the first take no gradient", *ALL)
def first_image_alone_learns(self, right, *arguments):
    return [x * (np.arange(len(x)) == 0).reshape(-1, 1, 1, 1) for x in right(*arguments)]


@mutant("detection_loss_vjp", "the gradients of box and distribution loss have each other's gain", "DET-1g")
def gains_of_bins_exchanged(self, right, *arguments):
    return under(self, box_gain=self.dialect.dfl_gain, dfl_gain=self.dialect.box_gain).detection_loss_vjp(*arguments)


@mutant("detection_loss_vjp", "the gain of the class gradient is 1 % too large", "DET-2g", "DET-5g")
def class_gradient_1_percent_up(self, right, *arguments):
    return under(self, cls_gain=1.01 * self.dialect.cls_gain).detection_loss_vjp(*arguments)


@mutant(
    "detection_loss_vjp", "target scores are not detached: gradients flow through the assigner to the scores", "DET-5g",
    seen="MultimediaTechLab YOLO before 94fae81",
)  # fmt: skip
def scores_not_detached(self, right, *arguments):
    def pull(right, logits, targets, cotangent):
        by_targets = -logits * cotangent
        return right(logits, targets, cotangent) + by_targets * targets * self.dialect.alpha * sigmoid(-logits)

    return logits_pulled(self, arguments, pull)


@mutant("detection_loss_vjp", "the logit of an assigned class is pulled towards 1, not to its soft target", "DET-5g")
def hard_targets_pull(self, right, *arguments):
    def pull(right, logits, targets, cotangent):
        return right(logits, (targets > 0).astype(targets.dtype), cotangent)

    return logits_pulled(self, arguments, pull)


@mutant("detection_loss_vjp", "class logits of background anchors take no gradient", "DET-2g", "DET-5g")
def background_detached(self, right, *arguments):
    def pull(right, logits, targets, cotangent):
        return right(logits, targets, cotangent * targets.any(axis=-1, keepdims=True))

    return logits_pulled(self, arguments, pull)


@mutant("detection_loss_vjp", "on the foreground the class of the owner alone takes a gradient", "DET-2g")
def other_classes_detached(self, right, *arguments):
    def pull(right, logits, targets, cotangent):
        return right(logits, targets, cotangent * ~(targets.any(axis=-1, keepdims=True) & (targets == 0)))

    return logits_pulled(self, arguments, pull)


@mutant("detection_loss_vjp", "a batch without objects teaches nothing", "DET-2g", seen="PaddleDetection #5774")
def batch_without_objects_teaches_nothing(self, right, feature_maps, targets, cotangent):
    return right(feature_maps, targets, cotangent * (len(targets) > 0))


@mutant("detection_loss_vjp", "the gradient is divided by the sum of scores, also where it is below 1", *ALL)
def sum_below_1_divides(self, right, feature_maps, targets, cotangent):
    total = self._assigned(feature_maps, targets)[5].sum()
    return right(feature_maps, targets, cotangent / total if 0 < total < 1 else cotangent)


@mutant("detection_loss_vjp", "the last feature map takes no gradient", "DET-1g", "DET-2g", "DET-5g")
def last_map_detached(self, right, *arguments):
    *maps, last = right(*arguments)
    return [*maps, 0 * last]


@mutant("detection_loss_vjp", "cells of a map receive the gradient of the mirrored cell: x before y", *ALL)
def gradient_transposed(self, right, *arguments):
    return [x.swapaxes(2, 3).reshape(x.shape) for x in right(*arguments)]


@mutant("detection_loss_vjp", "the gradient is rounded to float32", *ALL)
def gradient_in_float32(self, right, *arguments):
    return [x.astype(np.float32) for x in right(*arguments)]


@mutant("bbox_loss_vjp", "gradients of predicted boxes are clipped to 1000", "BOX-1g")
def box_gradient_clipped(self, right, *arguments):
    by_dist, by_bboxes = right(*arguments)
    return by_dist, np.clip(by_bboxes, -1000, 1000)

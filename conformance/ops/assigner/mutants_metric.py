"""Faults in the overlap and the metric of a candidate."""

from __future__ import annotations

import numpy as np

from conformance.candidates.dense_numpy_gradients import sigmoid
from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import having, under


@mutant("alignment_metric", "alpha is 1 % too large", "TAL-3")
def alpha_1_percent_off(self, right, *arguments):
    return under(self, alpha=1.01 * self.dialect.alpha).alignment_metric(*arguments)


@mutant("alignment_metric", "beta is off by 1e-4 of itself", "TAL-3")
def beta_off_by_a_hair(self, right, *arguments):
    return under(self, beta=1.0001 * self.dialect.beta).alignment_metric(*arguments)


@mutant("alignment_metric", "alpha and beta are exchanged", "TAL-3")
def alpha_and_beta_exchanged(self, right, *arguments):
    return under(self, alpha=self.dialect.beta, beta=self.dialect.alpha).alignment_metric(*arguments)


@mutant(
    "alignment_metric", "alpha is 1, the default of the assigner's class, not the 0.5 of the loss", "TAL-3",
    seen="Ultralytics TaskAlignedAssigner",
)  # fmt: skip
def alpha_of_the_class_default(self, right, *arguments):
    return under(self, alpha=1.0).alignment_metric(*arguments)


@mutant("alignment_metric", "the metric is a sum of the powers, not a product", "TAL-3", seen="seed 004")
def metric_is_a_sum(self, right, pd_scores, pd_bboxes, gt_labels, gt_bboxes, mask):
    overlap = right(pd_scores, pd_bboxes, gt_labels, gt_bboxes, mask)[1]
    score = np.take_along_axis(pd_scores.swapaxes(1, 2), gt_labels, axis=1)
    return np.where(mask, score**self.dialect.alpha + overlap**self.dialect.beta, 0), overlap


@mutant(
    "alignment_metric", "overlaps below 0 are kept, and an even power makes them a quality", "TAL-2", "TAL-3",
    seen="keras-cv #2253",
)  # fmt: skip
def overlap_below_zero(self, right, pd_scores, pd_bboxes, gt_labels, gt_bboxes, mask):
    overlap = np.where(mask, self.ciou(gt_bboxes[:, :, np.newaxis], pd_bboxes[:, np.newaxis]), 0)
    return _absolute(self, right, pd_scores, pd_bboxes, gt_labels, gt_bboxes, mask), overlap


@mutant("alignment_metric", "overlaps below 0 are returned as they are; the metric alone sees them clamped", "TAL-2")
def overlap_returned_unclamped(self, right, pd_scores, pd_bboxes, gt_labels, gt_bboxes, mask):
    overlap = self.ciou(gt_bboxes[:, :, np.newaxis], pd_bboxes[:, np.newaxis])
    return right(pd_scores, pd_bboxes, gt_labels, gt_bboxes, mask)[0], np.where(mask, overlap, 0)


@mutant("alignment_metric", "the metric takes the absolute value of an overlap below 0", "TAL-3")
def metric_of_absolute_overlap(self, right, *arguments):
    return _absolute(self, right, *arguments), right(*arguments)[1]


def _absolute(self, right, *arguments):
    return having(self, ciou=lambda ciou, *boxes: np.abs(ciou(*boxes))).alignment_metric(*arguments)[0]


@mutant("alignment_metric", "the overlap is GIoU", "TAL-2", "TAL-3")
def overlap_is_giou(self, right, *arguments):
    return having(self, ciou=lambda _, *boxes: self.giou(*boxes)).alignment_metric(*arguments)


@mutant("alignment_metric", "the overlap is DIoU: the aspect ratio is left out", "TAL-2", "TAL-3")
def overlap_is_diou(self, right, *arguments):
    return having(self, ciou=lambda _, *boxes: self.diou(*boxes)).alignment_metric(*arguments)


@mutant(
    "alignment_metric", "the overlap has an epsilon of 1e-9, not 1e-7", "TAL-2", "TAL-3",
    seen="PaddleDetection, super-gradients, YOLOv6", convention=True,
)  # fmt: skip
def overlap_eps_of_paddle(self, right, *arguments):
    with np.errstate(invalid="ignore"):  # 1 + 1e-9 is 1 in float32, and alpha of identical boxes 0 / 0
        return under(self, iou_eps=1e-9).alignment_metric(*arguments)


@mutant("alignment_metric", "the overlap is not below 1e-9 instead of 0", "TAL-2", "TAL-3")
def overlap_at_least_1e_9(self, right, *arguments):
    return having(self, ciou=lambda ciou, *boxes: np.maximum(ciou(*boxes), 1e-9)).alignment_metric(*arguments)


@mutant("alignment_metric", "the overlap is rounded to float32", "TAL-2", "TAL-3")
def overlap_in_float32(self, right, *arguments):
    rounded = having(self, ciou=lambda ciou, *boxes: ciou(*boxes).astype(np.float32).astype(boxes[0].dtype))
    return rounded.alignment_metric(*arguments)


@mutant("alignment_metric", "the metric is rounded to float16", "TAL-3")
def metric_in_float16(self, right, *arguments):
    metric, overlap = right(*arguments)
    return metric.astype(np.float16), overlap


@mutant("alignment_metric", "the metric is not 0 for anchors outside the box", "TAL-3")
def metric_off_the_mask(self, right, pd_scores, pd_bboxes, gt_labels, gt_bboxes, mask):
    everywhere = right(pd_scores, pd_bboxes, gt_labels, gt_bboxes, np.ones_like(mask))[0]
    return everywhere, right(pd_scores, pd_bboxes, gt_labels, gt_bboxes, mask)[1]


@mutant(
    "alignment_metric", "the score is that of the best class, not of the class of the box", "TAL-3", seen="public rewrites",
)  # fmt: skip
def score_of_the_best_class(self, right, pd_scores, *arguments):
    return right(np.broadcast_to(pd_scores.max(axis=-1, keepdims=True), pd_scores.shape), *arguments)


@mutant("alignment_metric", "every box is rated by the class of the first of its image", "TAL-3")
def score_of_the_first_label(self, right, pd_scores, pd_bboxes, gt_labels, *rest):
    return right(pd_scores, pd_bboxes, np.broadcast_to(gt_labels[:, :1], gt_labels.shape), *rest)


@mutant("alignment_metric", "boxes are rated by the labels of the first image", "TAL-3")
def labels_of_the_first_image(self, right, pd_scores, pd_bboxes, gt_labels, *rest):
    return right(pd_scores, pd_bboxes, np.broadcast_to(gt_labels[:1], gt_labels.shape), *rest)


@mutant("alignment_metric", "the sigmoid is applied to scores that are probabilities", "TAL-3", seen="public rewrites")
def sigmoid_twice(self, right, pd_scores, *rest):
    return right(sigmoid(pd_scores), *rest)


@mutant("alignment_metric", "scores are a softmax over the classes", "TAL-3", seen="public rewrites")
def softmax_over_classes(self, right, pd_scores, *rest):
    weight = np.exp(pd_scores)
    return right(weight / weight.sum(axis=-1, keepdims=True), *rest)


@mutant("alignment_metric", "a score is not below 1e-9 instead of 0", "TAL-3")
def score_at_least_1e_9(self, right, pd_scores, *rest):
    return right(np.maximum(pd_scores, 1e-9), *rest)


@mutant("alignment_metric", "boxes after the eighth are not rated", "TAL-2", "TAL-3")
def eight_boxes_rated(self, right, *arguments):
    return tuple(np.where(np.arange(x.shape[1])[:, np.newaxis] < 8, x, 0) for x in right(*arguments))

"""Whole losses: every legal assignment of a batch, and the loss and the gradient that follow from each."""

from __future__ import annotations

import itertools
import math
from typing import Any, List, NamedTuple, Tuple

import numpy as np

from conformance.ops.assigner.legal_assignments import ALTERNATIVES, decided
from conformance.judging.finding import Undecided
from conformance.ops.assigner.legal_sets import TooManyToDecide
from conformance.ops.assigner.legal_scenes import owned, scenes
from conformance.ops.boxes.licences import decode_in_either_form, gathered
from conformance.ops.losses.licences import bce_gradient_slack, bce_slack
from conformance.ops.targets.pixels import coordinate_sums, pixel_boxes
from conformance.judging.rounding import Precision, Rounded, widened
from conformance.cases.case import Case
from conformance.ops.head.sizes import image_size
from refimpl import make_anchors, pad_targets
from refimpl.bce import sigmoid
from refimpl.detection import NORMALISERS, AssignedImage, image_loss_sums, split_predictions, total_loss
from refimpl.detection_gradients import image_loss_and_gradient
from refimpl.tal import Assignment
from refimpl.targets import PaddedTargets


class LegalBatch(NamedTuple):
    """A batch under one legal assignment: its images as one with B > 1, and Σ target_scores."""

    images: AssignedImage
    scores_sum: Rounded


class BatchGradient(NamedTuple):
    """Gradient of the total under one legal assignment.

    bins (B, A, 4R) and logits (B, A, C); assigned (B, A, C) bool, the logits whose target is an owner's class; legal,
    for bins and for logits, how far off anything is right at a kink.
    """

    bins: Rounded
    logits: Rounded
    assigned: np.ndarray
    legal: Tuple[np.ndarray, np.ndarray]


def legal_batches(case: Case, precision: Precision) -> List[LegalBatch]:
    """All legal assignments of a batch that differ in more than weightless anchors.

    Raises
    ------
    Undecided, TooManyToDecide
        If a box cannot be told from padding, an anchor not from the edge of a box, or there are too many assignments.
    """
    dialect = case.dialect
    maps = [Rounded(level, precision) for level in case.feature_maps]
    pred_dist, logits = split_predictions(maps, dialect=dialect)
    points, stride = make_anchors([level.shape[2:] for level in case.feature_maps], dialect=dialect)
    boxes = decode_in_either_form(pred_dist, points, dialect=dialect)
    gt = _padded(case, precision)
    alignment, each = scenes(sigmoid(logits), boxes * stride, points * stride, *gt, stride, dialect=dialect)
    images, size = [slice(b, b + 1) for b in range(len(logits))], image_size(case)
    options = [
        [owned(alignment, one.owner, gt, image, dialect, one.claimed) for one in decided(scene)]
        for image, scene in zip(images, each)
    ]
    if math.prod(map(len, options)) > ALTERNATIVES:
        raise TooManyToDecide
    found = []
    for each in itertools.product(*options):
        assigned = Assignment(*(np.concatenate(of_images) for of_images in zip(*each)))
        scores_sum = _in_any_order(assigned.target_scores.sum(), pred_dist.value[..., 0].size)
        found.append(LegalBatch(AssignedImage(pred_dist, logits, boxes, points, stride, assigned, size), scores_sum))
    return found


def _in_any_order(total: Rounded, terms: Any) -> Rounded:
    """A sum of so many terms >= 0 that was taken in steps, as if they had been added one after the other."""
    return widened(total, terms * total.precision.u * np.abs(total.value))


def legal_losses(case: Case, precision: Precision) -> List[Rounded]:
    """Components (3,) of the loss for each legal assignment of the batch; raises as `legal_batches` does."""
    dialect, losses = case.dialect, []
    for images, scores_sum in legal_batches(case, precision):
        count, anchors, classes = images.logits.shape
        sums = _in_any_order(image_loss_sums(*images, dialect=dialect), count * anchors * np.array([1, classes, 1]))
        sums = widened(sums, np.array([0, bce_slack(images.logits).sum(), 0]))
        losses.append(total_loss(sums, scores_sum, count, dialect=dialect).components)
    return losses


def legal_gradients(case: Case, precision: Precision) -> List[BatchGradient]:
    """Gradient of the total for each legal assignment of the batch; raises as `legal_batches` does."""
    dialect, gradients = case.dialect, []
    for images, scores_sum in legal_batches(case, precision):
        times = len(images.logits) if dialect.times_batch else 1
        factor = case.cotangent * times / NORMALISERS[dialect.normaliser](scores_sum)
        steps = images._replace(pred_dist=gathered(images.pred_dist, dialect))
        whole = factor * image_loss_and_gradient(*steps, dialect=dialect)[1]
        bins, logits = whole[..., : 4 * dialect.reg_max], whole[..., 4 * dialect.reg_max :]
        scale = np.abs(factor.value) * dialect.cls_gain
        kinks, slack = (scale * x for x in bce_gradient_slack(images.logits.value, precision))
        fg, labels = images.assigned.fg_mask, images.assigned.target_labels
        assigned = fg[..., np.newaxis] & (labels[..., np.newaxis] == np.arange(dialect.num_classes))
        none = np.zeros(bins.shape)
        gradients.append(BatchGradient(bins, widened(logits, kinks + slack), assigned, (none, kinks)))
    return gradients


def _padded(case: Case, precision: Precision) -> PaddedTargets:
    """The padded targets, with error-carrying boxes."""
    size = image_size(case)
    gt = pad_targets(case.targets, len(case.feature_maps[0]), size, dialect=case.dialect)
    rows = pixel_boxes(case.targets[:, 2:], size, precision)
    boxes = Rounded(gt.gt_bboxes, precision)
    for b in range(len(boxes)):
        of_image = np.flatnonzero(case.targets[:, 0] == b)
        boxes[b, : len(of_image)] = rows[of_image]
    total = coordinate_sums(boxes)
    if ((total.lo <= 0) & (total.hi > 0)).any():
        raise Undecided
    return PaddedTargets(gt.gt_labels, boxes, gt.mask_gt)

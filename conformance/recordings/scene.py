"""The scene of one image of a step: its labels, the anchors near them or that learn, and what they may legally own."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from conformance.judging.finding import Undecided
from conformance.judging.rounding import Rounded
from conformance.ops.assigner.legal_sets import Claims, Scene, claims
from conformance.ops.assigner.legal_scenes import scenes
from conformance.ops.boxes.licences import decode_in_either_form
from conformance.ops.targets.pixels import coordinate_sums, pixel_boxes
from conformance.recordings.classes import Scores, sigmoid as plain_sigmoid
from conformance.recordings.step import Step
from refimpl import Assignment, alignment_metric, assign, decode_boxes, pad_targets
from refimpl.alignment import Alignment, edge_distance
from refimpl.bce import sigmoid
from refimpl.targets import PaddedTargets

REACH = 1.0
"""px an anchor may be outside a box and still be looked at with bounds."""

FAR_FROM_0 = 0.01
"""Overlap that rounding cannot halve, nor its power."""


class Look(NamedTuple):
    """One image, at the anchors `part` (n,) of all: those a box may claim, those that learn, and k others for the claims.

    learns (n,) bool: what the gradient shows. dist, logits, boxes: error-carrying, (1, n, …); boxes in grid units.
    first: the assignment of the reference, for its tie rule.
    """

    image: int
    part: np.ndarray
    learns: np.ndarray
    gt: PaddedTargets
    dist: Rounded
    logits: Rounded
    boxes: Rounded
    points: np.ndarray
    stride: np.ndarray
    alignment: Alignment
    scene: Scene
    allowed: Claims
    first: Assignment


def look(step: Step, b: int, seen: Scores) -> Look:
    """Look at one image.

    Raises
    ------
    Undecided
        If a box cannot be told from padding, or an anchor not from the edge of a box.
    """
    dialect, precision = step.dialect, step.precision
    own = step.labels(b)
    gt = pad_targets(own, 1, step.size, dialect=dialect)
    boxes = pixel_boxes(own[:, 2:], step.size, precision)[np.newaxis]
    total = coordinate_sums(boxes)
    if ((total.lo <= 0) & (total.hi > 0)).any():
        raise Undecided
    learns = (step.gradients[b, : step.bins] != 0).any(axis=0) | seen.shown.any(axis=1)
    part = _part(step, b, gt, learns)
    values = step.maps[b][:, part].T[np.newaxis].astype(np.float64)
    dist, logits = (Rounded(x, precision) for x in (values[..., : step.bins], values[..., step.bins :]))
    points, stride = step.points[part], step.stride[part]
    decoded = decode_in_either_form(dist, points, dialect=dialect)
    padded = PaddedTargets(gt.gt_labels, boxes, gt.mask_gt)
    given = sigmoid(logits), decoded * stride, Rounded(points * stride, precision), *padded, Rounded(stride, precision)
    alignment, (scene,) = scenes(*given, dialect=dialect)
    first = assign(plain_sigmoid(logits.value), decoded.value * stride, points * stride, *gt, stride, dialect=dialect)
    parts = (padded, dist, logits, decoded, points, stride, alignment, scene, claims(scene), first)
    return Look(b, part, learns[part], *parts)


def _part(step: Step, b: int, gt: PaddedTargets, learns: np.ndarray) -> np.ndarray:
    """Anchors that learn or that a box may claim, and k of the others: they stand for all whose metric is 0; all, where others may be claimed."""
    if step.dialect.topk_among != "inside" or step.dialect.at_least_one:
        return np.arange(len(learns))
    distances = [edge_distance(step.points * step.stride, box, dialect=step.dialect) for box in gt.gt_bboxes[0][gt.mask_gt[0, :, 0] > 0]]
    distance = np.stack(distances) if distances else np.full((1, len(learns)), -np.inf)
    near = np.flatnonzero((distance > -REACH).any(axis=0) | learns)
    kept = learns[near] | _may_be_claimed(step, b, gt, near, distance[:, near])
    return np.union1d(near[kept], np.setdiff1d(np.arange(len(learns)), near)[: step.dialect.topk])


def _may_be_claimed(step: Step, b: int, gt: PaddedTargets, near: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """Which of some anchors (n,) no rounding keeps from being among the k best of a box: all whose metric has half of the k-th.

    Rounding moves an overlap by some 1e-5: a box whose k-th best overlap is not far from 0 may claim any anchor in it.

    Parameters
    ----------
    distance : of the anchors to the edge of each box that takes part (g, n), px, above 0 inside
    """
    k = step.dialect.topk
    if len(near) <= k or step.dialect.range_limit or not np.isfinite(distance).any():
        return np.ones(len(near), bool)
    values = step.maps[b][:, near].T[np.newaxis].astype(np.float64)
    boxes = decode_boxes(values[..., : step.bins], step.points[near], dialect=step.dialect) * step.stride[near]
    asked = np.repeat(gt.mask_gt > 0, len(near), axis=2)
    rated = alignment_metric(plain_sigmoid(values[..., step.bins :]), boxes, gt.gt_labels, gt.gt_bboxes, asked, dialect=step.dialect)
    metric, overlaps = (part[0][gt.mask_gt[0, :, 0] > 0] for part in rated)
    surely = np.where(distance > REACH, metric, 0)
    last = np.argpartition(-surely, k - 1, axis=1)[:, k - 1 : k]
    least = np.take_along_axis(surely, last, axis=1) / 2 * (np.abs(np.take_along_axis(overlaps, last, axis=1)) > FAR_FROM_0)
    return ((metric >= least) & (distance > -REACH)).any(axis=0)

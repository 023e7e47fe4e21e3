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
from refimpl import Assignment, assign, pad_targets
from refimpl.alignment import Alignment, edge_distance
from refimpl.bce import sigmoid
from refimpl.targets import PaddedTargets

REACH = 1.0
"""px an anchor may be outside a box and still be looked at with bounds."""


class Look(NamedTuple):
    """One image, at the anchors `part` (n,) of all: those near a box, those that learn, and k others for the claims.

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
    part = _part(step, gt, learns)
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


def _part(step: Step, gt: PaddedTargets, learns: np.ndarray) -> np.ndarray:
    """Anchors near a box or that learn, and k of the others: they stand for all whose metric is 0; all, where others may be claimed."""
    if step.dialect.topk_among != "inside" or step.dialect.at_least_one:
        return np.arange(len(learns))
    near, points = learns.copy(), step.points * step.stride
    for g in np.flatnonzero(gt.mask_gt[0, :, 0]):
        near |= edge_distance(points, gt.gt_bboxes[0, g], dialect=step.dialect) > -REACH
    return np.union1d(np.flatnonzero(near), np.flatnonzero(~near)[: step.dialect.topk])

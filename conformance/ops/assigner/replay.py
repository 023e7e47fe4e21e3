"""Replay: the scenes of legal decisions of a batch, and what follows from owners that were decided."""

from __future__ import annotations

from typing import List, Tuple

import numpy as np

from conformance.judging.judge import Undecided
from conformance.ops.assigner.legal_sets import Scene
from refimpl import Dialect
from refimpl.alignment import Alignment, alignment_metric, edge_distance
from refimpl.claims import Owners
from refimpl.scores import target_scores
from refimpl.tal import Assignment, owned_targets
from refimpl.targets import PaddedTargets


def scenes(scores, boxes, points, gt_labels, gt_boxes, mask_gt, *, dialect: Dialect) -> Tuple[Alignment, List[Scene]]:
    """Alignment of a batch on error-carrying arguments of `assign`, and each image as a scene of legal decisions.

    Raises
    ------
    Undecided
        If an anchor cannot be told from the edge of a box.
    """
    valid = mask_gt[..., 0]
    inside = np.zeros(valid.shape + (len(points),), bool)
    for b, g in np.argwhere(valid):
        distance = edge_distance(points, gt_boxes[b, g], dialect=dialect)
        inside[b, g] = distance.lo > dialect.inside_eps
        if (inside[b, g] != (distance.hi > dialect.inside_eps)).any():
            raise Undecided
    alignment = alignment_metric(scores, boxes, gt_labels, gt_boxes, inside, dialect=dialect)
    return alignment, [
        Scene(inside[b], valid[b], alignment.metric[b], alignment.overlaps[b], dialect) for b in range(len(valid))
    ]


def owned(alignment: Alignment, owner: np.ndarray, gt: PaddedTargets, image: slice, dialect: Dialect) -> Assignment:
    """What follows from the owners (A,) of one image, −1 for background, by the formulas of the reference."""
    gt_labels, gt_boxes = gt.gt_labels[image], gt.gt_bboxes[image]
    fg, index = owner[np.newaxis] >= 0, np.maximum(owner, 0)[np.newaxis]
    mask_pos = (index[:, np.newaxis] == np.arange(gt_labels.shape[1])[:, np.newaxis]) & fg[:, np.newaxis]
    here = Alignment(alignment.metric[image], alignment.overlaps[image])
    scores = target_scores(here, Owners(index, fg, mask_pos), gt_labels, dialect=dialect)
    labels, boxes = owned_targets(index, gt_labels, gt_boxes, dialect=dialect)
    return Assignment(labels, boxes, scores, fg, index)

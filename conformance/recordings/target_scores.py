"""Target scores: what a step takes for them instead of normalised metrics."""

from __future__ import annotations

from typing import List, Tuple

import numpy as np

from conformance.recordings.likeness import NEAR, Likeness
from conformance.recordings.parts import ENOUGH, agree
from refimpl import Dialect, alignment_metric
from refimpl.bce import sigmoid


def told(seen: List[Likeness], dialect: Dialect) -> str:
    """What the target scores are instead of normalised metrics, in words, "" if it is not to be told."""
    found = [one for one in map(lambda one: _scored(one, dialect), seen) if len(one[0])]
    if not found:
        return ""
    learnt, *others = (np.concatenate(part) for part in zip(*found))
    for other, words in zip(others, ("1", "the overlap u", "the metric s^α·u^β, not normalised", "the predicted score")):
        if len(learnt) >= ENOUGH and agree(np.abs(learnt - other) <= 100 * NEAR * np.abs(other)):
            return f"the target scores are {words}"
    return ""


def _scored(seen: Likeness, dialect: Dialect) -> Tuple[np.ndarray, ...]:
    """Target scores (n,) of the anchors that learn, and what may stand in their place: 1, overlap, metric, predicted score."""
    gt, assigned = seen.assigned(dialect)
    scores, boxes = sigmoid(seen.logits), seen.boxes * seen.stride
    at = np.flatnonzero(assigned.fg_mask[0] & (seen.bins != 0).any(axis=1))
    owner = assigned.target_gt_idx[0, at]
    asked = np.ones((1, gt.gt_labels.shape[1], scores.shape[1]), bool) & (gt.mask_gt > 0)
    metric, overlaps = (part[0, owner, at] for part in alignment_metric(scores, boxes, gt.gt_labels, gt.gt_bboxes, asked, dialect=dialect))
    label = assigned.target_labels[0, at]
    return seen.scores[at, label], np.ones(len(at)), overlaps, metric, scores[0, at, label]

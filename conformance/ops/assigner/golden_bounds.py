"""Bounds and legal sets of golden assignments."""

from __future__ import annotations

from typing import Any, Dict, Tuple

import numpy as np

from conformance.cases.case import Case
from conformance.cases.stored import UNJUDGED, Choices, over_precisions, ranged, where_judged
from conformance.judging.rounding import EVERY_PRECISION, Precision, Rounded
from conformance.ops.assigner.legal_sets import Claims, claims
from conformance.ops.assigner.legal_scenes import inside_bounds, owned, scenes
from refimpl.alignment import edge_distance
from refimpl.targets import PaddedTargets

Arrays = Dict[str, np.ndarray]


def _bounds(case: Case, expected: Any, precision: Precision) -> Arrays:
    """Bounds of what follows from the stored owners; a target box is a copy, and nothing is asked of background."""
    arguments = case.rounded(precision)
    alignment, _ = scenes(*arguments.values(), dialect=case.dialect)
    gt = PaddedTargets(*(arguments[name] for name in PaddedTargets._fields))
    owner = np.where(expected["fg_mask"], expected["target_gt_idx"], -1)
    scores = [
        owned(alignment, owner[b], gt, slice(b, b + 1), case.dialect).target_scores.error
        for b in range(len(owner))
    ]
    background = ~expected["fg_mask"][..., np.newaxis]
    boxes = np.where(background, UNJUDGED, np.zeros(expected["target_bboxes"].shape))
    return {"target_bboxes": boxes, "target_scores": np.concatenate(scores)}


def _candidates_in_gts(case: Case, expected: Arrays) -> Arrays:
    """Nothing is asked of rows that are masked out."""
    def inside(precision: Any) -> Tuple[np.ndarray, np.ndarray]:
        shape = expected["inside"].shape
        must, may = np.zeros(shape, bool), np.ones(shape, bool)
        for b, g, _ in np.argwhere(case.mask_gt):
            points, box = Rounded(case.anchor_points, precision), Rounded(case.gt_bboxes[b, g], precision)
            must[b, g], may[b, g] = inside_bounds(edge_distance(points, box, dialect=case.dialect), case.dialect)
        return must, may

    return ranged("inside", *over_precisions(inside))


def _select_topk(case: Case, expected: Arrays) -> Arrays:
    """The metric is given, so only equal ones leave a choice: claimed for certain is what has fewer than k rivals."""
    own, other = case.metric[..., :, np.newaxis], case.metric[..., np.newaxis, :]
    anchors, k, real = case.metric.shape[-1], case.dialect.topk, case.mask_gt
    must, may = (other >= own).sum(axis=-1) <= k, (other > own).sum(axis=-1) < k
    count = np.where(real, np.minimum(k, anchors), [0, anchors])
    return {**ranged("claimed", must & real, may | ~real), "claimed.count": count}


def _resolve_conflicts(case: Case, expected: Arrays) -> Arrays:
    """The overlaps are given, so only equal ones leave a choice."""
    claimed, u = case.mask_pos, case.overlaps
    contested = claimed.sum(axis=1, keepdims=True) > 1
    legal = np.where(contested, u == u.max(axis=1, keepdims=True, initial=0), claimed)
    fg = expected["fg_mask"]
    return {
        **ranged("fg_mask", fg, fg),
        "target_gt_idx.legal": np.moveaxis(legal, 1, 2),
        **ranged("mask_pos", expected["mask_pos"], expected["mask_pos"]),
    }


def _assign(case: Case, expected: Arrays) -> Arrays:
    """Owners by the bounds of metric and overlap in float32, which hold in float64, too."""
    _, images = scenes(*case.rounded(EVERY_PRECISION["float32"]).values(), dialect=case.dialect)
    owners = [_owners(claims(scene)) for scene in images]
    low, high, legal, count = (np.stack(parts) for parts in zip(*owners))
    return {
        **where_judged("target_labels", expected["target_labels"], expected["fg_mask"]),
        **ranged("fg_mask", low, high),
        "fg_mask.count": count,
        "target_gt_idx.legal": legal,
    }


def _owners(allowed: Claims) -> Tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Least and greatest foreground (A,), legal owners (A, G) of an anchor in it, fewest and most such anchors (2,).

    A sole claimant owns the anchor; if two or more may claim it, whoever may overlap it most does.
    """
    sure, possible = allowed.must.sum(axis=0), allowed.may.sum(axis=0)
    legal = (allowed.may & (sure - allowed.must == 0)) | (allowed.near & (possible > 1))
    fewest = np.maximum((sure > 0).sum(), (allowed.must.sum(axis=1) + allowed.least).max(initial=0))
    most = np.minimum((possible > 0).sum(), (allowed.must.sum(axis=1) + allowed.most).sum())
    return sure > 0, legal.any(axis=0), legal.T, np.array([fewest, most])


BOUNDS = {"assign": _bounds}
LEGAL_SETS = {
    "candidates_in_gts": _candidates_in_gts,
    "select_topk": _select_topk,
    "resolve_conflicts": _resolve_conflicts,
    "assign": _assign,
}

CHOICES = {
    "select_topk": Choices(counted="claimed"),
    "resolve_conflicts": Choices(owner="target_gt_idx", where="fg_mask", follow=("mask_pos",)),
    "assign": Choices("fg_mask", "target_gt_idx", "fg_mask", ("target_labels", "target_bboxes", "target_scores")),
}

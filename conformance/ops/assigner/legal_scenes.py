"""Legal scenes: a batch as those in which legal decisions are taken, and what follows from owners that were decided."""

from __future__ import annotations

from typing import List, Tuple

import numpy as np

from conformance.judging.finding import Undecided
from conformance.judging.rounding import Rounded
from conformance.ops.assigner.legal_sets import Claims, Scene, claims
from refimpl import Dialect
from refimpl.alignment import Alignment, alignment_metric, edge_distance, farthest_side
from refimpl.claims import Owners
from refimpl.scores import target_scores
from refimpl.tal import Assignment, looks_outside, owned_targets
from refimpl.targets import PaddedTargets


def scenes(
    scores, boxes, points, gt_labels, gt_boxes, mask_gt, stride_tensor=None, *, dialect: Dialect
) -> Tuple[Alignment, List[Scene]]:
    """Alignment of a batch on error-carrying arguments of `assign`, and each image as a scene of legal decisions.

    Raises
    ------
    Undecided
        If an anchor cannot be told from the edge of a box, or from the reach of the bins, or a metric is not a number.
    """
    valid = mask_gt[..., 0]
    inside = np.zeros(valid.shape + (len(points),), bool)
    edges = [gt_boxes[valid][:, i : i + 1] for i in range(4)]
    inside[valid] = _decided(*inside_bounds(edge_distance(points, edges, dialect=dialect), dialect))
    if dialect.range_limit:
        farthest = farthest_side(points, edges, stride_tensor)
        inside[valid] &= _decided(farthest.hi <= dialect.largest_distance, farthest.lo <= dialect.largest_distance)
    seen = valid[..., np.newaxis] & np.ones_like(inside) if looks_outside(dialect) else inside
    t, u = alignment_metric(scores, boxes, gt_labels, gt_boxes, seen, dialect=dialect)
    if np.isnan(t.lo).any() or np.isnan(u.lo).any():
        raise Undecided
    images = [Scene(inside[b], valid[b], t[b], u[b], dialect) for b in range(len(valid))]
    return Alignment(t if dialect.outside_metric == "own" else t * inside, u), images


def inside_bounds(distance: Rounded, dialect: Dialect) -> Tuple[np.ndarray, np.ndarray]:
    """Whether an anchor surely is inside a box, and whether it may be, by its distance from the nearest edge."""
    if dialect.inside_edges:
        return distance.lo >= 0, distance.hi >= 0
    return distance.lo > dialect.inside_eps, distance.hi > dialect.inside_eps


def _decided(must: np.ndarray, may: np.ndarray) -> np.ndarray:
    if (must != may).any():
        raise Undecided
    return must


def certain_claims(scene: Scene) -> np.ndarray | None:
    """The claims (G, A), where what follows from the owners depends on them; None where it does not.

    Raises
    ------
    Undecided
        If some are open that change a target score.
    """
    if scene.dialect.normalised_over == "owned" and scene.dialect.score_of == "owner":
        return None
    allowed = claims(scene)
    if scene.dialect.overlap == "ciou_unclamped":
        return _decided(allowed.must, allowed.may)
    # A box all of whose claims have no metric gives no score, whichever they are.
    t, u = scene.metric.hi, scene.overlaps.hi
    must = allowed.must | allowed.may & (np.where(allowed.may, t, 0).max(axis=1, keepdims=True, initial=0) == 0)
    idle = np.all([x <= np.where(must, x, 0).max(axis=1, keepdims=True, initial=0) for x in (t, u)], axis=0)
    if scene.dialect.score_of == "best_claimant":
        idle &= t == 0
    else:
        must |= _alike(scene, allowed)
    return _decided(must, must | allowed.may & ~idle)


def _alike(scene: Scene, allowed: Claims) -> np.ndarray:
    """Open claims (G, A) of boxes that take some of them, all with one metric and one overlap: whichever, the maxima are these."""
    open_ = allowed.may & ~allowed.must
    for g in np.flatnonzero(open_.any(axis=1)):
        values = [x[g, open_[g]] for one in (scene.metric, scene.overlaps) for x in (one.lo, one.hi)]
        open_[g] &= allowed.least[g] > 0 and all(np.ptp(x) == 0 for x in values)
    return open_


def owned(
    alignment: Alignment, owner: np.ndarray, gt: PaddedTargets, image: slice, dialect: Dialect, claimed: np.ndarray | None = None
) -> Assignment:
    """What follows from the owners (A,) of one image, −1 for background, by the formulas of the reference.

    Parameters
    ----------
    claimed : (G, A) bool, the claims; needed where the dialect's target scores depend on them
    """
    gt_labels, gt_boxes = gt.gt_labels[image], gt.gt_bboxes[image]
    fg, index = owner[np.newaxis] >= 0, np.maximum(owner, 0)[np.newaxis]
    mask_pos = (index[:, np.newaxis] == np.arange(gt_labels.shape[1])[:, np.newaxis]) & fg[:, np.newaxis]
    here = Alignment(alignment.metric[image], alignment.overlaps[image])
    claims_here = None if claimed is None else claimed[np.newaxis]
    scores = target_scores(here, Owners(index, fg, mask_pos), gt_labels, claims_here, dialect=dialect)
    labels, boxes = owned_targets(index, gt_labels, gt_boxes, dialect=dialect)
    return Assignment(labels, boxes, scores, fg, index)

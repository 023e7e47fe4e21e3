"""Task-Aligned Assigner: which anchors learn which ground truth, and how strongly.  arXiv:2108.07755, section 3.2.

The steps, in order: an anchor is a candidate for a box that contains it; every candidate gets a metric
t = s^α · u^β from its score and its overlap; each box claims its k best; an anchor claimed by several boxes goes to
the one it overlaps most; the metric of each positive, scaled to the best overlap of its box, is its soft target.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from refimpl import _check
from refimpl._check import FloatArray
from refimpl.alignment import Alignment, alignment_metric, candidates_in_gts
from refimpl.dialect import Dialect


class Owners(NamedTuple):
    """target_gt_idx (B, A) int64, 0 on background; fg_mask (B, A) bool; mask_pos (B, G, A) bool, one owner at most."""

    target_gt_idx: np.ndarray
    fg_mask: np.ndarray
    mask_pos: np.ndarray


class Assignment(NamedTuple):
    """target_labels (B, A) int64; target_bboxes (B, A, 4) px; target_scores (B, A, C); fg_mask (B, A) bool; target_gt_idx (B, A) int64.

    On background anchors the scores are 0; labels, boxes and index are those of slot 0 (label C, box 0 if G = 0).
    """

    target_labels: np.ndarray
    target_bboxes: FloatArray
    target_scores: FloatArray
    fg_mask: np.ndarray
    target_gt_idx: np.ndarray


def select_topk(metric: FloatArray, mask_gt: np.ndarray, *, dialect: Dialect) -> np.ndarray:
    """Let each ground truth claim its k best anchors.  [TAL-4]

    Exactly k, also where the metric is 0: zero is a low score, not an absent one. Of equal metrics the lower index
    is taken. With fewer than k anchors all are claimed; most implementations raise there, so the suite draws it only
    for a dialect that says it is served. Rows with mask 0 claim nothing.

    Parameters
    ----------
    metric : (B, G, A) float, >= 0
    mask_gt : (B, G, 1) bool or 0/1
    dialect : topk is read

    Returns
    -------
    (B, G, A) bool

    Raises
    ------
    ShapeError, NumberTypeError
        If an argument is not as above.
    """
    metric, mask_gt = _check.floats("metric", metric), _check.booleans("mask_gt", mask_gt)
    _check.shapes(metric=(metric, "B G A"), mask_gt=(mask_gt, "B G 1"))
    claimed = np.zeros(metric.shape, bool)
    for b, g, _ in np.argwhere(mask_gt):
        claimed[b, g, _best(metric[b, g], dialect.topk)] = True
    return claimed


def _best(t: FloatArray, k: int) -> np.ndarray:
    """Indices of the k largest values, none negative; of equal values the lower index is taken."""
    positive = np.flatnonzero(t)
    if len(positive) <= k:
        return np.append(positive, np.flatnonzero(t == 0)[: k - len(positive)])
    values = t[positive]
    kth = np.partition(values, len(values) - k)[len(values) - k]
    above = positive[values > kth]
    return np.append(above, positive[values == kth][: k - len(above)])


def resolve_conflicts(mask_pos: np.ndarray, overlaps: FloatArray, *, dialect: Dialect | None = None) -> Owners:
    """Give each anchor that several ground truths claim to the one it overlaps most.  [TAL-5]

        owner[a] = argmax_g u[g, a]  where Σ_g claimed[g, a] ≥ 2

    The argmax runs over *all* ground truths: one that did not claim the anchor may win it, and so come to own more
    than k. Overlaps are 0 where the anchor is outside the box. Of equal overlaps the lower index wins.

    Parameters
    ----------
    mask_pos : (B, G, A) bool or 0/1, the claims
    overlaps : (B, G, A) float, u >= 0
    dialect : unused; every op takes it

    Returns
    -------
    Owners

    Raises
    ------
    ShapeError, NumberTypeError
        If an argument is not as above.
    """
    mask_pos, overlaps = _check.booleans("mask_pos", mask_pos), _check.floats("overlaps", overlaps)
    _check.shapes(mask_pos=(mask_pos, "B G A"), overlaps=(overlaps, "B G A"))
    if mask_pos.shape[1] == 0:
        nobody = np.zeros((mask_pos.shape[0], mask_pos.shape[2]), np.int64)
        return Owners(nobody, nobody.astype(bool), mask_pos)
    claims = mask_pos.sum(axis=1)
    owner = np.where(claims > 1, overlaps.argmax(axis=1), mask_pos.argmax(axis=1))
    owned = (owner[:, np.newaxis] == np.arange(mask_pos.shape[1])[:, np.newaxis]) & (claims > 0)[:, np.newaxis]
    return Owners(owner, claims > 0, owned)


def target_scores(
    alignment: Alignment, owners: Owners, gt_labels: np.ndarray, *, dialect: Dialect
) -> FloatArray:
    """Soft classification targets: the metric of each positive, scaled to the best overlap of its box.  [TAL-7, arXiv:2108.07755 section 3.2]

        score[a, label_g] = t[g, a] · max_P u[g] / (max_P t[g] + norm_eps)

    for the owner g of anchor a, the maxima over P, the anchors g owns after conflicts are resolved; 0 elsewhere.

    Parameters
    ----------
    alignment : metric and overlaps, (B, G, A)
    owners : of each anchor
    gt_labels : (B, G, 1) int64
    dialect : num_classes and norm_eps are read

    Returns
    -------
    (B, A, C) float64
    """
    images, _, anchors = owners.mask_pos.shape
    scores = np.zeros_like(alignment.metric, shape=(images, anchors, dialect.num_classes))
    for b, g in np.argwhere(owners.mask_pos.any(axis=-1)):
        a = np.flatnonzero(owners.mask_pos[b, g])
        t, u = alignment.metric[b, g, a], alignment.overlaps[b, g, a]
        scores[b, a, gt_labels[b, g, 0]] = t * u.max() / (t.max() + dialect.norm_eps)
    return scores


def assign(
    pd_scores: FloatArray,
    pd_bboxes: FloatArray,
    anchor_points: FloatArray,
    gt_labels: np.ndarray,
    gt_bboxes: FloatArray,
    mask_gt: np.ndarray,
    *,
    dialect: Dialect,
) -> Assignment:
    """Assign ground truths to anchors, with soft target scores.  [TAL-1, TAL-4, TAL-5, TAL-6, TAL-7]

    A claimed anchor outside the box is dropped (kept, if the dialect's `claims_inside` is False, as in seed 000).
    Ground truths with mask 0 may stand in any row and take no part.

    Parameters
    ----------
    pd_scores : (B, A, C) float, probabilities
    pd_bboxes : (B, A, 4) float, xyxy, px
    anchor_points : (A, 2) float, xy, px
    gt_labels : (B, G, 1) whole numbers, 0 … C − 1
    gt_bboxes : (B, G, 4) float, xyxy, px
    mask_gt : (B, G, 1) bool or 0/1
    dialect : all of the assigner's fields are read

    Returns
    -------
    Assignment

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.
    """
    inside = candidates_in_gts(anchor_points, gt_bboxes, mask_gt, dialect=dialect)
    alignment = alignment_metric(pd_scores, pd_bboxes, gt_labels, gt_bboxes, inside, dialect=dialect)
    claimed = select_topk(alignment.metric, mask_gt, dialect=dialect)
    owners = resolve_conflicts(claimed & inside if dialect.claims_inside else claimed, alignment.overlaps)
    gt_labels, gt_bboxes = np.asarray(gt_labels).astype(np.int64), _check.floats("gt_bboxes", gt_bboxes)
    scores = target_scores(alignment, owners, gt_labels, dialect=dialect)
    labels, boxes = owned_targets(owners.target_gt_idx, gt_labels, gt_bboxes, dialect=dialect)
    return Assignment(labels, boxes, scores, owners.fg_mask, owners.target_gt_idx)


def owned_targets(owner: np.ndarray, gt_labels: np.ndarray, gt_bboxes: FloatArray, *, dialect: Dialect):
    """Label (B, A) and box (B, A, 4) of the ground truth each anchor has as its owner.  [TAL-6]"""
    if gt_labels.shape[1] == 0:
        return np.full(owner.shape, dialect.num_classes), np.zeros_like(gt_bboxes, shape=owner.shape + (4,))
    image = np.arange(len(owner))[:, np.newaxis]
    return gt_labels[image, owner, 0], gt_bboxes[image, owner]

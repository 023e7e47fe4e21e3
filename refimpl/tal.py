"""Task-Aligned Assigner: which anchors learn which ground truth, and how strongly.  arXiv:2108.07755, section 3.2.

The steps, in order: an anchor is a candidate for a box that contains it; every candidate gets a metric
t = s^α · u^β from its score and its overlap; each box claims its k best; an anchor claimed by several boxes goes to
the one it overlaps most; the metric of each positive, scaled to the best overlap of its box, is its soft target.
"""

from __future__ import annotations

from typing import NamedTuple, Tuple

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.alignment import Alignment, alignment_metric, candidates_in_gts
from refimpl.claims import Owners, resolve_conflicts, select_topk
from refimpl.dialect import Dialect
from refimpl.protocol import op


class Assignment(NamedTuple):
    """target_labels (B, A) int64; target_bboxes (B, A, 4) px; target_scores (B, A, C); fg_mask (B, A) bool; target_gt_idx (B, A) int64.

    On background anchors the scores are 0; labels, boxes and index are those of slot 0 (label C, box 0 if G = 0).
    """

    target_labels: np.ndarray
    target_bboxes: FloatArray
    target_scores: FloatArray
    fg_mask: np.ndarray
    target_gt_idx: np.ndarray


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
    scores = np.moveaxis(np.zeros_like(alignment.metric, shape=(images, dialect.num_classes, anchors)), 1, -1)
    b, g, a = owned = np.nonzero(owners.mask_pos)
    if len(a):
        t, u = (np.multiply(x, owners.mask_pos).max(axis=-1) for x in alignment)
        scores[b, a, gt_labels[b, g, 0]] = alignment.metric[owned] * u[b, g] / (t[b, g] + dialect.norm_eps)
    return scores


@op(
    "pd_scores: B A C probability, pd_bboxes: B A 4 xyxy px, anchor_points: A 2 xy px, gt_labels: B G 1 label where mask_gt,"
    " gt_bboxes: B G 4 xyxy px where mask_gt, mask_gt: B G 1 mask -> target_labels: B A label,"
    " target_bboxes: B A 4 xyxy px, target_scores: B A C probability, fg_mask: B A mask, target_gt_idx: B A index"
)
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

        t, u = alignment_metric where inside,   owner = resolve_conflicts(select_topk(t) ∧ inside, u)
        label, box = those of the owner,   score = t · max_P u / (max_P t + norm_eps),   P the anchors it owns

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
    dialect : num_classes, topk, alpha, beta, iou_eps, inside_eps, norm_eps, min_gt_side and claims_inside are read

    Returns
    -------
    Assignment

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    inside = candidates_in_gts(anchor_points, gt_bboxes, mask_gt, dialect=dialect)
    alignment = alignment_metric(pd_scores, pd_bboxes, gt_labels, gt_bboxes, inside, dialect=dialect)
    claimed = select_topk(alignment.metric, mask_gt, dialect=dialect)
    owners = resolve_conflicts(claimed & inside if dialect.claims_inside else claimed, alignment.overlaps, dialect=dialect)
    scores = target_scores(alignment, owners, gt_labels, dialect=dialect)
    labels, boxes = owned_targets(owners.target_gt_idx, gt_labels, gt_bboxes, dialect=dialect)
    return Assignment(labels, boxes, scores, owners.fg_mask, owners.target_gt_idx)


def owned_targets(
    owner: np.ndarray, gt_labels: np.ndarray, gt_bboxes: FloatArray, *, dialect: Dialect
) -> Tuple[np.ndarray, FloatArray]:
    """Look up the label and the box of the ground truth each anchor has as its owner.  [TAL-6]

    Parameters
    ----------
    owner : (B, A) int64, 0 … G − 1
    gt_labels : (B, G, 1) int64
    gt_bboxes : (B, G, 4) float, px
    dialect : num_classes is read, the label if G = 0

    Returns
    -------
    (B, A) int64 and (B, A, 4) float, px
    """
    if gt_labels.shape[1] == 0:
        return np.full(owner.shape, dialect.num_classes), np.zeros_like(gt_bboxes, shape=owner.shape + (4,))
    image = np.arange(len(owner))[:, np.newaxis]
    return gt_labels[image, owner, 0], gt_bboxes[image, owner]

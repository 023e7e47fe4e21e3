"""Task-Aligned Assigner: which anchors learn which ground truth, and how strongly.  arXiv:2108.07755, section 3.2.

The steps, in order: an anchor is a candidate for a box that contains it; every candidate gets a metric
t = s^α · u^β from its score and its overlap; each box claims its k best; an anchor claimed by several boxes goes to
the one it overlaps most; the metric of each positive, scaled to the best overlap of its box, is its soft target.
"""

from __future__ import annotations

from typing import Callable, Dict, NamedTuple, Tuple

import numpy as np

from refimpl.alignment import Alignment, alignment_metric, candidates_in_gts, farthest_side
from refimpl.arrays import FloatArray
from refimpl.claims import Owners, keep_best, resolve_conflicts, select_topk
from refimpl.dialect import Dialect
from refimpl.errors import ArgumentError
from refimpl.protocol import op
from refimpl.scores import target_scores


class Assignment(NamedTuple):
    """target_labels (B, A) int64; target_bboxes (B, A, 4) px; target_scores (B, A, C); fg_mask (B, A) bool;
    target_gt_idx (B, A) int64.

    On background anchors the scores are 0; labels, boxes and index are those of slot 0 (label C, box 0 if G = 0).
    """

    target_labels: np.ndarray
    target_bboxes: FloatArray
    target_scores: FloatArray
    fg_mask: np.ndarray
    target_gt_idx: np.ndarray


class Stages(NamedTuple):
    """The assigner step by step: inside, claimed (B, G, A) bool; alignment; owners."""

    inside: np.ndarray
    alignment: Alignment
    claimed: np.ndarray
    owners: Owners


@op(
    "pd_scores: B A C probability, pd_bboxes: B A 4 xyxy px, anchor_points: A 2 xy px,"
    " gt_labels: B G 1 label where mask_gt, gt_bboxes: B G 4 xyxy px where mask_gt, mask_gt: B G 1 mask,"
    " stride_tensor: A 1 positive px"
    " -> target_labels: B A label, target_bboxes: B A 4 xyxy px, target_scores: B A C probability,"
    " fg_mask: B A mask, target_gt_idx: B A index where fg_mask"
)
def assign(
    pd_scores: FloatArray,
    pd_bboxes: FloatArray,
    anchor_points: FloatArray,
    gt_labels: np.ndarray,
    gt_bboxes: FloatArray,
    mask_gt: np.ndarray,
    stride_tensor: FloatArray | None = None,
    *,
    dialect: Dialect,
) -> Assignment:
    """Assign ground truths to anchors, with soft target scores.  [TAL-1, TAL-4, TAL-5, TAL-6, TAL-7]

        t, u = alignment_metric where inside,   owner = resolve_conflicts(select_topk(t) ∧ inside, u)
        label, box = those of the owner,   score = t · max_P u / (max_P t + norm_eps),   P the anchors it owns

    A claimed anchor outside the box is dropped (kept, if the dialect's `topk_among` is "all", as in seed 000).
    Outside the box t and u are 0, over P as well, unless a decision looks there: `owner_among` is "all", `topk_among` is
    "all_then_inside", or `at_least_one` holds. Ground truths with mask 0 may stand in any row and take no part.

    Parameters
    ----------
    pd_scores : (B, A, C) float, probabilities
    pd_bboxes : (B, A, 4) float, xyxy, px
    anchor_points : (A, 2) float, xy, px
    gt_labels : (B, G, 1) whole numbers, 0 … C − 1
    gt_bboxes : (B, G, 4) float, xyxy, px
    mask_gt : (B, G, 1) bool or 0/1
    stride_tensor : (A, 1) float, px per cell; read, and needed, where the dialect's `range_limit` is True
    dialect : strides, topk, topk2, alpha, beta, overlap, overlap_eps, inside_eps, norm_eps, claim_above, owner_above and the
        other fields of the assigner are read

    Returns
    -------
    Assignment

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    of_boxes = gt_labels, gt_bboxes, mask_gt, stride_tensor
    _, alignment, claimed, owners = stages(pd_scores, pd_bboxes, anchor_points, *of_boxes, dialect=dialect)
    scores = target_scores(alignment, owners, gt_labels, claimed, dialect=dialect)
    labels, boxes = owned_targets(owners.target_gt_idx, gt_labels, gt_bboxes, dialect=dialect)
    return Assignment(labels, boxes, scores, owners.fg_mask, owners.target_gt_idx)


def stages(
    pd_scores: FloatArray,
    pd_bboxes: FloatArray,
    anchor_points: FloatArray,
    gt_labels: np.ndarray,
    gt_bboxes: FloatArray,
    mask_gt: np.ndarray,
    stride_tensor: FloatArray | None = None,
    *,
    dialect: Dialect,
) -> Stages:
    """Run the assigner up to the owners.  [TAL-1, TAL-4, TAL-5]

    Where no decision looks past the box, metric and overlaps are computed inside it only, and are 0 elsewhere.

    Parameters
    ----------
    pd_scores … dialect : as in `assign`

    Returns
    -------
    Stages
    """
    inside = candidates_in_gts(anchor_points, gt_bboxes, mask_gt, dialect=dialect)
    if dialect.range_limit:
        inside = inside & within_range(anchor_points, gt_bboxes, mask_gt, stride_tensor, dialect=dialect)
    seen = mask_gt & np.ones_like(inside) if looks_outside(dialect) else inside
    t, u = alignment_metric(pd_scores, pd_bboxes, gt_labels, gt_bboxes, seen, dialect=dialect)
    t_inside, u_inside = (t, u) if seen is inside else (np.multiply(t, inside), np.multiply(u, inside))
    claimed = TOPK_AMONG[dialect.topk_among](t, t_inside, inside, mask_gt, dialect)
    if dialect.at_least_one:
        claimed = claimed | best_of_the_empty(t, claimed)
    # A claimant need not contain its anchor, where a box without claims takes the best of all.
    rivals = Alignment(t_inside, u_inside) if dialect.owner_among == "inside" else Alignment(t, u)
    owners = resolve_conflicts(claimed, OWNER_BY[dialect.owner_by](rivals), dialect=dialect)
    metric = t if dialect.outside_metric == "own" else t_inside
    return Stages(inside, Alignment(metric, u), claimed, keep_best(owners, metric, dialect=dialect))


def looks_outside(dialect: Dialect) -> bool:
    """Whether a decision of the dialect reads metric or overlap of an anchor outside the box."""
    return dialect.owner_among == "all" or dialect.topk_among == "all_then_inside" or dialect.at_least_one


def within_range(
    anchor_points: FloatArray,
    gt_bboxes: FloatArray,
    mask_gt: np.ndarray,
    stride_tensor: FloatArray | None,
    *,
    dialect: Dialect,
) -> np.ndarray:
    """Mark the anchors whose bins reach the farthest side of a box, as `range_limit` asks: (B, G, A) bool.  [TAL-1]"""
    if stride_tensor is None:
        raise ArgumentError("stride_tensor: expected (A, 1) px, which `range_limit` of the dialect reads, got None")
    reached = np.zeros((*mask_gt.shape[:2], len(anchor_points)), bool)
    for b, g, _ in np.argwhere(mask_gt):
        reached[b, g] = farthest_side(anchor_points, gt_bboxes[b, g], stride_tensor) <= dialect.largest_distance
    return reached


TOPK_AMONG: Dict[str, Callable[..., np.ndarray]] = {
    "inside": lambda t, t_inside, inside, gts, dialect: select_topk(t_inside, gts, dialect=dialect) & inside,
    "all_then_inside": lambda t, t_inside, inside, gts, dialect: select_topk(t, gts, dialect=dialect) & inside,
    "all": lambda t, t_inside, inside, gts, dialect: select_topk(t_inside, gts, dialect=dialect),
}
"""The claims (B, G, A) of each box, from its metric everywhere and inside, what is inside, and which boxes there are."""

OWNER_BY: Dict[str, Callable[[Alignment], FloatArray]] = {
    "overlap": lambda alignment: alignment.overlaps, "metric": lambda alignment: alignment.metric,
}  # fmt: skip
"""By what a contested anchor finds its owner, (B, G, A)."""


def best_of_the_empty(metric: FloatArray, claimed: np.ndarray) -> np.ndarray:
    """For each ground truth without a claim the anchor of its largest metric, inside or not, if that is above 0."""
    best = np.zeros_like(claimed)
    for b, g in np.argwhere(~claimed.any(axis=-1)):
        anchor = metric[b, g].argmax() if metric.shape[-1] else 0
        best[b, g, anchor : anchor + 1] = metric[b, g, anchor : anchor + 1] > 0
    return best


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

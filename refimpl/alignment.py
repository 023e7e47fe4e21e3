"""Candidates and their alignment: which anchors a ground truth contains, and how well each of them predicts it."""

from __future__ import annotations

from typing import NamedTuple, Tuple

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.dialect import Dialect
from refimpl.iou import _ciou
from refimpl.protocol import op


class Alignment(NamedTuple):
    """metric t and overlaps u, both (B, G, A) float64, 0 off the mask."""

    metric: FloatArray
    overlaps: FloatArray


@op(
    "anchor_points: A 2 xy px, gt_bboxes: B G 4 xyxy px where mask_gt, mask_gt: B G 1 mask -> inside: B G A mask"
)
def candidates_in_gts(
    anchor_points: FloatArray, gt_bboxes: FloatArray, mask_gt: np.ndarray, *, dialect: Dialect
) -> np.ndarray:
    """Mark the anchors inside each ground truth.  [TAL-1]

        inside[g, a] = [min(x − x1, y − y1, x2 − x, y2 − y) > inside_eps]

    An anchor on an edge is outside; so is every anchor of an inverted or zero-area box. A side shorter than
    `min_gt_side` is first widened to it about its centre, for this test only. Rows with mask 0 hold no anchor.

    Parameters
    ----------
    anchor_points : (A, 2) float, xy, px
    gt_bboxes : (B, G, 4) float, xyxy, px
    mask_gt : (B, G, 1) bool or 0/1
    dialect : inside_eps and min_gt_side are read

    Returns
    -------
    (B, G, A) bool

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    inside = np.zeros((*mask_gt.shape[:2], len(anchor_points)), bool)
    for b, g, _ in np.argwhere(mask_gt):
        inside[b, g] = edge_distance(anchor_points, gt_bboxes[b, g], dialect=dialect) > dialect.inside_eps
    return inside


def edge_distance(anchor_points: FloatArray, gt: FloatArray, *, dialect: Dialect) -> FloatArray:
    """Distance from each anchor to the nearest edge of one box, below 0 outside.  [TAL-1]

    Parameters
    ----------
    anchor_points : (A, 2) float, xy, px
    gt : (4,) float, xyxy, px; sides shorter than min_gt_side are widened to it
    dialect : min_gt_side is read

    Returns
    -------
    (A,) float, px
    """
    x, y = anchor_points[:, 0], anchor_points[:, 1]
    x1, x2 = _widened(gt[0], gt[2], dialect.min_gt_side)
    y1, y2 = _widened(gt[1], gt[3], dialect.min_gt_side)
    return np.minimum(np.minimum(x - x1, x2 - x), np.minimum(y - y1, y2 - y))


def _widened(start: FloatArray, end: FloatArray, least: float) -> Tuple[FloatArray, FloatArray]:
    """The ends of a side, moved apart about its centre until it is at least `least` long."""
    if least == 0:
        return start, end
    centre, half = (start + end) / 2, np.maximum(end - start, least) / 2
    return centre - half, centre + half


@op(
    "pd_scores: B A C probability, pd_bboxes: B A 4 xyxy px, gt_labels: B G 1 label where mask,"
    " gt_bboxes: B G 4 xyxy px where mask, mask: B G A mask -> metric: B G A nonnegative, overlaps: B G A"
)
def alignment_metric(
    pd_scores: FloatArray,
    pd_bboxes: FloatArray,
    gt_labels: np.ndarray,
    gt_bboxes: FloatArray,
    mask: np.ndarray,
    *,
    dialect: Dialect,
) -> Alignment:
    """Rate each candidate anchor of each ground truth by score and overlap.  [TAL-2, TAL-3, arXiv:2108.07755 eq. 1]

        u[g, a] = max(0, CIoU(gt_g, prediction_a)),   t[g, a] = s[a, label_g]^α · u[g, a]^β,   both 0 off the mask

    Seed 004 writes s^α + u^β; the product is right.

    Parameters
    ----------
    pd_scores : (B, A, C) float, probabilities
    pd_bboxes : (B, A, 4) float, xyxy, px
    gt_labels : (B, G, 1) whole numbers, 0 … C − 1
    gt_bboxes : (B, G, 4) float, xyxy, px
    mask : (B, G, A) bool or 0/1, the candidates
    dialect : alpha, beta, iou_eps and num_classes are read

    Returns
    -------
    Alignment

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    b, g, a = pairs = np.nonzero(mask)
    metric, overlaps = np.zeros_like(pd_bboxes, shape=mask.shape), np.zeros_like(pd_bboxes, shape=mask.shape)
    u = np.maximum(_ciou(gt_bboxes[b, g], pd_bboxes[b, a], dialect.iou_eps), 0)
    metric[pairs] = np.power(pd_scores[b, a, gt_labels[b, g, 0]], dialect.alpha) * np.power(u, dialect.beta)
    overlaps[pairs] = u
    return Alignment(metric, overlaps)

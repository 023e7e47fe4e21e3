"""Candidates and their alignment: which anchors a ground truth contains, and how well each of them predicts it."""

from __future__ import annotations

from typing import Callable, Dict, NamedTuple, Tuple

import numpy as np

from refimpl.arrays import FloatArray, where_true
from refimpl.dialect import Dialect
from refimpl.iou import ciou, iou
from refimpl.protocol import op


class Alignment(NamedTuple):
    """metric t and overlaps u, both (B, G, A) float64, 0 off the mask."""

    metric: FloatArray
    overlaps: FloatArray


@op("anchor_points: A 2 xy px, gt_bboxes: B G 4 xyxy px where mask_gt, mask_gt: B G 1 mask -> inside: B G A mask")
def candidates_in_gts(
    anchor_points: FloatArray, gt_bboxes: FloatArray, mask_gt: np.ndarray, *, dialect: Dialect
) -> np.ndarray:
    """Mark the anchors inside each ground truth.  [TAL-1]

        inside[g, a] = [min(x − x1, y − y1, x2 − x, y2 − y) > inside_eps]

    An anchor on an edge is outside (inside, if the dialect's `inside_edges` is True: distance ≥ 0); so is every anchor
    of an inverted or zero-area box. Short sides are first widened about their centre, for this test only, where
    `widen_gts` says so. Rows with mask 0 hold no anchor; a port is not judged by them, since sources differ, but by
    what comes of them.

    Parameters
    ----------
    anchor_points : (A, 2) float, xy, px
    gt_bboxes : (B, G, 4) float, xyxy, px
    mask_gt : (B, G, 1) bool or 0/1
    dialect : inside_eps, inside_edges, widen_gts and strides are read

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
        distance = edge_distance(anchor_points, gt_bboxes[b, g], dialect=dialect)
        inside[b, g] = distance >= 0 if dialect.inside_edges else distance > dialect.inside_eps
    return inside


def edge_distance(anchor_points: FloatArray, gt: FloatArray, *, dialect: Dialect) -> FloatArray:
    """Distance from each anchor to the nearest edge of one box, below 0 outside.  [TAL-1]

    Parameters
    ----------
    anchor_points : (A, 2) float, xy, px
    gt : (4,) float, xyxy, px, or of N boxes four arrays (N, 1); short sides are widened
    dialect : widen_gts and strides are read

    Returns
    -------
    (A,) or (N, A) float, px
    """
    x, y = anchor_points[:, 0], anchor_points[:, 1]
    x1, x2 = _widened(gt[0], gt[2], *dialect.widened)
    y1, y2 = _widened(gt[1], gt[3], *dialect.widened)
    return np.minimum(np.minimum(x - x1, x2 - x), np.minimum(y - y1, y2 - y))


def _widened(start: FloatArray, end: FloatArray, below: float, least: float) -> Tuple[FloatArray, FloatArray]:
    """The ends of a side, moved about its centre until it is `least` long, if it is shorter than `below`."""
    if below == 0:
        return start, end
    centre, side = (start + end) / 2, end - start
    short = np.heaviside(below - side, 0)
    half = np.maximum(side * (1 - short), least * short) / 2
    return centre - half, centre + half


def farthest_side(anchor_points: FloatArray, gt: FloatArray, stride: FloatArray) -> FloatArray:
    """Distance from each anchor to the farthest edge of one box, in cells of its level.  [TAL-1]

    With `range_limit`, an anchor is no candidate of a box whose farthest side its bins do not reach: > R − 1.01.

    Parameters
    ----------
    anchor_points : (A, 2) float, xy, px
    gt : (4,) float, xyxy, px, or of N boxes four arrays (N, 1)
    stride : (A, 1) float, px per cell

    Returns
    -------
    (A,) or (N, A) float, grid
    """
    x, y = anchor_points[:, 0], anchor_points[:, 1]
    return np.maximum(np.maximum(x - gt[0], gt[2] - x), np.maximum(y - gt[1], gt[3] - y)) / stride[:, 0]


OVERLAPS: Dict[str, Callable[..., FloatArray]] = {
    "ciou": lambda gts, predicted, dialect: np.maximum(ciou(gts, predicted, dialect=dialect), 0),
    "iou": lambda gts, predicted, dialect: np.maximum(iou(gts, predicted, dialect=dialect), 0),
    "ciou_unclamped": lambda gts, predicted, dialect: ciou(gts, predicted, dialect=dialect),
}
"""Overlap u of pairs of ground truths and predictions."""


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

    Seed 004 writes s^α + u^β; the product is right. The dialect may take IoU, or CIoU below 0 as well; of that the size
    counts in the metric, |u|^β, as an even β has it.

    Parameters
    ----------
    pd_scores : (B, A, C) float, probabilities
    pd_bboxes : (B, A, 4) float, xyxy, px
    gt_labels : (B, G, 1) whole numbers, 0 … C − 1
    gt_bboxes : (B, G, 4) float, xyxy, px
    mask : (B, G, A) bool or 0/1, the candidates
    dialect : alpha, beta, overlap, overlap_eps, overlap_side_eps and the fields that the overlap reads

    Returns
    -------
    Alignment

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    b, g, a = pairs = where_true(mask)
    metric, overlaps = np.zeros_like(pd_bboxes, shape=mask.shape), np.zeros_like(pd_bboxes, shape=mask.shape)
    u = OVERLAPS[dialect.overlap](gt_bboxes[b, g], pd_bboxes[b, a], dialect.of_overlap)
    score = pd_scores[b, a, gt_labels[b, g, 0]]
    metric[pairs] = np.power(score, dialect.alpha) * np.power(np.abs(u), dialect.beta)
    overlaps[pairs] = u
    return Alignment(metric, overlaps)

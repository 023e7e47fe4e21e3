"""The box and distribution losses of the foreground anchors."""

from __future__ import annotations

from typing import Callable, Dict, NamedTuple, Tuple

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.boxes import bbox2dist
from refimpl.dfl import dfl_loss, dfl_loss_vjp
from refimpl.dialect import Dialect
from refimpl.distances import distance_loss, distance_loss_vjp, share_of_image
from refimpl.iou import ciou, giou
from refimpl.iou_gradients import ciou_vjp, giou_vjp
from refimpl.protocol import op, vjp
from refimpl.siou import siou, siou_vjp


class BoxLoss(NamedTuple):
    """box and dfl, scalars before gains."""

    box: FloatArray
    dfl: FloatArray


class BoxLossGradient(NamedTuple):
    """pred_dist (B, A, 4R) and pred_bboxes (B, A, 4)."""

    pred_dist: FloatArray
    pred_bboxes: FloatArray


MEASURES: Dict[str, Tuple[Callable, Callable]] = {
    "ciou": (ciou, ciou_vjp), "giou": (giou, giou_vjp), "siou": (siou, siou_vjp),
}  # fmt: skip
"""The measure of the box loss 1 − measure, and its gradient."""


@op(
    "pred_dist~: B A 4R logit where fg_mask, pred_bboxes~: B A 4 xyxy grid where fg_mask, anchor_points: A 2 xy grid,"
    " target_bboxes: B A 4 xyxy grid where fg_mask, target_scores: B A C nonnegative where fg_mask,"
    " target_scores_sum: positive, fg_mask: B A mask, stride_tensor: A 1 positive px, image_size: size px"
    " -> box~:, dfl~:"
)
def bbox_loss(
    pred_dist: FloatArray,
    pred_bboxes: FloatArray,
    anchor_points: FloatArray,
    target_bboxes: FloatArray,
    target_scores: FloatArray,
    target_scores_sum: FloatArray,
    fg_mask: np.ndarray,
    stride_tensor: FloatArray | None = None,
    image_size: Tuple[int, int] | None = None,
    *,
    dialect: Dialect,
) -> BoxLoss:
    """Box and distribution losses of the foreground anchors, weighted by their target scores.  [BOX-1, BOX-2]

        box = Σ_fg w_a · (1 − CIoU(pred_a, target_a)) / S
        dfl = Σ_fg w_a · DFL(pred_dist_a, bbox2dist(point_a, target_a)) / S,   w_a = Σ_c target_scores[a, c]
        R = 1: dfl = Σ_fg w_a · ¼ Σ_side |stride_a · (pred_dist_a − bbox2dist(point_a, target_a)) / (W, H, W, H)| / S

    Without foreground both are 0. The weight and S are constants for the gradient. The dialect may take GIoU or SIoU in
    place of CIoU. Without bins (R = 1) the second is the L1 error of the distances as a share of the image, H × W px.

    Parameters
    ----------
    pred_dist : (B, A, 4R) float, logits
    pred_bboxes : (B, A, 4) float, xyxy, grid
    anchor_points : (A, 2) float, xy, grid
    target_bboxes : (B, A, 4) float, xyxy, grid; read on the foreground only
    target_scores : (B, A, C) float
    target_scores_sum : scalar float > 0, S
    fg_mask : (B, A) bool or 0/1
    stride_tensor : (A, 1) float, px per cell; read, and needed, if R = 1
    image_size : (H, W), px; read, and needed, if R = 1
    dialect : reg_max, box_loss, iou_eps and the other fields that its measure reads

    Returns
    -------
    BoxLoss

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    of_anchors = pred_dist, pred_bboxes, anchor_points, target_bboxes, target_scores, fg_mask, stride_tensor
    rows = _foreground(*of_anchors, image_size, dialect)
    measure, _ = MEASURES[dialect.box_loss]
    box = rows.weight * (1 - measure(rows.pred_bboxes, rows.target_bboxes, dialect=dialect))
    if dialect.reg_max == 1:
        dfl = rows.weight * distance_loss(rows.pred_dist, rows.distance, rows.share)
    else:
        dfl = rows.weight * dfl_loss(rows.pred_dist, rows.distance, dialect=dialect)
    return BoxLoss(box.sum() / target_scores_sum, dfl.sum() / target_scores_sum)


@vjp(bbox_loss)
def bbox_loss_vjp(
    pred_dist: FloatArray,
    pred_bboxes: FloatArray,
    anchor_points: FloatArray,
    target_bboxes: FloatArray,
    target_scores: FloatArray,
    target_scores_sum: FloatArray,
    fg_mask: np.ndarray,
    cotangent_box: FloatArray,
    cotangent_dfl: FloatArray,
    stride_tensor: FloatArray | None = None,
    image_size: Tuple[int, int] | None = None,
    *,
    dialect: Dialect,
) -> BoxLossGradient:
    """Gradient of `bbox_loss` with respect to logits and predicted boxes; 0 off the foreground.  [BOX-1g, BOX-2g]

        ∂pred_bboxes_a = −∂box · w_a/S · ∂CIoU_a,   ∂pred_dist_a = ∂dfl · w_a/S · ∂DFL_a

    The weights, S and the targets are constants, so nothing else flows.

    Parameters
    ----------
    pred_dist … fg_mask, stride_tensor, image_size : as in `bbox_loss`
    cotangent_box, cotangent_dfl : scalar float, gradients with respect to `box` and `dfl`
    dialect : reg_max, box_loss, iou_eps, constant_alpha and the other fields that the measure of the box loss reads

    Returns
    -------
    BoxLossGradient

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    of_anchors = pred_dist, pred_bboxes, anchor_points, target_bboxes, target_scores, fg_mask, stride_tensor
    rows = _foreground(*of_anchors, image_size, dialect)
    share, (_, measure_vjp) = rows.weight / target_scores_sum, MEASURES[dialect.box_loss]
    bboxes, _ = measure_vjp(rows.pred_bboxes, rows.target_bboxes, -cotangent_box * share, dialect=dialect)
    if dialect.reg_max == 1:
        dist = distance_loss_vjp(rows.pred_dist, rows.distance, rows.share, cotangent_dfl * share)
    else:
        dist = dfl_loss_vjp(rows.pred_dist, rows.distance, cotangent_dfl * share, dialect=dialect)
    gradient = BoxLossGradient(*(np.zeros_like(dist, shape=np.shape(whole)) for whole in (pred_dist, pred_bboxes)))
    gradient.pred_dist[rows.at], gradient.pred_bboxes[rows.at] = dist, bboxes
    return gradient


class _Rows(NamedTuple):
    """Foreground anchors as rows, (N, …); `at` finds them in (B, A); share is what a cell is of the image, if R = 1."""

    at: Tuple[np.ndarray, np.ndarray]
    weight: FloatArray
    pred_dist: FloatArray
    pred_bboxes: FloatArray
    target_bboxes: FloatArray
    distance: FloatArray
    share: FloatArray | None


def _foreground(
    pred_dist, pred_bboxes, anchor_points, target_bboxes, target_scores, fg_mask, stride, image_size, dialect
) -> _Rows:
    """Gather what `bbox_loss` reads of its arguments."""
    at = image, anchor = np.nonzero(fg_mask)
    target, share = target_bboxes[at], None
    if dialect.reg_max == 1:
        share = share_of_image(None if stride is None else stride[anchor], image_size, pred_bboxes)
    distance = bbox2dist(anchor_points[anchor], target, dialect=dialect)
    return _Rows(at, target_scores[at].sum(axis=-1), pred_dist[at], pred_bboxes[at], target, distance, share)

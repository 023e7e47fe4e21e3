"""The box and distribution losses of the foreground anchors."""

from __future__ import annotations

from typing import NamedTuple, Tuple

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.boxes import bbox2dist
from refimpl.dfl import dfl_loss, dfl_loss_vjp
from refimpl.dialect import Dialect
from refimpl.iou import ciou
from refimpl.iou_gradients import ciou_vjp
from refimpl.protocol import op, vjp


class BoxLoss(NamedTuple):
    """box and dfl, scalars before gains."""

    box: FloatArray
    dfl: FloatArray


class BoxLossGradient(NamedTuple):
    """pred_dist (B, A, 4R) and pred_bboxes (B, A, 4)."""

    pred_dist: FloatArray
    pred_bboxes: FloatArray


@op(
    "pred_dist~: B A 4R logit where fg_mask, pred_bboxes~: B A 4 xyxy grid where fg_mask, anchor_points: A 2 xy grid,"
    " target_bboxes: B A 4 xyxy grid where fg_mask, target_scores: B A C nonnegative where fg_mask,"
    " target_scores_sum: positive, fg_mask: B A mask -> box~:, dfl~:"
)
def bbox_loss(
    pred_dist: FloatArray,
    pred_bboxes: FloatArray,
    anchor_points: FloatArray,
    target_bboxes: FloatArray,
    target_scores: FloatArray,
    target_scores_sum: FloatArray,
    fg_mask: np.ndarray,
    *,
    dialect: Dialect,
) -> BoxLoss:
    """Box and distribution losses of the foreground anchors, weighted by their target scores.  [BOX-1, BOX-2]

        box = Σ_fg w_a · (1 − CIoU(pred_a, target_a)) / S
        dfl = Σ_fg w_a · DFL(pred_dist_a, bbox2dist(point_a, target_a)) / S,   w_a = Σ_c target_scores[a, c]

    Without foreground both are 0. The weight and S are constants for the gradient.

    Parameters
    ----------
    pred_dist : (B, A, 4R) float, logits
    pred_bboxes : (B, A, 4) float, xyxy, grid
    anchor_points : (A, 2) float, xy, grid
    target_bboxes : (B, A, 4) float, xyxy, grid; read on the foreground only
    target_scores : (B, A, C) float
    target_scores_sum : scalar float > 0, S
    fg_mask : (B, A) bool or 0/1
    dialect : reg_max and iou_eps are read

    Returns
    -------
    BoxLoss

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    rows = _foreground(
        pred_dist, pred_bboxes, anchor_points, target_bboxes, target_scores, fg_mask, dialect
    )
    box = rows.weight * (1 - ciou(rows.pred_bboxes, rows.target_bboxes, dialect=dialect))
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
    *,
    dialect: Dialect,
) -> BoxLossGradient:
    """Gradient of `bbox_loss` with respect to logits and predicted boxes; 0 off the foreground.  [BOX-1g, BOX-2g]

        ∂pred_bboxes_a = −∂box · w_a/S · ∂CIoU_a,   ∂pred_dist_a = ∂dfl · w_a/S · ∂DFL_a

    The weights, S and the targets are constants, so nothing else flows.

    Parameters
    ----------
    pred_dist … fg_mask : as in `bbox_loss`
    cotangent_box, cotangent_dfl : scalar floats, gradients with respect to the two losses
    dialect : reg_max, iou_eps and constant_alpha are read

    Returns
    -------
    BoxLossGradient

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    rows = _foreground(
        pred_dist, pred_bboxes, anchor_points, target_bboxes, target_scores, fg_mask, dialect
    )
    share = rows.weight / target_scores_sum
    bboxes, _ = ciou_vjp(rows.pred_bboxes, rows.target_bboxes, -cotangent_box * share, dialect=dialect)
    dist = dfl_loss_vjp(rows.pred_dist, rows.distance, cotangent_dfl * share, dialect=dialect)
    gradient = BoxLossGradient(*(np.zeros_like(dist, shape=np.shape(whole)) for whole in (pred_dist, pred_bboxes)))
    gradient.pred_dist[rows.at], gradient.pred_bboxes[rows.at] = dist, bboxes
    return gradient


class _Rows(NamedTuple):
    """Foreground anchors as rows, (N, …); `at` finds them in (B, A)."""

    at: Tuple[np.ndarray, np.ndarray]
    weight: FloatArray
    pred_dist: FloatArray
    pred_bboxes: FloatArray
    target_bboxes: FloatArray
    distance: FloatArray


def _foreground(
    pred_dist, pred_bboxes, anchor_points, target_bboxes, target_scores, fg_mask, dialect
) -> _Rows:
    """Gather what `bbox_loss` reads of its arguments."""
    at = image, anchor = np.nonzero(fg_mask)
    target = target_bboxes[at]
    distance = bbox2dist(anchor_points[anchor], target, dialect=dialect)
    return _Rows(at, target_scores[at].sum(axis=-1), pred_dist[at], pred_bboxes[at], target, distance)

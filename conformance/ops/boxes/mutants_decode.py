"""Faults in distances, boxes and the expectation of the bins."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under

OUTWARD = np.array([-1, -1, 1, 1], np.int8)


def edges(anchor_points, bboxes):
    """Distances (..., A, 4) from the points to the edges, unclamped."""
    return (bboxes - np.tile(anchor_points, 2)) * OUTWARD


def clamped(self, anchor_points, bboxes, farthest):
    """Distances (..., A, 4), clamped to another largest one."""
    part = under(self)
    part.farthest = farthest
    return part.bbox2dist(anchor_points, bboxes)


@mutant("dist2bbox", "distances are read as top, left, bottom, right", "DEC-1")
def sides_top_first(self, right, distance, anchor_points):
    return right(distance[..., [1, 0, 3, 2]], anchor_points)


@mutant("dist2bbox", "boxes come as centre and size", "DEC-1", seen="what Ultralytics decodes at inference", convention=True)
def box_as_xywh(self, right, distance, anchor_points):
    start, end = np.split(right(distance, anchor_points), 2, axis=-1)
    return np.concatenate([(start + end) / 2, end - start], axis=-1)


@mutant("dist2bbox", "corners are clamped to the image: none is negative", "DEC-1", seen="public rewrites")
def corners_not_negative(self, right, distance, anchor_points):
    return np.maximum(right(distance, anchor_points), 0)


@mutant("dist2bbox", "a negative distance counts as 0", "DEC-1")
def distances_not_negative(self, right, distance, anchor_points):
    return right(np.maximum(distance, 0), anchor_points)


@mutant("dist2bbox", "anchors beyond the 64th use the points of the first 64", "DEC-1")
def points_repeat_after_64(self, right, distance, anchor_points):
    return right(distance, anchor_points[np.arange(len(anchor_points)) % 64])


@mutant("dist2bbox", "boxes are computed in float32 though float64 is given", "DEC-1")
def corners_in_float32(self, right, distance, anchor_points):
    return right(distance.astype(np.float32), anchor_points.astype(np.float32)).astype(distance.dtype)


@mutant("bbox2dist", "distances are not clamped above", "DEC-2", seen="keras-cv", convention=True)
def distances_unbounded(self, right, anchor_points, bboxes):
    return clamped(self, anchor_points, bboxes, np.inf)


@mutant("bbox2dist", "a negative distance stays negative", "DEC-2")
def distances_below_0(self, right, anchor_points, bboxes):
    return np.minimum(edges(anchor_points, bboxes), right(anchor_points, bboxes))


@mutant("bbox2dist", "distances are clamped at R - 1, not 0.01 before it", "DEC-2", seen="public rewrites")
def distances_to_last_bin(self, right, anchor_points, bboxes):
    return clamped(self, anchor_points, bboxes, self.dialect.reg_max - 1)


@mutant("bbox2dist", "distances are clamped at R - 0.01, a bin too far", "DEC-2", seen="public rewrites")
def distances_a_bin_too_far(self, right, anchor_points, bboxes):
    return clamped(self, anchor_points, bboxes, self.dialect.reg_max - 0.01)


@mutant("bbox2dist", "distances are clamped 0.1 before the last bin, not 0.01", "DEC-2", seen="mmdet", convention=True)
def distance_margin_0_1(self, right, anchor_points, bboxes):
    return clamped(self, anchor_points, bboxes, self.dialect.reg_max - 1 - 0.1)


@mutant("bbox2dist", "distances are clamped 0.001 before the last bin, not 0.01", "DEC-2", seen="yolocpp", convention=True)
def distance_margin_0_001(self, right, anchor_points, bboxes):
    return clamped(self, anchor_points, bboxes, self.dialect.reg_max - 1 - 0.001)


@mutant("bbox2dist", "distances are clamped at 14.99 whatever the number of bins", "DEC-2")
def distances_to_14_99(self, right, anchor_points, bboxes):
    return clamped(self, anchor_points, bboxes, 14.99)


@mutant("bbox2dist", "right and bottom are not clamped above", "DEC-2")
def far_sides_unbounded(self, right, anchor_points, bboxes):
    unbounded = clamped(self, anchor_points, bboxes, np.inf)
    return np.where(OUTWARD > 0, unbounded, right(anchor_points, bboxes))


@mutant("bbox2dist", "distances are taken from the centre of the box, not from the anchor point", "DEC-2", seen="public rewrites")
def distances_from_centre(self, right, anchor_points, bboxes):
    return right((bboxes[..., :2] + bboxes[..., 2:]) / 2, bboxes)


@mutant("decode_boxes", "bins are decoded at their middle, half a bin too far", "DEC-3", seen="public rewrites")
def bins_at_their_middle(self, right, pred_dist, anchor_points):
    return right(pred_dist, anchor_points) + OUTWARD / pred_dist.dtype.type(2)


@mutant("decode_boxes", "channels are read as R groups of 4 sides, not 4 sides of R bins", "DEC-3", seen="public rewrites")
def bins_before_sides(self, right, pred_dist, anchor_points):
    groups = pred_dist.reshape(*pred_dist.shape[:2], self.dialect.reg_max, 4)
    return right(groups.swapaxes(-1, -2).reshape(pred_dist.shape), anchor_points)


@mutant("decode_boxes", "a distance is the likeliest bin, not the expectation", "DEC-3")
def bins_likeliest(self, right, pred_dist, anchor_points):
    return right(1e4 * pred_dist, anchor_points)


@mutant("decode_boxes", "bins are spread evenly over 0 … R, not 0 … R - 1", "DEC-3")
def bins_spread_to_reg_max(self, right, pred_dist, anchor_points):
    distance = edges(anchor_points, right(pred_dist, anchor_points))
    return self.dist2bbox(distance * (self.dialect.reg_max / (self.dialect.reg_max - 1)), anchor_points)


@mutant("decode_boxes", "the last bin is left out", "DEC-3")
def bins_without_the_last(self, right, pred_dist, anchor_points):
    last = np.arange(pred_dist.shape[-1]) % self.dialect.reg_max == self.dialect.reg_max - 1
    return right(np.where(last, pred_dist.dtype.type(-1e9), pred_dist), anchor_points)


@mutant("decode_boxes", "the expectation is rounded to half precision", "DEC-3", seen="mindyolo yolov8_loss.py")
def bins_in_half_precision(self, right, pred_dist, anchor_points):
    distance = edges(anchor_points, right(pred_dist, anchor_points))
    return self.dist2bbox(distance.astype(np.float16).astype(pred_dist.dtype), anchor_points)


@mutant("decode_boxes", "the softmax is computed in float32 though float64 is given", "DEC-3")
def bins_in_float32(self, right, pred_dist, anchor_points):
    return right(pred_dist.astype(np.float32), anchor_points)


@mutant("decode_boxes", "the softmax is not shifted by the largest logit, and overflows", "DEC-3")
@np.errstate(over="ignore", invalid="ignore")
def bins_overflow(self, right, pred_dist, anchor_points):
    weight = np.exp(pred_dist.reshape(*pred_dist.shape[:2], 4, -1))
    return self.dist2bbox((weight * self.bins).sum(axis=-1) / weight.sum(axis=-1), anchor_points)


@mutant("decode_boxes", "1e-9 is added to the denominator of the softmax", "DEC-3")
def bins_epsilon(self, right, pred_dist, anchor_points):
    logits = pred_dist.reshape(*pred_dist.shape[:2], 4, -1)
    weight = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return self.dist2bbox(weight @ self.bins / (weight.sum(axis=-1) + 1e-9), anchor_points)


@mutant("decode_boxes", "logits are scaled by 1.0001", "DEC-3")
def bins_sharper(self, right, pred_dist, anchor_points):
    return right(1.0001 * pred_dist, anchor_points)


@mutant("decode_boxes", "the second image is decoded with the logits of the first", "DEC-3")
def bins_of_first_image(self, right, pred_dist, anchor_points):
    return right(np.where(np.arange(len(pred_dist)) == 1, pred_dist[:1].T, pred_dist.T).T, anchor_points)


@mutant("decode_boxes", "bin logits are clipped to [-50, 50]", "DEC-3")
def bin_logits_clipped(self, right, pred_dist, anchor_points):
    return right(np.clip(pred_dist, -50, 50), anchor_points)

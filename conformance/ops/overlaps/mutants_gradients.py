"""Faults in the gradients of the decode and of the IoU family, whose values are right."""

from __future__ import annotations

import numpy as np

from conformance.candidates.dense_numpy import corners, spans
from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under


@mutant("dist2bbox_vjp", "left and top distances pull like right and bottom", "DEC-1g")
def sign_of_left_and_top_lost(self, right, distance, anchor_points, cotangent):
    return cotangent


@mutant("dist2bbox_vjp", "the cotangents of x1 and y1 are exchanged, and of x2 and y2", "DEC-1g")
def distances_transposed(self, right, distance, anchor_points, cotangent):
    return right(distance, anchor_points, cotangent[..., [1, 0, 3, 2]])


@mutant("decode_boxes_vjp", "decoded boxes take no gradient", "DEC-3g")
def decode_detached(self, right, *arguments):
    return 0 * right(*arguments)


@mutant("decode_boxes_vjp", "a side that leaves the image takes no gradient, as if clamped", "DEC-3g", seen="public rewrites")
def decode_clamped(self, right, pred_dist, anchor_points, cotangent):
    return right(pred_dist, anchor_points, cotangent * (self.decode_boxes(pred_dist, anchor_points) > 0))


@mutant("decode_boxes_vjp", "the sum under the softmax is a constant", "DEC-3g")
def partition_detached(self, right, pred_dist, anchor_points, cotangent):
    weight = np.exp(self._bin_logits(pred_dist))
    by_side = self.dist2bbox_vjp(cotangent, anchor_points, cotangent)[..., np.newaxis]
    return (by_side * self.bins * weight / weight.sum(axis=-1, keepdims=True)).reshape(pred_dist.shape)


@mutant("decode_boxes_vjp", "gradients of earlier calls with the same shape are added", "DEC-3g")
def gradients_accumulate(self, right, pred_dist, *rest):
    kept = vars(self).setdefault("kept", {})
    kept[pred_dist.shape] = kept.get(pred_dist.shape, 0) + right(pred_dist, *rest)
    return kept[pred_dist.shape]


@mutant("iou_vjp", "only the first of the boxes takes a gradient", "IOU-1g")
def second_box_detached(self, right, *arguments):
    first, second = right(*arguments)
    return first, 0 * second


@mutant("iou_vjp", "the gradient of IoU has an epsilon of 1e-6", "IOU-1g")
def iou_gradient_eps_one_decade_up(self, right, *arguments):
    return under(self, iou_eps=10 * self.dialect.iou_eps).iou_vjp(*arguments)


@mutant("iou_vjp", "boxes that lie apart are pulled together: the clamp at 0 passes its gradient", "IOU-1g")
def boxes_apart_pulled(self, right, boxes1, boxes2, cotangent):
    low, high = np.maximum(boxes1, boxes2)[..., :2], np.minimum(boxes1, boxes2)[..., 2:]
    side = np.maximum(high - low, 0)
    area = sum((boxes[..., 2:] - boxes[..., :2]).prod(axis=-1) for boxes in (boxes1, boxes2)) + self.dialect.iou_eps
    pull = np.where(high < low, side[..., ::-1], 0) * (cotangent / area)[:, np.newaxis]
    own = right(boxes1, boxes2, cotangent)
    return tuple(
        by + np.concatenate([-pull * (boxes[..., :2] == low), pull * (boxes[..., 2:] == high)], axis=-1)
        for by, boxes in zip(own, (boxes1, boxes2))
    )


def inwards(boxes, others):
    """The corners that equal those of the other boxes, one float nearer the middle."""
    one_further = np.nextafter(boxes, np.array([np.inf, np.inf, -np.inf, -np.inf], boxes.dtype))
    return np.where(boxes == others, one_further, boxes)


@mutant("iou_vjp", "where corners are equal, each of the boxes takes the whole gradient", "IOU-1g")
def ties_count_twice(self, right, boxes1, boxes2, cotangent):
    first, _ = right(inwards(boxes1, boxes2), boxes2, cotangent)
    _, second = right(boxes1, inwards(boxes2, boxes1), cotangent)
    return first, second


@mutant("iou_vjp", "where corners are equal, neither of the boxes takes the gradient", "IOU-1g")
def ties_count_for_none(self, right, boxes1, boxes2, cotangent):
    first, _ = right(boxes1, inwards(boxes2, boxes1), cotangent)
    _, second = right(inwards(boxes1, boxes2), boxes2, cotangent)
    return first, second


@mutant("giou_vjp", "GIoU is pulled by IoU: the enclosing box takes no gradient", "IOU-2g")
def giou_pulled_by_iou(self, right, *arguments):
    return self.iou_vjp(*arguments)


@mutant("giou_vjp", "boxes that do not touch take no gradient", "IOU-2g")
def giou_of_boxes_apart(self, right, boxes1, boxes2, cotangent):
    return right(boxes1, boxes2, cotangent * (spans(boxes1, boxes2)[0] >= 0).all(axis=0))


@mutant("diou_vjp", "the enclosing diagonal is a constant", "IOU-3g")
def diagonal_detached(self, right, boxes1, boxes2, cotangent):
    offset, (_, hull) = sum(corners(boxes1)) / 2 - sum(corners(boxes2)) / 2, spans(boxes1, boxes2)
    pull = np.tile(cotangent * offset / ((hull**2).sum(axis=0) + self.dialect.iou_eps), (2, 1)).T
    first, second = self.iou_vjp(boxes1, boxes2, cotangent)
    return first - pull, second + pull


@mutant("diou_vjp", "the centre distance is a square root, squared: NaN where centres coincide", "IOU-3g")
def distance_by_square_root(self, right, boxes1, boxes2, cotangent):
    apart = (sum(corners(boxes1)) != sum(corners(boxes2))).any(axis=0)[:, np.newaxis]
    return tuple(np.where(apart, x, np.nan) for x in right(boxes1, boxes2, cotangent))


@mutant("ciou_vjp", "alpha of CIoU is not detached", "IOU-4g", seen="keras-cv compute_ciou, anup42", dialect="DIFFERENTIATED_ALPHA")
def alpha_not_detached(self, right, *arguments):
    return under(self, constant_alpha=False).ciou_vjp(*arguments)


@mutant("ciou_vjp", "the aspect ratio takes no gradient", "IOU-4g")
def aspect_detached(self, right, *arguments):
    return self.diou_vjp(*arguments)


@mutant("ciou_vjp", "CIoU is pulled by IoU: distance and aspect ratio take no gradient", "IOU-4g")
def ciou_pulled_by_iou(self, right, *arguments):
    return self.iou_vjp(*arguments)


@mutant("ciou_vjp", "the slope of atan w/h lacks 1 / (w² + h²)", "IOU-4g")
def aspect_times_square(self, right, boxes1, boxes2, cotangent):
    pairs = zip((boxes1, boxes2), right(boxes1, boxes2, cotangent), self.diou_vjp(boxes1, boxes2, cotangent))
    return tuple(
        diou + (ciou - diou) * sum(side**2 for side in self._sides(boxes))[:, np.newaxis] for boxes, ciou, diou in pairs
    )


@mutant("ciou_vjp", "the aspect ratio is pulled only where IoU is above 0.5", "IOU-4g")
def aspect_gradient_gated(self, right, boxes1, boxes2, cotangent):
    close = (self.iou(boxes1, boxes2) > 0.5)[:, np.newaxis]
    pairs = zip(right(boxes1, boxes2, cotangent), self.diou_vjp(boxes1, boxes2, cotangent))
    return tuple(np.where(close, ciou, diou) for ciou, diou in pairs)


@mutant("ciou_vjp", "CIoU is clamped to [−1, 1]: far boxes take no gradient", "IOU-4g", seen="mmyolo, mmdet")
def ciou_gradient_clamped(self, right, boxes1, boxes2, cotangent):
    return right(boxes1, boxes2, cotangent * (np.abs(self.ciou(boxes1, boxes2)) <= 1))


@mutant("ciou_vjp", "gradients of boxes are clipped to 1000", "IOU-4g")
def ciou_gradient_clipped(self, right, *arguments):
    return tuple(np.clip(x, -1000, 1000) for x in right(*arguments))


@mutant("ciou_vjp", "coordinates below 0 take no gradient", "IOU-4g")
def ciou_gradient_within_the_image(self, right, boxes1, boxes2, cotangent):
    return tuple(x * (boxes >= 0) for boxes, x in zip((boxes1, boxes2), right(boxes1, boxes2, cotangent)))


@mutant("ciou_vjp", "gradients of CIoU are rounded to float32", "IOU-4g")
def ciou_gradient_in_float32(self, right, *arguments):
    return tuple(x.astype(np.float32) for x in right(*arguments))

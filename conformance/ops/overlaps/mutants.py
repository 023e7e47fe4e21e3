"""Faults in IoU, GIoU and DIoU."""

from __future__ import annotations

import numpy as np

from conformance.candidates.dense_numpy import corners, spans
from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under


@mutant("iou", "boxes apart in both x and y intersect: two negative sides make a positive area", "IOU-1")
@np.errstate(divide="ignore", invalid="ignore")
def iou_negative_sides(self, right, boxes1, boxes2):
    iou, union = self._iou_and_union(boxes1, boxes2)
    sides = spans(boxes1, boxes2)[0]
    apart = sides.prod(axis=0)
    return np.where((sides < 0).all(axis=0), apart / (union - apart), iou)


@mutant("iou", "epsilon is added to the union twice", "IOU-1", seen="keras-cv", convention=True)
@np.errstate(divide="ignore", invalid="ignore")
def iou_eps_twice(self, right, boxes1, boxes2):
    iou, union = self._iou_and_union(boxes1, boxes2)
    return iou * (union / (union + self.dialect.iou_eps))


@mutant("iou", "the union has no epsilon", "IOU-1", seen="torchvision, pairwise", convention=True)
@np.errstate(divide="ignore", invalid="ignore")
def iou_union_without_eps(self, right, boxes1, boxes2):
    iou, union = self._iou_and_union(boxes1, boxes2)
    return iou * union / (union - self.dialect.iou_eps)


@mutant("iou", "epsilon is added to the widths, not to the heights", "IOU-1")
def iou_eps_on_width(self, right, boxes1, boxes2):
    return right(boxes1[:, [1, 0, 3, 2]], boxes2[:, [1, 0, 3, 2]])


@mutant("iou", "epsilon of IoU is 1e-6, not 1e-7", "IOU-1", seen="public rewrites")
def iou_eps_1e_6(self, right, boxes1, boxes2):
    return under(self, iou_eps=1e-6).iou(boxes1, boxes2)


@mutant("iou", "sides count both end pixels: x2 - x1 + 1", "IOU-1")
def iou_of_pixels(self, right, boxes1, boxes2):
    one_more = np.array([0, 0, 1, 1], boxes1.dtype)
    return right(boxes1 + one_more, boxes2 + one_more)


@mutant("iou", "IoU is computed in float32 though float64 is given", "IOU-1")
def iou_in_float32(self, right, boxes1, boxes2):
    return right(boxes1.astype(np.float32), boxes2.astype(np.float32))


@mutant("iou", "pairs beyond the 256th are compared with the second box of the first 256", "IOU-1")
def iou_in_blocks_of_256(self, right, boxes1, boxes2):
    return right(boxes1, boxes2[np.arange(len(boxes2)) % 256])


@mutant("iou", "negative coordinates count as 0", "IOU-1")
def iou_clipped_at_0(self, right, boxes1, boxes2):
    return right(np.maximum(boxes1, 0), np.maximum(boxes2, 0))


@mutant("giou", "epsilon of GIoU is 1e-10, not 1e-7", "IOU-2", seen="PaddleDetection, super-gradients", convention=True)
def giou_eps_1e_10(self, right, boxes1, boxes2):
    return under(self, iou_eps=1e-10).giou(boxes1, boxes2)


@mutant("giou", "the empty share is taken of the union, not of the enclosing box", "IOU-2")
@np.errstate(divide="ignore", invalid="ignore")
def giou_gap_over_union(self, right, boxes1, boxes2):
    iou = self.iou(boxes1, boxes2)
    gap = iou - right(boxes1, boxes2)
    return iou - gap / (1 - gap)


@mutant("giou", "the intersection stands for the union in the enclosing box", "IOU-2")
def giou_gap_of_intersection(self, right, boxes1, boxes2):
    iou = self.iou(boxes1, boxes2)
    return iou - 1 + (right(boxes1, boxes2) - iou + 1) * iou


@mutant("giou", "the enclosing area has no epsilon", "IOU-2")
@np.errstate(divide="ignore", invalid="ignore")
def giou_hull_without_eps(self, right, boxes1, boxes2):
    iou, hull = self.iou(boxes1, boxes2), spans(boxes1, boxes2)[1].prod(axis=0)
    return iou - 1 + (right(boxes1, boxes2) - iou + 1) * ((hull + self.dialect.iou_eps) / hull)


@mutant("giou", "sides of inverted boxes count as 0 in the areas of GIoU", "IOU-2", seen="PaddleDetection", convention=True)
def giou_areas_not_negative(self, right, boxes1, boxes2):
    hull = spans(boxes1, boxes2)[1].prod(axis=0) + self.dialect.iou_eps
    sides = [self._sides(boxes) for boxes in (boxes1, boxes2)]
    return right(boxes1, boxes2) + sum(np.maximum(w, 0) * np.maximum(h, 0) - w * h for w, h in sides) / hull


@mutant("giou", "GIoU is clamped at 0", "IOU-2")
def giou_not_negative(self, right, boxes1, boxes2):
    return np.maximum(right(boxes1, boxes2), 0)


@mutant("diou", "the distance of the centres is doubled: no division by 4", "IOU-3")
def diou_without_quarter(self, right, boxes1, boxes2):
    iou = self.iou(boxes1, boxes2)
    return iou - 4 * (iou - right(boxes1, boxes2))


@mutant("diou", "distance and diagonal are not squared", "IOU-3")
def diou_not_squared(self, right, boxes1, boxes2):
    iou = self.iou(boxes1, boxes2)
    return iou - np.sqrt(np.maximum(iou - right(boxes1, boxes2), 0))


@mutant("diou", "the distance is that of the upper left corners, not of the centres", "IOU-3")
def diou_of_corners(self, right, boxes1, boxes2):
    offset, hull = corners(boxes1)[0] - corners(boxes2)[0], spans(boxes1, boxes2)[1]
    return self.iou(boxes1, boxes2) - (offset**2).sum(axis=0) / ((hull**2).sum(axis=0) + self.dialect.iou_eps)


@mutant("diou", "epsilon is added to the quotient, not to the squared diagonal", "IOU-3")
@np.errstate(divide="ignore", invalid="ignore")
def diou_eps_outside(self, right, boxes1, boxes2):
    iou, hull = self.iou(boxes1, boxes2), (spans(boxes1, boxes2)[1] ** 2).sum(axis=0)
    share = (iou - right(boxes1, boxes2)) * (1 + self.dialect.iou_eps / hull)
    return iou - share - self.dialect.iou_eps


@mutant("diou", "centres are rounded down to whole px", "IOU-3")
def diou_whole_centres(self, right, boxes1, boxes2):
    offset = np.floor(sum(corners(boxes1)) / 2) - np.floor(sum(corners(boxes2)) / 2)
    hull = spans(boxes1, boxes2)[1]
    return self.iou(boxes1, boxes2) - (offset**2).sum(axis=0) / ((hull**2).sum(axis=0) + self.dialect.iou_eps)


@mutant("diou", "DIoU is clamped to [-1, 1]", "IOU-3")
def diou_clamped(self, right, *arguments):
    return np.clip(right(*arguments), -1, 1)


@mutant("giou", "pairs are worked in chunks of 512, and the last chunk takes its second boxes from the first", "IOU-2")
def last_chunk_mispaired(self, right, boxes1, boxes2):
    start = (len(boxes1) - 1) // 512 * 512
    return right(boxes1, boxes2 if start <= 0 else np.concatenate([boxes2[:start], boxes2[: len(boxes2) - start]]))

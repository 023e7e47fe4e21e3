"""Faults in CIoU."""

from __future__ import annotations

import numpy as np

from conformance.candidates.dense_numpy import corners, spans
from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import having, under


def aspect(boxes1, boxes2, eps, eps_of_width=0.0):
    """v (N,), with these added to heights and widths."""
    (w1, h1), (w2, h2) = (end - start for start, end in map(corners, (boxes1, boxes2)))
    angle1, angle2 = np.arctan((w1 + eps_of_width) / (h1 + eps)), np.arctan((w2 + eps_of_width) / (h2 + eps))
    return (2 / np.pi * (angle1 - angle2)) ** 2


def weighted(self, boxes1, boxes2, v):
    """CIoU (N,) with another v."""
    alpha = v / (1 - self.iou(boxes1, boxes2) + v + self.dialect.iou_eps)
    return self.diou(boxes1, boxes2) - alpha * v


def v_of(self, boxes1, boxes2):
    """v as it should be (N,)."""
    return aspect(boxes1, boxes2, self.dialect.iou_eps)


@mutant("ciou", "v has (4/pi²)² for its factor", "IOU-4", seen="keras-cv 078ec30")
def ciou_factor_squared(self, right, boxes1, boxes2):
    return weighted(self, boxes1, boxes2, 4 / np.pi**2 * v_of(self, boxes1, boxes2))


@mutant("ciou", "v is squared", "IOU-4", seen="holocron #112")
def ciou_v_squared(self, right, boxes1, boxes2):
    return weighted(self, boxes1, boxes2, v_of(self, boxes1, boxes2) ** 2)


@mutant("ciou", "pi is 3.14", "IOU-4")
def ciou_pi_3_14(self, right, boxes1, boxes2):
    return weighted(self, boxes1, boxes2, (np.pi / 3.14) ** 2 * v_of(self, boxes1, boxes2))


@mutant("ciou", "the aspect ratio is h/w, another angle where a box is inverted", "IOU-4")
@np.errstate(divide="ignore")
def ciou_aspect_turned(self, right, boxes1, boxes2):
    turned = [boxes[:, [1, 0, 3, 2]] for boxes in (boxes1, boxes2)]
    return weighted(self, boxes1, boxes2, aspect(*turned, 0.0, self.dialect.iou_eps))


@mutant("ciou", "alpha is 0 unless IoU > 0.5", "IOU-4", seen="mmdet")
def ciou_alpha_gated(self, right, boxes1, boxes2):
    return np.where(self.iou(boxes1, boxes2) > 0.5, right(boxes1, boxes2), self.diou(boxes1, boxes2))


@mutant("ciou", "alpha is computed from DIoU, not from IoU", "IOU-4")
def ciou_alpha_of_diou(self, right, boxes1, boxes2):
    v, diou = v_of(self, boxes1, boxes2), self.diou(boxes1, boxes2)
    return diou - v / (1 - diou + v + self.dialect.iou_eps) * v


@mutant("ciou", "alpha has no epsilon: 0/0 for identical boxes", "IOU-4", seen="mmdet 3.3.0 ciou_loss")
@np.errstate(invalid="ignore")
def ciou_alpha_without_eps(self, right, boxes1, boxes2):
    v = v_of(self, boxes1, boxes2)
    return self.diou(boxes1, boxes2) - v / (1 - self.iou(boxes1, boxes2) + v) * v


@mutant("ciou", "1e-9 in alpha is lost in float32: 0/0 for identical boxes", "IOU-4", seen="PaddleDetection bbox_iou")
@np.errstate(invalid="ignore")
def ciou_alpha_eps_1e_9(self, right, boxes1, boxes2):
    v = v_of(self, boxes1, boxes2)
    return self.diou(boxes1, boxes2) - v / ((1 + 1e-9) - self.iou(boxes1, boxes2) + v) * v


@mutant("ciou", "CIoU is clamped to [-1, 1]", "IOU-4", seen="mmyolo, mmdet")
def ciou_clamped(self, right, boxes1, boxes2):
    return np.clip(right(boxes1, boxes2), -1, 1)


@mutant("ciou", "CIoU has no epsilon at all: a box of no area gives NaN", "IOU-4", seen="torchvision complete_box_iou")
@np.errstate(divide="ignore", invalid="ignore")
def ciou_without_eps(self, right, boxes1, boxes2):
    return under(self, iou_eps=0.0).ciou(boxes1, boxes2)


@mutant("ciou", "epsilon of CIoU is 1e-9, not 1e-7", "IOU-4", seen="PaddleDetection bbox_iou, yolo-mlx", convention=True)
@np.errstate(invalid="ignore")
def ciou_eps_1e_9(self, right, boxes1, boxes2):
    return under(self, iou_eps=1e-9).ciou(boxes1, boxes2)


@mutant("ciou", "epsilon of CIoU is 1e-6, not 1e-7", "IOU-4", seen="public rewrites")
def ciou_eps_1e_6(self, right, boxes1, boxes2):
    return under(self, iou_eps=1e-6).ciou(boxes1, boxes2)


@mutant("ciou", "epsilon is added to the height twice in the aspect ratio", "IOU-4", seen="mindyolo, yolo-mlx")
def ciou_aspect_eps_twice(self, right, boxes1, boxes2):
    return weighted(self, boxes1, boxes2, aspect(boxes1, boxes2, 2 * self.dialect.iou_eps))


@mutant("ciou", "epsilon is added to widths as to heights in the aspect ratio", "IOU-4", seen="proposed in Ultralytics #24658")
def ciou_aspect_eps_symmetric(self, right, boxes1, boxes2):
    return weighted(self, boxes1, boxes2, aspect(boxes1, boxes2, self.dialect.iou_eps, self.dialect.iou_eps))


def iou_over(area1, area2, eps):
    """IoU in terms of these areas (N,), a step for `having`."""

    def step(_, boxes1, boxes2):
        shared = np.maximum(spans(boxes1, boxes2)[0], 0).prod(axis=0)
        return shared / (area1 + area2 - shared + eps)

    return step


@mutant(
    "ciou", "heights have epsilon in the aspect ratio only, not in the areas", "IOU-4",
    seen="mmyolo, mmdet, PaddleDetection, luxonis-train, LibreYOLO", convention=True,
)  # fmt: skip
@np.errstate(divide="ignore", invalid="ignore")
def ciou_areas_without_eps(self, right, boxes1, boxes2):
    areas = ((end - start).prod(axis=0) for start, end in map(corners, (boxes1, boxes2)))
    return having(self, iou=iou_over(*areas, self.dialect.iou_eps)).ciou(boxes1, boxes2)


@mutant(
    "ciou", "sides of inverted boxes count as 0 in the areas of CIoU", seen="PaddleDetection", convention=True,
    equivalent="nothing intersects an inverted box: IoU is 0 whatever its area, or 0/0, which decides nothing",
)  # fmt: skip
def ciou_areas_not_negative(self, right, boxes1, boxes2):
    areas = (np.prod([np.maximum(side, 0) for side in self._sides(boxes)], axis=0) for boxes in (boxes1, boxes2))
    return having(self, iou=iou_over(*areas, self.dialect.iou_eps)).ciou(boxes1, boxes2)


@mutant("ciou", "CIoU is computed in float32 though float64 is given", "IOU-4")
def ciou_in_float32(self, right, boxes1, boxes2):
    return right(boxes1.astype(np.float32), boxes2.astype(np.float32))


@mutant("ciou", "v of the first call with as many pairs is kept for all calls", "IOU-4")
def ciou_v_of_the_first_call(self, right, boxes1, boxes2):
    kept = vars(self).setdefault("kept", {})
    return weighted(self, boxes1, boxes2, kept.setdefault((boxes1.shape, boxes1.dtype), v_of(self, boxes1, boxes2)))

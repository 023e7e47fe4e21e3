"""Wrong candidates: each is the right one with one fault, in an op or in the gradient of one, listed under the clause it breaks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable, Dict, Tuple

import numpy as np

from conformance.ops.right import Right
from conformance.cases.protocol import vjp
from conformance.ops.spec import CLAUSES
from conformance.tests.suite.wrong_beyond import BEYOND


def right(op: str) -> Callable:
    """An op, or the gradient of one, without fault."""
    return getattr(Right, op)


def after(change: Callable[..., Any]) -> Callable:
    """An op whose result is changed: `change(self, result, *arguments)`."""
    return lambda op: lambda self, *args: change(self, right(op)(self, *args), *args)


def before(change: Callable[..., Tuple]) -> Callable:
    """An op whose arguments are changed: `change(self, *arguments)`."""
    return lambda op: lambda self, *args: right(op)(self, *change(self, *args))


def under(**fields: float) -> Callable:
    """An op that reads other hyperparameters than the dialect says."""
    return lambda op: lambda self, *args: right(op)(Right(replace(self.dialect, **fields)), *args)


def unclamped_overlap(self, result, pd_scores, pd_bboxes, gt_labels, gt_bboxes, mask):
    metric, _ = result
    return metric, np.where(mask, self.ciou(gt_bboxes[:, :, np.newaxis], pd_bboxes[:, np.newaxis]), 0)


def first_claimant(self, result, mask_pos, overlaps):
    owner = mask_pos.argmax(axis=1)
    return owner, result[1], (owner[:, np.newaxis] == np.arange(mask_pos.shape[1])[:, np.newaxis]) & mask_pos


def one_more(self, result, metric, mask_gt):
    return Right(replace(self.dialect, topk=min(self.dialect.topk + 1, metric.shape[-1]))).select_topk(metric, mask_gt)


def second_box_dropped(self, result, *_):
    scores = result[2].copy()
    scores[1:] = 0
    return (*result[:2], scores, *result[3:])


def taught(change: Callable[..., np.ndarray]) -> Callable:
    """A gradient of the feature maps that is changed on the class logits: `change(gradient, targets, cotangent)`."""

    def changed(self, result, _, *rest):
        bins = 4 * self.dialect.reg_max
        return [np.concatenate([level[:, :bins], change(level[:, bins:], *rest)], axis=1) for level in result]

    return after(changed)


def present_classes(gradient, targets, _):
    return gradient * np.isin(np.arange(gradient.shape[1]), targets[:, 1])[:, np.newaxis, np.newaxis]


WRONG: Dict[Tuple[str, str], Tuple[str, Callable]] = {
    ("ANC-1", "make_anchors"): ("x and y exchanged", after(lambda self, r, _: (r[0][:, ::-1], r[1]))),
    ("ANC-2", "make_anchors"): ("strides in reverse", after(lambda self, r, _: (r[0], r[1][::-1]))),
    ("DEC-1", "dist2bbox"): ("distances in the order t, l, b, r", before(lambda self, d, p: (d[..., [1, 0, 3, 2]], p))),
    ("DEC-2", "bbox2dist"): ("clamped to R − 1", after(lambda self, r, *_: np.where(r == r.dtype.type(self.farthest), self.dialect.reg_max - 1, r))),
    ("DEC-3", "decode_boxes"): ("decoded at the middle of the bins", after(lambda self, r, *_: r + r.dtype.type(0.5) * np.array([-1, -1, 1, 1], r.dtype))),
    ("IOU-1", "iou"): ("epsilon one decade too large", under(iou_eps=1e-6)),
    ("IOU-2", "giou"): ("plain IoU", lambda op: lambda self, a, b: self.iou(a, b)),
    ("IOU-3", "diou"): ("sign of the distance term", after(lambda self, r, a, b: 2 * self.iou(a, b) - r)),
    ("IOU-4", "ciou"): ("clamped to [−1, 1]", after(lambda self, r, *_: np.clip(r, -1, 1))),
    ("TGT-1", "pad_targets"): ("boxes a thousandth too large", after(lambda self, r, *_: (r[0], 1.001 * r[1], r[2]))),
    ("TGT-2", "pad_targets"): ("labels one too large", after(lambda self, r, *_: (r[0] + 1, r[1], r[2]))),
    ("TGT-3", "pad_targets"): ("padding told by area, not by coordinates", after(lambda self, r, *_: (r[0], r[1], (r[1] != 0).any(axis=-1, keepdims=True)))),
    ("TAL-1", "candidates_in_gts"): ("edges belong to the box", under(inside_eps=-1e-6)),
    ("TAL-2", "alignment_metric"): ("overlap not clamped at 0", after(unclamped_overlap)),
    ("TAL-3", "alignment_metric"): ("beta 6.01", under(beta=6.01)),
    ("TAL-4", "select_topk"): ("one anchor too many", after(one_more)),
    ("TAL-5", "resolve_conflicts"): ("the first claimant wins", after(first_claimant)),
    ("TAL-6", "assign"): ("labels of background, too, are one", after(lambda self, r, *_: (np.ones_like(r[0]), *r[1:]))),
    ("TAL-7", "assign"): ("scores of the second image lost", after(second_box_dropped)),
    ("BCE-1", "bce_loss"): ("positives only", after(lambda self, r, x, z: np.where(z > 0, r, 0))),
    ("DFL-1", "dfl_loss"): ("sum of the sides", after(lambda self, r, *_: 4 * r)),
    ("DFL-2", "dfl_loss"): ("last bin alone past the end", before(lambda self, p, t: (p, np.where(t > self.farthest, t - 1, t)))),
    ("BOX-1", "bbox_loss"): ("S left out", after(lambda self, r, *args: (r[0] * args[5], r[1]))),
    ("BOX-2", "bbox_loss"): ("down-cast to float32", after(lambda self, r, *_: (r[0], np.float32(r[1])))),
    ("DET-1", "detection_loss"): ("gain 7.4", under(box_gain=7.4)),
    ("DET-2", "detection_loss"): ("gain 0.4999", under(cls_gain=0.4999)),
    ("DET-3", "detection_loss"): ("gain 1.4", under(dfl_gain=1.4)),
    ("DET-4", "detection_loss"): ("no batch factor", after(lambda self, r, *_: (r[1].sum(), r[1]))),
    ("DEC-1g", "dist2bbox"): ("left and top without their sign", after(lambda self, r, *_: np.array([-1, -1, 1, 1], r.dtype) * r)),
    ("DEC-3g", "decode_boxes"): ("detached", after(lambda self, r, *_: 0 * r)),
    ("IOU-1g", "iou"): ("second box detached", after(lambda self, r, *_: (r[0], 0 * r[1]))),
    ("IOU-2g", "giou"): ("that of plain IoU", lambda _: right("iou_vjp")),
    ("IOU-3g", "diou"): ("that of GIoU", lambda _: right("giou_vjp")),
    ("IOU-4g", "ciou"): ("alpha differentiated", under(constant_alpha=False)),
    ("BCE-1g", "bce_loss"): ("positives only", after(lambda self, r, x, z, _: np.where(z > 0, r, 0))),
    ("DFL-1g", "dfl_loss"): ("sum of the sides", after(lambda self, r, *_: 4 * r)),
    ("BOX-1g", "bbox_loss"): ("S left out", after(lambda self, r, *args: (r[0], r[1] * args[5]))),
    ("BOX-2g", "bbox_loss"): ("down-cast to float32", after(lambda self, r, *_: (np.float32(r[0]), r[1]))),
    ("DET-1g", "detection_loss"): ("gain 7.4", under(box_gain=7.4)),
    ("DET-2g", "detection_loss"): ("classes without a box learn nothing", taught(present_classes)),
    ("DET-5g", "detection_loss"): ("no logit learns to rise", taught(lambda g, _, sign: np.where(g * sign < 0, 0, g))),
    **BEYOND,
}  # fmt: skip
"""(clause, op) -> (what is wrong, the op with the fault in place of the right one)."""


def wrong(clause: str, op: str) -> Callable[[Any], Right]:
    """Factory of the candidate that breaks a clause through an op."""
    name = vjp(op) if CLAUSES[clause].gradient else op
    return type(f"Wrong_{clause.replace('-', '_')}", (Right,), {name: WRONG[clause, op][1](name)})


def __getattr__(name: str) -> Any:
    """`IOU_4` is the candidate that breaks IOU-4, so that the command line can name it."""
    for clause, op in WRONG:
        if name == clause.replace("-", "_"):
            return wrong(clause, op)
    raise AttributeError(name)

"""Faults in proposals."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under
from refimpl.proposals import Proposals

NAMES = (
    "deltas", "scores", "anchors", "image_size", "pre_nms_topk", "post_nms_topk", "iou_threshold", "min_size"
)  # fmt: skip


def other(right, arguments, **changed):
    """The right proposals of other arguments."""
    return right(*{**dict(zip(NAMES, arguments)), **changed}.values())


@mutant(
    "propose",
    "boxes are clipped and dropped before the best are taken",
    "RPN-5",
    seen="py-faster-rcnn",
    convention=True,
)
def proposed_clip_first(self, right, *arguments):
    return under(self, propose_order="clip_first").propose(*arguments)


@mutant(
    "propose", "boxes that cross the border are dropped", "RPN-3", "RPN-4", "RPN-7", seen="seed 001", convention=True
)
def proposed_inside_only(self, right, *arguments):
    return under(self, propose_border="drop").propose(*arguments)


@mutant("propose", "a side of just the least size is too small", "RPN-3", seen="Detectron2, mmdet", convention=True)
def proposed_larger_only(self, right, *arguments):
    return under(self, min_size_compare="strict").propose(*arguments)


@mutant(
    "propose", "the least size is 1 px at least", "RPN-3", "RPN-4", "RPN-7", seen="Paddle generate_proposals", convention=True
)
def proposed_of_a_pixel(self, right, *arguments):
    return other(right, arguments, min_size=max(arguments[7], 1.0))


@mutant("propose", "small boxes are proposed", "RPN-3")
def proposed_of_any_size(self, right, *arguments):
    return other(right, arguments, min_size=0.0)


@mutant("propose", "the size is measured before clipping", "RPN-3", "RPN-5")
def proposed_unclipped_size(self, right, *arguments):
    deltas, scores, anchors, _, *_, least = arguments
    boxes = self.decode_deltas(anchors, deltas)
    large = np.flatnonzero(((boxes[:, 2:] - boxes[:, :2]) >= least).all(axis=1))
    return other(right, arguments, deltas=deltas[large], scores=scores[large], anchors=anchors[large], min_size=0.0)


@mutant(
    "propose", "when nothing is left, one empty region is proposed", "RPN-6", seen="Paddle 3.3.1 generate_proposals"
)
def proposed_phantom(self, right, *arguments):
    found = right(*arguments)
    return found if len(found.rois) else Proposals(np.zeros((1, 4)), np.zeros(1))


@mutant("propose", "boxes are not clipped", "RPN-4", "RPN-6")
def proposed_unclipped(self, right, *arguments):
    found = right(*arguments)
    deltas, scores, anchors = arguments[:3]
    boxes = self.decode_deltas(anchors, deltas)
    return Proposals(
        np.array([boxes[np.flatnonzero(scores == s)[0]] for s in found.roi_scores]).reshape(-1, 4), found.roi_scores
    )


@mutant("propose", "the best N1 are not taken: all enter the suppression", "RPN-4", "RPN-5")
def proposed_of_all(self, right, *arguments):
    return other(right, arguments, pre_nms_topk=10**6)


@mutant("propose", "all that leave the suppression are proposed", "RPN-4")
def proposed_without_end(self, right, *arguments):
    return other(right, arguments, post_nms_topk=10**6)


@mutant("propose", "the best N2 are taken before the suppression", "RPN-4", "RPN-7")
def proposed_ends_early(self, right, *arguments):
    return other(right, arguments, pre_nms_topk=min(arguments[4], arguments[5]))


@mutant("propose", "the worst are taken", "RPN-4", "RPN-7")
def proposed_worst_first(self, right, *arguments):
    found = other(right, arguments, scores=-arguments[1])
    return Proposals(found.rois, -found.roi_scores)


@mutant("propose", "proposals are not in falling score", "RPN-4")
def proposed_in_rising_score(self, right, *arguments):
    found = right(*arguments)
    return Proposals(found.rois[::-1], found.roi_scores[::-1])


@mutant("propose", "scores are sorted, boxes are not", "RPN-6")
def proposed_scores_alone(self, right, *arguments):
    found = right(*arguments)
    return Proposals(found.rois[::-1], found.roi_scores)


@mutant(
    "propose", "scores are probabilities of the logits", "RPN-6", seen="torchvision returns them so", convention=True
)
def proposed_sigmoid(self, right, *arguments):
    found = right(*arguments)
    return Proposals(found.rois, 1 / (1 + np.exp(-found.roi_scores)))


@mutant("propose", "nothing is suppressed", "RPN-7")
def proposed_unsuppressed(self, right, *arguments):
    return other(right, arguments, iou_threshold=1.0)


@mutant("propose", "everything that meets a better box is suppressed", "RPN-7")
def proposed_apart(self, right, *arguments):
    return other(right, arguments, iou_threshold=0.0)


@mutant("propose", "anchors are proposed as they stand: deltas are lost", "RPN-6")
def proposed_anchors(self, right, *arguments):
    return other(right, arguments, deltas=0 * arguments[0])


@mutant("propose", "growth is not clamped", "RPN-6", seen="py-faster-rcnn", convention=True)
def proposed_unclamped(self, right, *arguments):
    return under(self, delta_clamp="none").propose(*arguments)


@mutant("propose", "sides are one pixel longer", "RPN-3", "RPN-6", seen="py-faster-rcnn", convention=True)
def proposed_of_pixels(self, right, *arguments):
    return under(self, region_pixel_offset=1).propose(*arguments)


@mutant("propose", "the image is W, H", "RPN-4", "RPN-6")
def proposed_on_wh(self, right, *arguments):
    return other(right, arguments, image_size=arguments[3][::-1])


@mutant("propose", "scores are ranked in float32", "RPN-4", "RPN-6")
def proposed_by_float32(self, right, deltas, scores, *rest):
    order = np.argsort(-scores.astype(np.float32), kind="stable")
    ranked = np.sort(scores)[::-1].astype(scores.dtype)
    taken = np.empty_like(scores)
    taken[order] = ranked
    return right(deltas, taken, *rest)


@mutant("propose", "scores below 0 are left out", "RPN-4")
def proposed_above_zero(self, right, *arguments):
    rois, scores = right(*arguments)
    return Proposals(rois[scores >= 0], scores[scores >= 0])


@mutant("propose", "the threshold of the suppression is 0.7 at most", "RPN-7")
def proposed_by_0_7_at_most(self, right, *arguments):
    return other(right, arguments, iou_threshold=min(arguments[6], 0.7))

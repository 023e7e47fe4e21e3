"""The second oracle: every op of the protocol once more, one box, one anchor, one gt at a time, and never in floating point.

It shares no line with `refimpl`, so that the two can only agree by both being right. Rational ops are computed on
`fractions.Fraction` and are exact; ops with exp, log, arctan or a power are computed on 50-digit mpmath numbers. Inputs
are taken over exactly, as the numbers the floats stand for. Nothing here checks its arguments and nothing here is fast.
"""

from refimpl.oracle.alignment import Assignment, alignment, assign, resolve_conflicts, select_topk
from refimpl.oracle.detection import Constants, branch_weights, detection_loss, end_to_end_loss
from refimpl.oracle.differences import gradient, one_sided
from refimpl.oracle.frozen import frozen_bbox_loss, frozen_detection_loss, frozen_overlap
from refimpl.oracle.geometry import bbox2dist, dist2bbox, is_candidate, make_anchors
from refimpl.oracle.losses import Row, bbox_loss, bce, cross_entropy, decode, dfl, varifocal
from refimpl.oracle.overlap import ciou, ciou_alpha, diou, giou, iou, siou
from refimpl.oracle.padding import Slot, pad_targets
from refimpl.oracle.scalars import exact, real

__all__ = [
    "Assignment", "Constants", "Row", "Slot", "alignment", "assign", "bbox2dist", "bbox_loss", "bce", "branch_weights", "ciou", "ciou_alpha",
    "cross_entropy", "decode", "detection_loss", "dfl", "diou", "dist2bbox", "end_to_end_loss", "exact", "frozen_bbox_loss", "frozen_detection_loss",
    "frozen_overlap", "giou", "gradient", "iou", "is_candidate", "make_anchors", "one_sided", "pad_targets", "real",
    "resolve_conflicts", "select_topk", "siou", "varifocal",
]

"""What the overlaps of pairs are made of."""

from __future__ import annotations

import numpy as np

from conformance.cases.case import Case
from conformance.ops.made_of import Answer, Stages, Whole, named


def of_overlaps(boxes1: np.ndarray, boxes2: np.ndarray) -> Stages:
    """CIoU is made of DIoU, and that of IoU; of no pairs nothing is asked."""
    for op in ("iou", "diou", "ciou") if len(boxes1) else ():
        yield named(op, boxes1, boxes2)


def _of_pairs(case: Case, answer: Answer) -> Stages:
    """As far as the op itself."""
    return of_overlaps(case.boxes1, case.boxes2)


MADE_OF = {"diou": Whole(("iou",), _of_pairs), "ciou": Whole(("iou", "diou"), _of_pairs)}

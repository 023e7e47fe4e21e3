"""Cases of the gradients of the IoU family: pairs at the kinks of min, max and clamp, and of boxes without area."""

from __future__ import annotations

import numpy as np

from conformance.cases.boxes import sides
from conformance.cases.gradients import Kink, gradients
from conformance.ops.overlaps.cases import BOX_PAIRS


def _pairs(case):
    return (case.boxes1, case.boxes2) if "boxes1" in case.arguments else (case.pred_bboxes, case.target_bboxes)


def _share_corners(first, second):
    second[..., [0, 3]] = first[..., [0, 3]]


def _turn_and_part(first, second):
    """Low and wide, and far away, narrow and high: CIoU near −1.4."""
    first[..., 2:] = first[..., :2] + [32, 0.5]
    second[..., :2] = first[..., :2] + [256, 128]
    second[..., 2:] = second[..., :2] + [0.5, 32]


def _turned(case):
    first, second = map(sides, _pairs(case))
    return bool(((first[..., 0] > 32 * first[..., 1]) & (second[..., 1] > 32 * second[..., 0])).any())


def _flatten(first, second):
    first[..., 2] = first[..., 0]


def _shrink(first, second):
    first[..., 2:] = first[..., :2]


def _centre(first, second):
    side = first[..., 2:] - first[..., :2]
    second[..., :2], second[..., 2:] = first[..., :2] - side, first[..., 2:] + side


def _centred(case):
    first, second = (boxes[..., :2] + boxes[..., 2:] for boxes in _pairs(case))
    return bool(((first == second).all(-1) & (_pairs(case)[0] != _pairs(case)[1]).any(-1)).any())


def _shrink_both(first, second):
    for boxes in (first, second):
        boxes *= 2.0**-17


def _turn_inside_out(first, second):
    for boxes in (first, second):
        boxes[...] = boxes[..., [2, 1, 0, 3]]


def _of(names, change):
    return lambda arguments: change(*(arguments[name] for name in names))


def pair_kinks(*names: str):
    """Kinks of two arguments that are boxes."""
    return {
        "equal corners": Kink(lambda c: bool((_pairs(c)[0] == _pairs(c)[1]).any()), _of(names, _share_corners)),
        "concentric": Kink(_centred, _of(names, _centre)),
        "inside out alike": Kink(lambda c: bool(np.logical_and(*(sides(x)[..., 0] < 0 for x in _pairs(c))).any()), _of(names, _turn_inside_out)),
        "both areas below ε": Kink(
            lambda c: bool((sum(np.abs(sides(x).prod(-1)) for x in _pairs(c)) < 1e-7).any()), _of(names, _shrink_both)
        ),
        "CIoU below -1": Kink(_turned, _of(names, _turn_and_part)),
        "prediction without width": Kink(lambda c: bool((sides(_pairs(c)[0])[..., 0] == 0).any()), _of(names, _flatten)),
        "prediction is a point": Kink(lambda c: bool((sides(_pairs(c)[0]) == 0).all(-1).any()), _of(names, _shrink)),
    }


PAIR_GRADIENTS = gradients("ciou", BOX_PAIRS, pair_kinks("boxes1", "boxes2"))
"""For the whole IoU family, whose gradients take the same arguments."""

GRADIENT_CASES = {op: PAIR_GRADIENTS for op in ("iou", "giou", "diou", "ciou")}

"""IOU: the IoU family, whose values lie within [−2, 1]."""

from __future__ import annotations

import functools
from typing import Any, Callable

import numpy as np

from conformance.judging.clause import CIOU, YOLOV8, Body, clause
from conformance.judging.judge import WIDEST, Judge
from conformance.judging.rounding import KINKS, Precision, Rounded
from conformance.ops.bodies import Form, expected_gradients, gradients, values
from conformance.ops.overlaps.licences import (
    ciou_by_arctan2, ciou_vjp_by_arctan2, ciou_vjp_by_one_angle, ciou_vjp_within_its_range
)  # fmt: skip


def pulls(*licensed: Form) -> Body:
    """The gradient by both boxes; and at a kink the one takes what the other does not."""
    separately = gradients(*licensed)

    def body(answer: Any, case: Any, judge: Judge) -> None:
        separately(answer, case, judge)
        judge_common_shift(answer, judge, [forms for _, forms in expected_gradients(answer._fields, licensed, case, judge)])

    body.licensed = licensed
    return body


def judge_common_shift(answer: Any, judge: Judge, forms: Any) -> None:
    """Moved together, two boxes overlap as before: at a kink the one takes what the other does not.

    Parameters
    ----------
    forms : of each box, the expected gradients as functions of the precision; where the first has no kink, none is judged,
        and all but the first are asked only where it is not enough
    """
    if any(_has_kinks(form[0], judge.precision) for form in forms):
        firsts = [form[:1] for form in forms]
        judge.one_of(functools.partial(_shifts_nothing, answer, judge, some) for some in (firsts, forms))


def _has_kinks(form: Callable[[Precision], Rounded], precision: Precision) -> bool:
    """Whether a gradient has a kink that counts in its row: no bound is narrow there."""
    rounded = form(precision)
    largest = np.abs(rounded.value).max(axis=-1, keepdims=True, initial=0)
    with np.errstate(invalid="ignore"):
        narrow = rounded.error <= WIDEST * largest
    return not narrow.all() and bool((form(KINKS).error > 0).any())


def _shifts_nothing(answer: Any, judge: Judge, forms: Any) -> None:
    pull = np.concatenate(answer, axis=1, dtype=np.float64)
    legal, error = (
        np.stack([np.concatenate([x(precision).error for x in form], axis=1) for form in zip(*forms)])
        for precision in (KINKS, judge.precision)
    )
    at_kinks = (legal > 0).any(axis=(0, 2)) & np.isfinite(error).all(axis=(0, 2))
    with np.errstate(invalid="ignore"):  # Where an error is infinite nothing is judged.
        rounding = error - legal + 2 * judge.precision.u * np.abs(pull)
    got, bounds = (x[..., at_kinks, :].reshape(*x.shape[:-2], -1, 4, 2).sum(axis=-2) for x in (pull, rounding))
    expected = [Rounded(np.zeros_like(bound), judge.precision, bound) for bound in bounds]
    judge.values("gradient by a shift of both boxes", got, *expected, span=np.inf)


CLAUSES = (
    clause(
        "IOU-1",
        "IoU is intersection over union; ε is added to both heights and to the union.",
        "IoU = I / (w1·h1 + w2·h2 − I + ε), h = y2 − y1 + ε",
        YOLOV8,
        iou=values(),
    ),
    clause(
        "IOU-2",
        "GIoU is IoU less the share of the enclosing box that the union leaves empty.",
        "GIoU = IoU − (E − U) / E, E = enclosing area + ε",
        f"arXiv:1902.09630 eq. 1; {YOLOV8}",
        giou=values(),
    ),
    clause(
        "IOU-3",
        "DIoU is IoU less the squared centre distance over the squared enclosing diagonal.",
        "DIoU = IoU − ρ² / c², c² = cw² + ch² + ε",
        f"{CIOU} eq. 7; {YOLOV8}",
        diou=values(),
    ),
    clause(
        "IOU-4",
        "CIoU is DIoU less the weighted difference of the aspect ratios; it is not clamped.",
        "CIoU = IoU − ρ²/c² − α·v, v = 4/π² · (atan w2/h2 − atan w1/h1)², α = v / (1 − IoU + v + ε)",
        f"{CIOU} eq. 8–11; {YOLOV8}; seed 003",
        ciou=values(ciou_by_arctan2),
    ),
    clause(
        "IOU-1g",
        "IoU is differentiated by the corners of both boxes; at a kink the one takes what the other does not.",
        "∂IoU = ((1 + IoU)·∂I − IoU·∂A) / U",
        YOLOV8,
        iou=pulls(),
    ),
    clause(
        "IOU-2g",
        "GIoU is differentiated by the corners of both boxes, through intersection, union and enclosing box.",
        "∂GIoU = ∂IoU − ((1 − gap)·∂E − ∂U) / E, gap = (E − U) / E",
        f"arXiv:1902.09630; {YOLOV8}",
        giou=pulls(),
    ),
    clause(
        "IOU-3g",
        "DIoU is differentiated by the corners of both boxes, through centre distance and enclosing diagonal.",
        "∂DIoU = ∂IoU − (∂ρ² − ρ²/c²·∂c²) / c²",
        f"{CIOU}; {YOLOV8}",
        diou=pulls(),
    ),
    clause(
        "IOU-4g",
        "CIoU is differentiated through IoU, distance and v, unclamped; α is a constant.",
        "∂CIoU = ∂DIoU − α·∂v, ∂v = 8/π² · (θ2 − θ1) · ∂(θ2 − θ1), θ = atan w/h",
        f"{CIOU} section 3.3; {YOLOV8}",
        ciou=pulls(ciou_vjp_by_arctan2, ciou_vjp_by_one_angle, ciou_vjp_within_its_range),
    ),
)

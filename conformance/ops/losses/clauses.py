"""BCE, DFL, BOX: the losses."""

from __future__ import annotations

from typing import Any

import numpy as np

from conformance.judging.clause import GFL, YOLOV8, clause
from conformance.judging.judge import Judge
from conformance.judging.rounding import Rounded, widened
from conformance.ops.bodies import expected_gradients, gradients, on, values
from conformance.ops.boxes.licences import gathered_bin_by_bin
from conformance.ops.losses.licences import bce_gradient_slack, bce_slack
from refimpl import bbox_loss_vjp, dfl_loss_vjp


def with_bce_slack(loss: Rounded, logits: Rounded, targets: Rounded) -> Rounded:
    return widened(loss, bce_slack(logits))


def probability_less_target(answer: Any, case: Any, judge: Judge) -> None:
    g = np.abs(case.cotangent)
    legal, slack = (g * x for x in bce_gradient_slack(case.logits, judge.precision))
    ((_, (form,)),) = expected_gradients(("logits",), (), case, judge)
    judge.values("gradient by logits", answer.logits, widened(form(judge.precision), legal + slack), span=g, legal=legal)


CLAUSES = (
    clause(
        "BCE-1",
        "The classification loss is the binary cross-entropy of the logit against a soft target.",
        "BCE = max(x, 0) − x·z + log(1 + exp(−|x|))",
        YOLOV8,
        bce_loss=values(widen=with_bce_slack),
    ),
    clause(
        "DFL-1",
        "The loss of a distance is the cross-entropy of its two nearest bins, weighted linearly; mean of four sides.",
        "DFL = ¼ Σ_side [(⌊t⌋ + 1 − t)·CE(⌊t⌋) + (t − ⌊t⌋)·CE(⌊t⌋ + 1)]",
        f"{GFL} eq. 6; {YOLOV8}; seeds 003, 004",
        dfl_loss=values(),
    ),
    clause(
        "DFL-2",
        "A target outside the range of the bins is first clamped into it.",
        "t = clamp(target, 0, R − 1 − 0.01)",
        "Ultralytics 8.2.48–8.3.252; seed 004",
        dfl_loss=on("outside the bins", values()),
    ),
    clause(
        "BOX-1",
        "The box loss is 1 − CIoU of the foreground anchors, weighted by their target scores, over S.",
        "box = Σ_fg w · (1 − CIoU) / S, w = Σ_c target_scores",
        YOLOV8,
        bbox_loss=values(of="box"),
    ),
    clause(
        "BOX-2",
        "The distribution loss is the DFL of the foreground anchors, weighted by their target scores, over S.",
        "dfl = Σ_fg w · DFL(pred_dist, bbox2dist(point, target)) / S",
        YOLOV8,
        bbox_loss=values(of="dfl"),
    ),
    clause(
        "BCE-1g",
        "The gradient of the classification loss is the probability less the target.",
        "∂BCE/∂x = σ(x) − z",
        YOLOV8,
        bce_loss=probability_less_target,
    ),
    clause(
        "DFL-1g",
        "The gradient of the loss of a distance is the probability of each bin less its weight, a constant; mean of four sides.",
        "∂DFL/∂x_j = ¼ · (softmax(logits)_j − w_j(t))",
        f"{GFL} eq. 6; {YOLOV8}",
        dfl_loss=gradients(gathered_bin_by_bin(dfl_loss_vjp), by_cotangent=True),
    ),
    clause(
        "BOX-1g",
        "The box loss sends each foreground box the gradient of −CIoU, however far it is; weights and S are constants.",
        "∂pred_bboxes = −w/S · ∂CIoU, 0 off the foreground",
        YOLOV8,
        bbox_loss=gradients(of="pred_bboxes"),
    ),
    clause(
        "BOX-2g",
        "The distribution loss sends each foreground anchor the gradient of its DFL; weights and S are constants.",
        "∂pred_dist = w/S · ∂DFL, 0 off the foreground",
        YOLOV8,
        bbox_loss=gradients(gathered_bin_by_bin(bbox_loss_vjp), of="pred_dist"),
    ),
)

"""Gradients of the losses: of logits, of bins, of foreground boxes, and of whole batches with all that is outside the graph."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from conformance.ops.head.golden import batch
from conformance.cases.stored import SMALL, Definition, gradient_case, pattern
from conformance.ops.boxes.golden import peaks
from conformance.ops.losses.golden import FOUR_BINS, SLOPE, foreground
from refimpl import Dialect

BCE = (
    gradient_case(
        "gradient-bce-both-signs", "bce_loss", ("BCE-1g",),
        "catches: a sigmoid taken twice, a mean over the logits, a gradient of positives only",
        "by hand; rewrites in the wild",
        {"logits": [[-3, -0.5, 0.125], [0.25, 2, 5]], "targets": [[0, 0.25, 0.5], [1, 0.75, 0.125]]},
        cotangent=[[1, -1, 2], [0.5, 1, -1.5]],
    ),
    gradient_case(
        "gradient-bce-saturated", "bce_loss", ("BCE-1g",),
        "catches: log(sigmoid + 1e-10) and logits clamped to ±30, which teach nothing to a logit that is surest and wrong",
        "rewrites in the wild",
        {"logits": [-80, 80, -80, 80, -1000, 1000, 1000], "targets": [1, 0, 0, 1, 1, 0, 0.5]},
        cotangent=[1, 1, 1, 1, 2, 2, -1],
    ),
)


def bins(id: str, logits: Any, target: Any, cotangent: Any, why: str, source: str) -> Definition:
    """A case of the gradient of the distribution focal loss, 4 bins."""
    inputs = {"pred_dist": logits, "target": target}
    return gradient_case(id, "dfl_loss", ("DFL-1g",), why, source, inputs, FOUR_BINS, cotangent=cotangent)


DFL = (
    bins(
        "gradient-dfl-integer-targets", np.tile(SLOPE[:4], (2, 4)), [[0, 1, 2, 1], [2, 2, 0, 1]], [1, -2],
        "catches: bins by floor and ceil, which are one at a whole target, so that it teaches nothing",
        "a rewrite's createdf",
    ),
    bins(
        "gradient-dfl-four-unlike-sides", pattern((1, 16), 7), [[0.25, 1.5, 2.75, 1.125]], [1.5],
        "catches: channels read as (R, 4), weights of left and right swapped, a sum of the sides for their mean",
        "rewrites in the wild",
    ),
    bins(
        "gradient-dfl-past-the-last-bin", np.tile(SLOPE[:4][::-1], (2, 4)), [[3, 2.9921875, 3.2, 100], [-0.5, -3, 40, 0]], [1, 0.5],
        "catches: a last bin without gradient, since both of its weights are 0; weights below 0 or above 1",
        "two rewrites; mmdetection raises",
    ),
    bins(
        "gradient-dfl-confident-and-wrong", [peaks(2, 2, 0, 3, reg_max=4, height=80.0)] * 2, [[0.5, 1.5, 2.5, 0]] * 2, [1, 0],
        "catches: log(softmax + 1e-10), whose gradient vanishes where the mistake is greatest",
        "a rewrite",
    ),
)


def foreground_gradient(id: str, clauses: Any, why: str, source: str, pulls: Any = (1, -1.5), **changes: Any) -> Definition:
    """A case of the gradient of both box losses; `pulls` are the cotangents of box and dfl."""
    changes.setdefault("target_bboxes", [[[-1, -1.5, 2.25, 1.75], [0.25, -0.25, 3.25, 2.25], [1.5, -0.75, 3.75, 1]]])
    inputs = foreground(id, clauses, why, source, **changes).inputs
    return gradient_case(
        id, "bbox_loss", clauses, why, source, inputs, FOUR_BINS, cotangent_box=pulls[0], cotangent_dfl=pulls[1]
    )


BOTH = ("BOX-1g", "BOX-2g")
BOXES = (
    foreground_gradient(
        "gradient-bbox-loss-two-positives", BOTH,
        "catches: an unweighted mean, the weight of one class only, S taken anew, a gradient on background anchors",
        "Ultralytics 8.0.100, https://github.com/ultralytics/ultralytics/issues/2655", fg=[1, 0, 1],
    ),
    foreground_gradient(
        "gradient-bbox-loss-weight-of-zero", BOTH,
        "catches: weights clamped to at least 1e-6 or to 1, so that an anchor without a score learns",
        "a rewrite clamps", fg=[1, 1, 1], target_scores=[[[0.5, 0.25], [0, 0], [0.875, 0]]],
    ),
    foreground_gradient(
        "gradient-bbox-loss-no-foreground", BOTH,
        "catches: NaN of a mean over no anchors; a loss without a graph, whose backward pass raises",
        "https://github.com/PaddlePaddle/PaddleDetection/issues/5774", fg=[0, 0, 0],
    ),
    foreground_gradient(
        "gradient-bbox-loss-far-apart", ("BOX-1g",),
        "catches: the gradient of a CIoU clamped to [-1, 1] or at 0: far boxes would not come nearer",
        "mmyolo, mmdetection", (2, 0), fg=[1, 1, 0],
        pred_bboxes=[[[0, 0, 100, 1], [0.25, 0, 2.75, 2.5], [0, 0, 1, 1]]],
        target_bboxes=[[[500, 500, 501, 600], [60, 2, 61, 50], [0, 0, 0, 0]]],
    ),
)

ONE_LEVEL = dataclasses.replace(SMALL, strides=(8,), reg_max=3)
TWO_LEVELS = dataclasses.replace(ONE_LEVEL, strides=(8, 16))
"""Few bins: each number of a map costs the second oracle two losses of the batch."""

WIDE = [0.5, 0.5, 0.9375, 0.875]
"""Holds both anchors of a row of two."""


def batch_gradient(
    id: str, clauses: Any, shapes: Any, images: int, targets: Any, why: str, source: str, *, cotangent: float = 1,
    dialect: Dialect = ONE_LEVEL, calm: float = 1 / 16, spread: float = 1,
) -> Definition:
    """A case of the gradient of the whole loss; `calm` as in `batch`, here such that no class logit is 0, a kink of some forms.

    The bin logits are taken times `spread`: near 0, boxes are squares about their anchors.
    """
    inputs = batch(id, shapes, images, targets, why, source, dialect=dialect, calm=calm).inputs
    for level in inputs["feature_maps"]:
        level[:, : 4 * dialect.reg_max] *= spread
    return gradient_case(id, "detection_loss", clauses, why, source, inputs, dialect, cotangent=cotangent)


BATCHES = (
    batch_gradient(
        "gradient-detection-two-levels", ("DET-1g", "DET-2g", "DET-5g"), [(2, 1), (1, 1)], 2,
        [[0, 0, 0.5, 0.5, 1.5, 0.9375], [1, 1, 0.5, 0.5, 1.25, 0.875]],
        "catches: no factor B, gradients of the levels swapped, a decode outside the graph, so that bins learn from DFL alone",
        "LibreYOLO, jahongir7174/YOLOv8-pt, keras-cv do not multiply by B", dialect=TWO_LEVELS, cotangent=-1.5,
    ),
    batch_gradient(
        "gradient-detection-scores-outside-the-graph", ("DET-2g", "DET-5g"), [(2, 2)], 1, [[0, 1, 0.5, 0.5, 1, 1]],
        "catches: target scores and their sum S > 1 inside the graph: a logit that moves its own target",
        "MultimediaTechLab/YOLO before 94fae81", calm=-33 / 16, spread=1 / 16, dialect=dataclasses.replace(ONE_LEVEL, topk=4),
    ),
    batch_gradient(
        "gradient-detection-contested-anchors", ("DET-1g", "DET-5g"), [(2, 2)], 1,
        [[0, 0, 0.375, 0.5, 0.625, 0.875], [0, 1, 0.5, 0.5, 0.75, 0.75]],
        "catches: a gradient through the choice of anchors, such as a soft mask, and into the class of a box that lost its anchor",
        "MultimediaTechLab/YOLO before 94fae81; rewrites in the wild", dialect=dataclasses.replace(ONE_LEVEL, topk=3),
    ),
    batch_gradient(
        "gradient-detection-small-score-sum", ("DET-1g", "DET-2g", "DET-5g"), [(1, 2)], 1, [[0, 1, *WIDE]],
        "catches: a division by a sum of target scores below 1, which must count as 1, and a gradient through it",
        "YOLOv6's release divides by any sum above 0", calm=81 / 16,
    ),
    batch_gradient(
        "gradient-detection-no-targets", ("DET-1g", "DET-2g"), [(1, 2)], 2, [],
        "catches: a loss without a graph, or without a gradient of the background's logits, where there is no box",
        "https://github.com/PaddlePaddle/PaddleDetection/issues/5774; a rewrite returns a new leaf", cotangent=2,
    ),
    batch_gradient(
        "gradient-detection-alpha-differentiated", ("DET-1g",), [(1, 2)], 1, [[0, 0, *WIDE]],
        "catches: α held constant in a dialect that differentiates it; it reaches the bins through the decode",
        "keras-cv compute_ciou", dialect=dataclasses.replace(ONE_LEVEL, constant_alpha=False),
    ),
)  # fmt: skip

GOLDEN = BCE + DFL + BOXES + BATCHES

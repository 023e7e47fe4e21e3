"""Losses of logits, of distances, of foreground anchors."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from conformance.cases.stored import SMALL, Definition, pattern
from conformance.ops.boxes.golden import peaks
from refimpl import YOLOV8, Dialect

FOUR_BINS = dataclasses.replace(SMALL, reg_max=4)
SLOPE = np.arange(16) / 4
"""Logits of one side, no two bins alike."""

BCE = (
    Definition(
        "bce-both-signs", "bce_loss", ("BCE-1",),
        "catches: sigmoid taken twice, a focal weight, a loss of positives only",
        "by hand; rewrites in the wild",
        {"logits": [[-3, -0.5, 0], [0.25, 2, 5]], "targets": [[0, 0.25, 0.5], [1, 0.75, 0.125]]},
    ),
    Definition(
        "bce-saturated", "bce_loss", ("BCE-1",),
        "catches: log(sigmoid), which is log 0 at -100 and 0 for exp(-30) at 30; an epsilon inside the log",
        "by hand",
        {"logits": [-100, -30, 30, 100, -100, 100], "targets": [1, 0, 1, 0, 0, 1]},
    ),
)


def dfl(
    id: str, clause: str, logits: Any, target: Any, why: str, source: str, dialect: Dialect = YOLOV8
) -> Definition:
    """A case of the distribution focal loss."""
    return Definition(id, "dfl_loss", (clause,), why, source, {"pred_dist": logits, "target": target}, dialect)


DFL = (
    dfl(
        "dfl-integer-targets", "DFL-1", np.tile(SLOPE, (2, 4)), [[0, 1, 7, 14], [3, 3, 3, 3]],
        "catches: bins by floor and ceil, which are one at a whole target, so that both weights and the loss are 0",
        "a rewrite's createdf",
    ),
    dfl(
        "dfl-four-unlike-sides", "DFL-1", [peaks(1, 4, 9, 14, height=2.0) + np.tile(SLOPE, 4)], [[1.25, 4.5, 8.75, 13.5]],
        "catches: channels read as (R, 4), weights of left and right swapped, a sum of the sides for their mean",
        "rewrites in the wild",
    ),
    dfl(
        "dfl-confident-and-wrong", "DFL-1", [peaks(2, 2, 2, 2, height=80.0)], [[9.5, 9.5, 9.5, 9.5]],
        "catches: log(softmax + 1e-10), which saturates at 23: the loss is 80",
        "a rewrite",
    ),
    dfl(
        "dfl-past-the-last-bin", "DFL-2", np.tile(SLOPE[::-1], (4, 4)),
        [[15, 15, 15, 15], [14.9375, 14.9921875, 15.2, 100], [-0.5, -3, 0, 1], [40, 40, -40, -40]],
        "catches: a last bin without loss, bin 15 with weight 1 (a clamp to 15), negative weights, no clamp at 0",
        "two rewrites; mmdetection raises on 15.2",
    ),
    dfl(
        "dfl-four-bins", "DFL-2", pattern((2, 16), 5), [[2.5, 2.9921875, 3.5, 0.75], [-1, 0.5, 1, 2]],
        "catches: 16 bins taken for granted, in the view or in the clamp",
        "by hand", FOUR_BINS,
    ),
)


def foreground(
    id: str, clauses: Any, why: str, source: str, *, fg: Any, dialect: Dialect = FOUR_BINS, **changes: Any
) -> Definition:
    """A case of the box losses: three anchors in a row, one image."""
    points = np.array([[0.5, 0.5], [1.5, 0.5], [2.5, 0.5]])
    spread = np.array([[-0.75, -1.25, 1.5, 1.0], [-1.5, -0.5, 1.25, 2.0], [-0.5, -1.0, 1.0, 0.75]])
    inputs = {
        "pred_dist": pattern((1, 3, 4 * dialect.reg_max), 9),
        "pred_bboxes": [np.tile(points, 2) + spread],
        "anchor_points": points,
        "target_bboxes": [np.tile(points, 2) + spread[::-1] * 1.25],
        "target_scores": [[[0.5, 0.25], [0, 0.125], [0.875, 0]]],
        "target_scores_sum": 1.75,
        "fg_mask": [fg],
        **changes,
    }
    return Definition(id, "bbox_loss", clauses, why, source, inputs, dialect)


BOTH = ("BOX-1", "BOX-2")
BOXES = (
    foreground(
        "bbox-loss-two-positives", BOTH,
        "catches: (N, 1) weights times (N,) losses, an N x N sum; an unweighted mean; the weight of one class only",
        "Ultralytics 8.0.100, https://github.com/ultralytics/ultralytics/issues/2655", fg=[1, 0, 1],
    ),
    foreground(
        "bbox-loss-no-foreground", BOTH,
        "catches: a mean over no anchors, which is NaN",
        "rewrites in the wild", fg=[0, 0, 0],
    ),
    foreground(
        "bbox-loss-small-sum", BOTH,
        "catches: S raised to 1 or taken anew from the foreground, where the caller gave 0.5",
        "by hand", fg=[0, 1, 0], target_scores_sum=0.5,
    ),
    foreground(
        "bbox-loss-far-apart", ("BOX-1",),
        "catches: CIoU clamped to [-1, 1], or at 0, in the loss: 1 - CIoU may exceed 2",
        "mmyolo, mmdetection", fg=[1, 1, 0], pred_bboxes=[[[0, 0, 100, 1], [0.25, 0, 2.75, 2.5], [0, 0, 1, 1]]],
        target_bboxes=[[[500, 500, 501, 600], [60, 2, 61, 50], [0, 0, 0, 0]]],
    ),
    foreground(
        "x7-large-box-distances-clamped", ("BOX-2",),
        "catches: distances of 610 px / 8 = 76 cells used as they are, or their anchors left out",
        "Ultralytics, all releases, run; MultimediaTechLab/YOLO, LibreYOLO leave them out", fg=[1, 1, 1],
        dialect=SMALL, target_bboxes=[[[-37.875, -37.875, 38.375, 38.375]] * 3],
    ),
)

GOLDEN = BCE + DFL + BOXES

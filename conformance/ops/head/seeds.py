"""Worked examples of seeds 002 to 004, and the mistakes of all seeds."""

from __future__ import annotations

import dataclasses
from typing import Any, Dict, List

import numpy as np

from conformance.cases.stored import Definition
from refimpl import YOLOV8
from refimpl.oracle.scalars import MP

BINS = (
    {8: "0.05", 9: "0.05", 10: "0.6", 11: "0.3"},
    {3: "0.03", 4: "0.2", 5: "0.7", 6: "0.07"},
    {11: "0.02", 12: "0.1", 13: "0.8", 14: "0.08"},
    {4: "0.4", 5: "0.5", 6: "0.06", 7: "0.04"},
)
"""Seed 002's probabilities of left, top, right and bottom, as its sums have them."""

ABSENT = -120.0
"""Logit of a bin of probability 0."""

POINT = [20.6, 18.3]
SLIP = "0.4·4 + 0.5·5 + 0.06·6 + 0.04·7 = 4.74"


def example_logits() -> np.ndarray:
    """(1, 1, 64): the logarithms of the example's probabilities."""
    logits = np.full((4, 16), ABSENT)
    for side, bins in enumerate(BINS):
        for i, probability in bins.items():
            logits[side, i] = float(MP.log(MP.mpf(probability)))
    return logits.reshape(1, 1, 64)


def shrunk(box: List[float], share: str) -> List[float]:
    """The box about the same centre with this share of its area: their CIoU is the share."""
    factor = float(MP.sqrt(MP.mpf(share)))
    centre, half = [(box[i] + box[i + 2]) / 2 for i in range(2)], [(box[i + 2] - box[i]) / 2 for i in range(2)]
    return [c + sign * factor * h for sign in (-1, 1) for c, h in zip(centre, half)]


EIGHTY = [[[0.1, 0.4, 0.3, 0.1] + [0] * 75 + [0.1]]]

CASES = (
    Definition(
        "seed-002-decode", "decode_boxes", ("DEC-3",),
        "catches: a distance that is the likeliest bin instead of the expectation",
        "seed 002; y2 follows from the right distance, see errata",
        {"pred_dist": example_logits(), "anchor_points": [POINT]},
        printed={"boxes": [[["10.45", "13.49", "33.54", "21.88"]]]},
    ),
    Definition(
        "seed-002-distances", "bbox2dist", ("DEC-2",),
        "catches: distances between corners instead of from the anchor point",
        "seed 002, its example backwards; the bottom distance see errata",
        {"anchor_points": [POINT], "bboxes": [[[10.45, 13.49, 33.54, 23.04]]]},
        printed={"distance": [[["10.15", "4.81", "12.94", "3.58"]]]},
    ),
    Definition(
        "seed-003-bin-weights", "dfl_loss", ("DFL-1",),
        "catches: the weights of left and right bin swapped; from targets 5, 5.3 and 6 the weights 0.7 and 0.3 can be read off",
        "seed 003",
        {"pred_dist": np.tile(np.arange(16) ** 2 / 32, (3, 4)), "target": [[5] * 4, [5.3] * 4, [6] * 4]},
        printed={"bin_weights": ["0.7", "0.3"]},
    ),
    Definition(
        "seed-004-metric", "alignment_metric", ("TAL-2", "TAL-3"),
        "catches: t = s^α + u^β, which is .648 here instead of .00988",
        "seed 004: 80 classes, label 1 of score 0.4, overlap 0.5; the sum see errata",
        {"pd_scores": EIGHTY, "pd_bboxes": [[shrunk([100, 60, 180, 120], "0.5")]], "gt_labels": [[[1]]],
         "gt_bboxes": [[[100, 60, 180, 120]]], "mask": [[[1]]]},
        printed={"overlaps": [[["0.5"]]]},
    ),
    Definition(
        "seed-004-soft-target", "bce_loss", ("BCE-1",),
        "catches: a target of 1 at the class instead of the score 0.46 that the assigner gave",
        "seed 004: probabilities 0.1, 0.2, 0.1, 0.4 against targets 0, 0, 0, 0.46",
        {"logits": [[float(MP.log(p / (1 - p))) for p in map(MP.mpf, ("0.1", "0.2", "0.1", "0.4"))]],
         "targets": [[0, 0, 0, 0.46]]},
        dataclasses.replace(YOLOV8, num_classes=4),
    ),
)


def erratum(
    seed: str, cases: List[str], says: str, right: str, because: str, output: str = "", index: Any = ()
) -> Dict[str, Any]:
    """A mistake of a seed; output and index say where a printed number stands."""
    return {
        "seed": seed, "cases": cases, "output": output, "index": list(index), "seed_says": says, "right": right,
        "because": because,
    }


ERRATA = (
    erratum("seed 002", ["seed-002-distances"], "3.58", "4.74", SLIP, "distance", (0, 0, 3)),
    erratum("seed 002", ["seed-002-decode"], "21.88", "23.04", f"18.3 + 4.74, for {SLIP}", "boxes", (0, 0, 3)),
    erratum(
        "seed 002", ["seed-002-decode"], "the table has 0.05, 0.05, 0.6 in row right and 0.05, 0.6 in row bottom that its sums do not have",
        "the probabilities in the sums", "those rows of the table add up to 1.7 and 1.65",
    ),
    erratum(
        "seed 002", ["detection-wide-maps"], "predictions[:4 * reg_max]", "predictions[..., :4 * reg_max]",
        "pred_process splits the channels, the last axis, not the batch",
    ),
    erratum(
        "seed 002", ["targets-wide-image", "seed-000-targets"], "the class is the last column of a target",
        "image, class, cx, cy, w, h", "ann_process takes its rows from column 1 on, where the class comes first",
    ),
    erratum(
        "seed 000", ["dfl-integer-targets", "dfl-past-the-last-bin"], "the loss views the logits as reg_max + 1 bins",
        "reg_max bins", "its own head has 4 * 16 channels for reg_max = 16",
    ),
    erratum(
        "seed 004", ["seed-004-metric", "metric-alpha-and-beta"], "t = s^α + u^β", "t = s^α · u^β",
        "arXiv:2108.07755 eq. 1, and seeds 001 and 002",
    ),
    erratum(
        "seed 004", ["metric-off-the-mask", "assign-best-metrics-outside"], "scores are not limited to anchors inside the box",
        "metric and overlap are 0 off the mask", "Ultralytics 8.0.52 and later",
    ),
)

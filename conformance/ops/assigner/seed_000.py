"""Seed 000, LabelAssigner: a batch of four 640 px images on maps of 8, 4 and 2 cells, printed stage by stage.

The metric, the top-k mask and all that follows were printed for image 0. Its predictions were not: where a stage needs
them, they are made up so that they have the printed overlaps and metrics.
"""

from __future__ import annotations

import dataclasses
from typing import Dict, Sequence

import numpy as np

from conformance.cases.stored import Definition
from refimpl import LABEL_ASSIGNER
from refimpl import oracle
from refimpl.oracle.scalars import MP, real

SEED = "seed 000"
DIALECT = dataclasses.replace(LABEL_ASSIGNER, num_classes=3, strides=(80, 160, 320))
SIDES = {80: 8, 160: 4, 320: 2}
ANCHORS = sum(side**2 for side in SIDES.values())

TARGETS = [
    [0, 1, 0.612, 0.334, 0.666, 0.378],
    [0, 0, 0.553, 0.054, 0.426, 0.109],
    [1, 1, 0.457, 0.324, 0.747, 0.359],
    [2, 2, 0.875, 0.484, 0.25, 0.315],
    [2, 1, 0.45, 0.36, 0.72, 0.411],
    [2, 0, 0.27, 0.064, 0.46, 0.12],
    [3, 2, 0.348, 0.521, 0.151, 0.237],
]
NONE = ["0.0000e+00"] * 4
FIRST = ["1.7856e+02", "9.2800e+01", "6.0480e+02", "3.3472e+02"]
SECOND = ["2.1760e+02", "-3.2000e-01", "4.9024e+02", "6.9440e+01"]
BOXES = [
    [FIRST, SECOND, NONE],
    [["5.3440e+01", "9.2480e+01", "5.3152e+02", "3.2224e+02"], NONE, NONE],
    [
        ["4.8000e+02", "2.0896e+02", "6.4000e+02", "4.1056e+02"],
        ["5.7600e+01", "9.8880e+01", "5.1840e+02", "3.6192e+02"],
        ["2.5600e+01", "2.5600e+00", "3.2000e+02", "7.9360e+01"],
    ],
    [["1.7440e+02", "2.5760e+02", "2.7104e+02", "4.0928e+02"], NONE, NONE],
]
LABELS = ["100", "100", "210", "200"]
REAL = ["110", "100", "111", "100"]

INSIDE = [[*range(10, 16), *range(18, 24), *range(26, 32), 69, 70, 71, 81], [3, 4, 5], []]
CLAIMED = [[10, 12, 13, 14, 20, 21, 22, 23, 27, 28], [*range(10)], []]
METRIC = dict(zip(INSIDE[0], (
    "1.8529e-07 1.1981e-08 4.5906e-08 4.8564e-08 3.5394e-08 1.2538e-09 2.3346e-08 5.0432e-09 9.7140e-08 5.6014e-08 "
    "7.3528e-08 4.2683e-08 2.7154e-09 3.1506e-07 3.6258e-08 2.8951e-08 2.2500e-08 1.9550e-09 2.1311e-12 1.0524e-12 2.7419e-12"
).split()))
OVERLAPS = dict(zip(INSIDE[0], (
    "0.0783 0.0540 0.0631 0.0654 0.0587 0.0349 0.0613 0.0474 0.0723 0.0728 0.0675 0.0625 0.0389 0.0856 0.0590 0.0608 "
    "0.0556 0.0371 0.0128 0.0116 0.0126"
).split()))
"""By anchor of the first box; all other printed metrics are 0.0000e+00, all other overlaps 0.0000."""


def digits(table: Sequence[str]) -> list:
    """Rows of digits as (rows, digits, 1) of printed numbers: "10" -> [["1."], ["0."]]."""
    return [[[f"{digit}."] for digit in row] for row in table]


def ones(rows: Sequence[Sequence[int]]) -> np.ndarray:
    """(1, G, A) of "0." but for the "1." at the listed anchors."""
    mask = np.full((1, len(rows), ANCHORS), "0.")
    for g, anchors in enumerate(rows):
        mask[0, g, list(anchors)] = "1."
    return mask


def first_box(values: Dict[int, str], zero: str) -> np.ndarray:
    """(1, 3, A) of zeros but for the first box's printed values."""
    table = np.full((1, 3, ANCHORS), zero)
    table[0, 0, list(values)] = list(values.values())
    return table


def points(scale: bool) -> np.ndarray:
    """(A, 2) cell centres, in cells or in px."""
    rows = [[(i % n + 0.5), (i // n + 0.5), stride if scale else 1] for stride, n in SIDES.items() for i in range(n * n)]
    return np.array([[x * unit, y * unit] for x, y, unit in rows])


def predictions() -> Dict[str, np.ndarray]:
    """Boxes with the printed overlaps and scores with the printed metrics.

    A box shrunk about the centre of the ground truth to the share u of its area has CIoU u; s = (t / u⁶)². The rest
    miss every box.
    """
    boxes, scores = np.tile(np.float32([610, 610, 634, 634]), (1, ANCHORS, 1)), np.full((1, ANCHORS, 3), 0.5)
    gt = np.float32([float(number) for number in FIRST])
    middle, half = [[(real(gt[i + 2]) + sign * real(gt[i])) / 2 for i in range(2)] for sign in (1, -1)]
    for a, printed in OVERLAPS.items():
        reach = [MP.sqrt(MP.mpf(printed)) * side for side in half]
        corners = [m + sign * r for sign in (-1, 1) for m, r in zip(middle, reach)]
        boxes[0, a] = [float(corner) for corner in corners]
        u = oracle.ciou(gt, boxes[0, a], DIALECT)
        scores[0, a, 1] = float((MP.mpf(METRIC[a]) / u**6) ** 2)
    return {"pd_scores": scores, "pd_bboxes": boxes}


IMAGE_0 = {
    "gt_labels": [[[1], [0], [0]]],
    "gt_bboxes": [[[float(number) for number in box] for box in BOXES[0]]],
    "mask_gt": [[[1], [1], [0]]],
}


def case(id: str, op: str, clauses: Sequence[str], why: str, inputs: dict, printed: dict, note: str = "image 0") -> Definition:
    """One printed stage."""
    return Definition(id, op, clauses, why, f"{SEED}, {note}", inputs, DIALECT, printed)


def assigned() -> Definition:
    """The whole assigner, against the printed owners and what they carry."""
    owner = np.where(np.arange(ANCHORS) < 10, "1", "0")
    fg = np.isin(np.arange(ANCHORS), CLAIMED[0] + CLAIMED[1])
    one_hot = np.full((1, ANCHORS, 3), "0")
    one_hot[0, CLAIMED[1], 0] = one_hot[0, CLAIMED[0], 1] = "1"
    return case(
        "seed-000-assign", "assign", ("TAL-4", "TAL-5", "TAL-6"),
        "catches: anchors of the first box given to the second, which claims any ten, for its metrics are all 0",
        {**predictions(), "anchor_points": points(scale=True), **IMAGE_0},
        {"target_bboxes": [[SECOND if a < 10 else FIRST for a in range(ANCHORS)]], "fg_mask": [np.where(fg, "1.", "0.")],
         "target_gt_idx": [owner], "one_hot": one_hot},
        "image 0; predictions made up to have the printed overlaps and metrics",
    )


CASES = (
    case(
        "seed-000-anchors", "make_anchors", ("ANC-1", "ANC-2"), "catches: anchors or strides in another order of levels",
        {"feature_shapes": [(n, n) for n in SIDES.values()]},
        {"anchor_points": [[f"{x:.4f}", f"{y:.4f}"] for x, y in points(scale=False)],
         "stride_tensor": [[f"{stride}."] for stride, n in SIDES.items() for _ in range(n * n)]}, "all images",
    ),
    case(
        "seed-000-targets", "pad_targets", ("TGT-1", "TGT-2", "TGT-3"), "catches: slots shared between images, padding not masked",
        {"targets": TARGETS, "batch_size": 4, "image_size": (640, 640)},
        {"gt_labels": digits(LABELS), "gt_bboxes": BOXES, "mask_gt": digits(REAL)}, "all images",
    ),
    case(
        "seed-000-inside", "candidates_in_gts", ("TAL-1",), "catches: anchor points in cells compared with boxes in px",
        {"anchor_points": points(scale=True), **{name: IMAGE_0[name] for name in ("gt_bboxes", "mask_gt")}},
        {"inside": ones(INSIDE)},
    ),
    case(
        "seed-000-metric", "alignment_metric", ("TAL-2", "TAL-3"), "catches: α and β swapped; the score of class 0 for every box",
        {**predictions(), "gt_labels": IMAGE_0["gt_labels"], "gt_bboxes": IMAGE_0["gt_bboxes"],
         "mask": ones(INSIDE).astype(float)},
        {"metric": first_box(METRIC, "0.0000e+00"), "overlaps": first_box(OVERLAPS, "0.0000")},
        "image 0; predictions made up to have the printed overlaps and metrics",
    ),
    case(
        "seed-000-topk", "select_topk", ("TAL-4",), "catches: fewer than k claims for the second box, all of whose metrics are 0",
        {"metric": first_box(METRIC, "0.0000e+00").astype(float), "mask_gt": IMAGE_0["mask_gt"]},
        {"claimed": ones(CLAIMED)},
    ),
    case(
        "seed-000-owners", "resolve_conflicts", ("TAL-5",), "catches: background with an owner, foreground with two",
        {"mask_pos": ones(CLAIMED).astype(float), "overlaps": first_box(OVERLAPS, "0.0000").astype(float)},
        {"target_gt_idx": [["1"] * 10 + ["0"] * (ANCHORS - 10)], "mask_pos": ones(CLAIMED),
         "fg_mask": [np.where(np.isin(np.arange(ANCHORS), CLAIMED[0] + CLAIMED[1]), "1.", "0.")]},
    ),
    assigned(),
)

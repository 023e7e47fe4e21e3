"""The IoU family: plain pairs, and the degenerate ones on which implementations part."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np

from conformance.cases.stored import Definition

SURVEY = "Ultralytics, all releases, run in float32; the figure to the digits noted"
CLAUSES = {"iou": "IOU-1", "giou": "IOU-2", "diou": "IOU-3", "ciou": "IOU-4"}

PLAIN = (
    ([0, 0, 2, 2], [1, 1, 3, 3]),
    ([10, 20, 50, 44], [16, 12, 60, 40]),
    ([0, 0, 10, 10], [1, 1, 9, 12]),
    ([0, 0, 8, 4], [8, 0, 12, 4]),
    ([-8, -6, -2, -2], [-5, -4, 1, 0]),
)
"""Crossing corners, crossing sides, one inside but for a strip, touching, negative coordinates."""

APART = (([0, 0, 1, 1], [2, 3, 4, 5]), ([5, 1, 9, 3], [0, 6, 2, 11]))
TINY = (([0, 0, 1e-3, 1e-3], [0, 0, 1.2e-3, 1e-3]), ([0, 0, 1e-2, 2e-2], [0, 0, 1.2e-2, 2e-2]))


def pairs_case(id: str, op: str, pairs: Sequence[Any], why: str, source: str, printed: Sequence[str] = ()) -> Definition:
    """A case of one op on box pairs, with what was printed for each."""
    boxes1, boxes2 = (np.array(side, np.float64) for side in zip(*pairs))
    shown = {"values": list(printed)} if printed else {}
    return Definition(id, op, (CLAUSES[op],), why, source, {"boxes1": boxes1, "boxes2": boxes2}, printed=shown)


def scaled(pair: Any, *factors: float) -> Sequence[Any]:
    """The pair at several sizes."""
    return [tuple(np.array(box) * factor for box in pair) for factor in factors]


FAMILY = (
    pairs_case("iou-plain", "iou", PLAIN, "catches: a union that counts the intersection twice", "by hand"),
    pairs_case("iou-apart-in-both-axes", "iou", APART, "catches: two negative overlaps multiplied to a positive area", "by hand"),
    pairs_case(
        "iou-tiny", "iou", TINY, "catches: ε missing, on the width, or added twice to the union",
        "keras-cv adds it twice; https://github.com/ultralytics/ultralytics/pull/24658 would have moved it",
    ),
    pairs_case("giou-plain", "giou", PLAIN, "catches: the empty share taken of the union instead of the enclosing box", "by hand"),
    pairs_case("giou-apart", "giou", APART, "catches: an enclosing box by the inner instead of the outer corners", "by hand"),
    pairs_case("giou-tiny", "giou", TINY, "catches: ε missing in the enclosing area, or another ε",
        "PaddleDetection and super-gradients add 1e-10"),
    pairs_case("diou-plain", "diou", PLAIN, "catches: centre distances not squared, or not divided by 4", "by hand"),
    pairs_case("diou-apart", "diou", APART, "catches: the diagonal of the union's sides for that of the enclosing box", "by hand"),
    pairs_case("diou-tiny", "diou", TINY, "catches: ε missing in c²", "by hand"),
    pairs_case("ciou-plain", "ciou", PLAIN, "catches: h/w for w/h in one of the angles, 4/π for 4/π²", "by hand"),
)

DEGENERATE = (
    pairs_case(
        "ciou-nested", "ciou", PLAIN[2:3],
        "catches: v = ((4/π²)·Δ)², the factor squared as well (.61143)",
        f"{SURVEY}; keras-cv since 078ec30, https://github.com/keras-team/keras-cv/issues/2253", ["0.61121"],
    ),
    pairs_case(
        "ciou-identical", "ciou", [([0, 0, 10, 20], [0, 0, 10, 20])],
        "catches: α without ε, which is 0/0 = NaN",
        f"{SURVEY}; mmdetection 3.3.0 and PaddleDetection bbox_iou give NaN", ["1"],
    ),
    pairs_case(
        "ciou-lying-on-standing", "ciou", [([0, 3, 8, 5], [3, 0, 5, 8])],
        "catches: α only where IoU > 0.5 (.14286), v with its factor squared (.10776)",
        f"{SURVEY}; mmdetection 3.3.0, keras-cv", ["-0.02561"],
    ),
    pairs_case(
        "ciou-far-extreme-aspect", "ciou", [([0, 0, 100, 1], [500, 500, 501, 600])],
        "catches: a value clamped to [-1, 1], which has no gradient",
        f"{SURVEY}; mmyolo and mmdetection clamp", ["-1.3075"],
    ),
    pairs_case(
        "ciou-point-inside", "ciou", [([5, 5, 5, 5], [0, 0, 10, 10])],
        "catches: w/h without ε (NaN), α only where IoU > 0.5 (0)",
        f"{SURVEY}; torchvision gives NaN", ["-0.05"],
    ),
    pairs_case(
        "ciou-two-points", "ciou", [([5, 5, 5, 5], [5, 5, 5, 5]), ([5, 5, 5, 5], [7, 9, 7, 9])],
        "catches: 0/0 of two boxes without area",
        f"{SURVEY}; torchvision gives NaN", ["0", "-1"],
    ),
    pairs_case(
        "ciou-inverted-in-x", "ciou", [([10, 0, 0, 10], [-5, -5, 15, 15])],
        "catches: areas or widths of an inverted box cut off at 0 (keras-cv: -.117, mmdetection: 0)",
        SURVEY, ["-0.5"],
    ),
    pairs_case(
        "ciou-thousandth-px", "ciou", TINY[:1],
        "catches: ε on the height in the angle only (.76525), on width and height, or none (.82848)",
        f"{SURVEY}; mmyolo, MultimediaTechLab/YOLO, torchvision, PaddleDetection", ["0.76512"],
    ),
    pairs_case(
        "ciou-three-scales", "ciou", scaled(PLAIN[2], 1e-4, 1e-3, 1.0),
        "catches: an ε that scales with the boxes, or none: CIoU is not scale-invariant below a thousandth of a px",
        "Ultralytics 8.4.190, run in float32", ["0.5623", "0.6107", "0.6112"],
    ),
    pairs_case(
        "ciou-transposed", "ciou", [([0, 0, 1e-3, 2e-3], [0, 0, 1.2e-3, 2e-3]), ([0, 0, 2e-3, 1e-3], [0, 0, 2e-3, 1.2e-3])],
        "catches: ε on the width instead of the height, or on both: the two values must differ",
        "Ultralytics 8.4.190, run in float32", ["0.79810", "0.79804"],
    ),
)

GOLDEN = FAMILY + DEGENERATE

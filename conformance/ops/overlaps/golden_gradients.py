"""Gradients of decoded boxes and of the IoU family, at kinks and where a box has no area too."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np

from conformance.cases.stored import Definition, gradient_case, pattern
from conformance.ops.boxes.golden import FOUR_BINS, peaks
from conformance.ops.overlaps.golden import APART, CLAUSES, PLAIN, SURVEY, scaled
from refimpl import DIFFERENTIATED_ALPHA, YOLOV8, Dialect

POINTS = [[0.5, 0.5], [3.5, 1.5]]
PULLS = [[[1, -1.5, 2, 0.5], [0.5, 2, -1, 1]]]
"""Cotangents of two boxes, no two of a box alike."""

DECODED = (
    gradient_case(
        "gradient-dist2bbox-off-the-map", "dist2bbox", ("DEC-1g",),
        "catches: boxes clamped to the image, which cuts the gradient of every side outside; left and top without their minus",
        "a rewrite clamps to 0 … 640 while training",
        {"distance": [[[7, 9, 40, 2], [-1, -2, -3, -4]]], "anchor_points": POINTS}, cotangent=PULLS,
    ),
    gradient_case(
        "gradient-decode-four-bins", "decode_boxes", ("DEC-3g",),
        "catches: a decode outside the graph, whose bins learn nothing from the box; p · j without the mean taken off",
        "by hand",
        {"pred_dist": pattern((1, 2, 16), 1), "anchor_points": POINTS}, FOUR_BINS, cotangent=PULLS,
    ),
    gradient_case(
        "gradient-decode-saturated", "decode_boxes", ("DEC-3g",),
        "catches: NaN of an overflow; probabilities cut off below, so that what is off by e^-80 no longer learns",
        "by hand",
        {"pred_dist": [[peaks(3, 0, 1, 2, reg_max=4, height=80.0), -peaks(1, 2, 3, 0, reg_max=4, height=80.0)]],
         "anchor_points": POINTS}, FOUR_BINS, cotangent=PULLS,
    ),
)  # fmt: skip


def pairs_gradient(
    id: str, op: str, pairs: Sequence[Any], why: str, source: str, dialect: Dialect = YOLOV8, printed: Any = ()
) -> Definition:
    """A case of the gradient of one op by both boxes, the cotangents of no two neighbouring pairs alike."""
    boxes1, boxes2 = (np.array(side, np.float64) for side in zip(*pairs))
    cotangent = np.resize([1, -1.5, 0.5, 2], len(pairs))
    shown = {"boxes1": printed} if printed else {}
    inputs = {"boxes1": boxes1, "boxes2": boxes2}
    return gradient_case(id, op, (f"{CLAUSES[op]}g",), why, source, inputs, dialect, shown, cotangent=cotangent)


TOUCHING = (([0, 0, 8, 4], [8, 1, 12, 5]), ([0, 4, 8, 8], [1, 0, 7, 4]), ([0, 0, 8, 4], [8, 4, 12, 9]))
SHARED = (([0, 0, 8, 4], [0, 1, 7, 5]), ([0, 0, 8, 4], [0, 0, 4, 2]), ([-3, 2, 5, 9], [-3, 1, 5, 10]))
"""One equal corner; a box in the corner of the other; two equal sides."""

IDENTICAL = (([0, 0, 10, 20], [0, 0, 10, 20]), ([-4, 3, -1, 5], [-4, 3, -1, 5]))
TURNED = (([0, 3, 8, 5], [3, 0, 5, 8]), *PLAIN[2:3])

FAMILY = (
    pairs_gradient("gradient-iou-plain", "iou", PLAIN, "catches: a union that is taken for a constant", "by hand"),
    pairs_gradient(
        "gradient-iou-touching", "iou", TOUCHING,
        "catches: NaN, or more than the slope of sharing, where boxes touch; anything from 0 to that slope is right",
        "Ultralytics clamps and torchvision masks, run: they differ by 0.05",
    ),
    pairs_gradient(
        "gradient-iou-apart", "iou", APART, "catches: two negative overlaps multiplied, which pulls at boxes that are apart", "by hand",
    ),
    pairs_gradient("gradient-giou-plain", "giou", PLAIN, "catches: an enclosing area that is taken for a constant", "by hand"),
    pairs_gradient(
        "gradient-giou-shared-corners", "giou", SHARED, "catches: half a slope counted twice, or not at all, where corners are equal",
        "PyTorch halves the gradient of maximum at a tie",
    ),
    pairs_gradient("gradient-diou-plain", "diou", PLAIN, "catches: a diagonal that is taken for a constant", "by hand"),
    pairs_gradient(
        "gradient-diou-identical", "diou", IDENTICAL,
        "catches: NaN of a distance taken as a root before it is squared, where the centres are the same", "by hand",
    ),
)

COMPLETE = (
    pairs_gradient(
        "gradient-ciou-alpha-constant", "ciou", TURNED,
        "catches: α differentiated, with every value right",
        "keras-cv compute_ciou; https://github.com/open-mmlab/mmdetection/issues/5818",
    ),
    pairs_gradient(
        "gradient-ciou-alpha-differentiated", "ciou", TURNED,
        "catches: α held constant in a dialect that differentiates it", "keras-cv compute_ciou", DIFFERENTIATED_ALPHA,
    ),
    pairs_gradient("gradient-ciou-plain", "ciou", PLAIN, "catches: v outside the graph, or the gradient of the IoU alone", "by hand"),
    pairs_gradient(
        "gradient-ciou-shared-corners", "ciou", SHARED,
        "catches: an edge differentiated in the IoU and not in the diagonal, beyond what a tie allows", "by hand",
    ),
    pairs_gradient(
        "gradient-ciou-identical", "ciou", IDENTICAL,
        "catches: α = 0/0, whose gradient is NaN even where the value is mended afterwards",
        "mmdetection 3.3.0 ciou_loss and PaddleDetection bbox_iou, run",
    ),
    pairs_gradient(
        "gradient-ciou-point-inside", "ciou", [([5, 5, 5, 5], [0, 0, 10, 10])],
        "catches: a gradient clipped, or an ε on the width too, where a prediction has no area: 1.27e6 is right",
        f"{SURVEY}; https://github.com/ultralytics/ultralytics/pull/24658 would have moved ε",
        printed=[["-1.27e6", "", "1.27e6", ""]],
    ),
    pairs_gradient(
        "gradient-ciou-no-width-no-height", "ciou", [([4, 2, 4, 8], [0, 0, 10, 10]), ([2, 4, 8, 4], [0, 0, 10, 10])],
        "catches: w/h without ε (NaN), a box without area left out", "torchvision gives NaN",
    ),
    pairs_gradient(
        "gradient-ciou-below-minus-one", "ciou", [([0, 0, 100, 1], [500, 500, 501, 600])],
        "catches: the gradient of a CIoU clamped to [-1, 1], which is 0 for far boxes",
        "mmyolo and mmdetection clamp, run",
    ),
    pairs_gradient(
        "gradient-ciou-inverted", "ciou", [([10, 0, 0, 10], [-5, -5, 15, 15]), ([8, 2, 3, 9], [1, 0, 11, 12])],
        "catches: sides of an inverted box cut off at 0, so that it cannot turn back", "keras-cv and mmdetection cut off, run",
    ),
    pairs_gradient(
        "gradient-ciou-thousandth-px", "ciou", scaled(PLAIN[2], 1e-3),
        "catches: an ε in another place, or of another size", "Ultralytics 8.4.190 adds 1e-7 to heights and denominators",
    ),
)

GOLDEN = DECODED + FAMILY + COMPLETE

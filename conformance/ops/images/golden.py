"""Golden cases of images and their boxes."""

from __future__ import annotations

from typing import Any, Dict

import numpy as np

from conformance.cases.case import Case
from conformance.cases.stored import Definition, as_expected
from conformance.judging.rounding import Precision

SEED = "seed 001, section 1.1"

GOLDEN = (
    Definition(
        "resized-whole-share", "resized_shape", ("GEO-1",), "catches: a ratio in float64, 87 · (320 / 116) = 240.00000000000003",
        "Ultralytics load_image, run", {"shape": (116, 87), "size": 320},
    ),
    Definition(
        "resized-thin", "resized_shape", ("GEO-1",), "catches: a short side that is cut off to 0", "yolov5 10558; " + SEED,
        {"shape": (2000, 1), "size": 640},
    ),
    Definition(
        "letterbox-half", "letterbox_geometry", ("GEO-2", "GEO-3"), "catches: halves rounded up, as in C++",
        "Ultralytics LetterBox; 40 of 154,560 shapes", {"shape": (4, 3), "new_shape": (6, 6)},
    ),
    Definition(
        "letterbox-odd-padding", "letterbox_geometry", ("GEO-3",), "catches: the odd pixel left and above, or lost",
        "YOLOs-CPP 147", {"shape": (101, 203), "new_shape": (128, 256)},
    ),
    Definition(
        "letterbox-boxes", "letterbox_boxes", ("GEO-4",), "catches: padding swapped; half of the rest added; each axis its own ratio",
        "yolov5 5064, Ultralytics 17728", {"boxes": [[0, 0, 101, 100], [10, 20, 30, 40]], "shape": (100, 101), "new_shape": (640, 640)},
    ),
    Definition(
        "restored-boxes", "restore_boxes", ("GEO-5",), "catches: one gain for both axes, padding of the unrounded side, no clip",
        "Ultralytics before 23967 and 25855; " + SEED,
        {"boxes": [[0, 3, 640, 637], [-50, 0, 900, 700], [100, 100, 200, 200]], "network_shape": (640, 640), "image_shape": (100, 101)},
    ),
    Definition(
        "shares-to-px", "denormalise_boxes", ("GEO-6",), "catches: padding before scaling, width for height", SEED,
        {"boxes": [[0.5, 0.5, 1, 1], [0.25, 0.5, 0.5, 0.25], [0, 1, 0.5, 0.5]], "shape": (40, 80), "padding": [10, 3]},
    ),
    Definition(
        "flipped-boxes", "flip_boxes", ("AUG-1",), "catches: W − 1 − x; corners that do not trade places", SEED,
        {"boxes": [[0, 1, 2, 5], [-3, 0, 9, 4]], "width": 8},
    ),
    Definition(
        "mosaic-cut", "mosaic_layout", ("AUG-2",), "catches: images taken from their upper left corner; offsets that were clipped",
        "YOLOX 994, yolov5 1020; " + SEED,
        {"shapes": [[8, 9], [5, 3], [2, 8], [20, 12]], "centre": [5, 9], "size": 8},
    ),
    Definition(
        "warped-boxes", "warp_boxes", ("AUG-3",), "catches: two corners for four, no division by the third coordinate", SEED,
        {"boxes": [[0, 0, 4, 2], [-1, -1, 1, 1]], "matrix": [[0.5, -0.75, 3], [0.75, 0.5, -2], [0.0625, 0, 1]]},
    ),
    Definition(
        "kept-boxes", "keep_boxes", ("AUG-4",), "catches: limits that are met counting as passed", "Ultralytics box_candidates, run",
        {"before": [[0, 0, 10, 10], [0, 0, 10, 10], [0, 0, 8, 16], [0, 0, 402, 4], [0, 0, 396, 4], [0, 0, 0, 10]],
         "after": [[0, 0, 2, 10], [0, 0, 2.5, 10], [0, 0, 3, 4], [0, 0, 402, 4], [0, 0, 396, 4], [0, 0, 5, 5]]},
    ),
    Definition(
        "hsv-turned-back", "hsv_tables", ("AUG-5",), "catches: hues below 0 that saturate or wrap at 256, not at 180",
        "Ultralytics RandomHSV; " + SEED, {"gains": [-0.015625, 0.5, -0.5]},
    ),
    Definition(
        "seed-001-mixup", "mixup", ("MIX-1", "MIX-2"), "catches: λ on both images, 0.625 · (250 + 250) = 312, which is 56 in uint8",
        SEED + ", which writes λ twice",
        {"image1": [[[250, 3, 200]]], "image2": [[[250, 2, 100]]], "lam": 0.625},
    ),
)  # fmt: skip


def _ratio(case: Case, expected: Any, precision: Precision) -> Dict[str, np.ndarray]:
    """One division."""
    return {"ratio": 5 * precision.u * expected["ratio"]}


BOUNDS = {"letterbox_geometry": _ratio}
LEGAL_SETS = {
    "resized_shape": as_expected("resized"), "letterbox_geometry": as_expected("size", "padding"),
    "mosaic_layout": as_expected("paste", "source", "offset"), "keep_boxes": as_expected("kept"),
    "hsv_tables": as_expected("tables"), "mixup": as_expected("mixed"),
}  # fmt: skip

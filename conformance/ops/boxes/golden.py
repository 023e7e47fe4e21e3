"""Anchors, distances and decoded boxes."""

from __future__ import annotations

import dataclasses

import numpy as np

from conformance.cases.stored import Definition, pattern
from refimpl import YOLOV8

TWO_LEVELS = dataclasses.replace(YOLOV8, strides=(8, 16))
FOUR_BINS = dataclasses.replace(YOLOV8, reg_max=4)


def peaks(*bins: int, reg_max: int = 16, height: float = 60.0) -> np.ndarray:
    """Logits (4R,) of one anchor, all mass of each side on one bin."""
    logits = np.zeros((4, reg_max))
    logits[np.arange(4), bins] = height
    return logits.ravel()


ANCHORS = (
    Definition(
        "anchors-height-unlike-width", "make_anchors", ("ANC-1", "ANC-2"),
        "catches: height and width swapped, or x outer and y inner; a square map hides both",
        "MultimediaTechLab/YOLO before 959b9b0; the default order of NumPy's meshgrid",
        {"feature_shapes": [(2, 3), (1, 2)]}, TWO_LEVELS,
    ),
    Definition(
        "anchors-three-odd-levels", "make_anchors", ("ANC-1", "ANC-2"),
        "catches: a grid offset of 0, and cell counts by W // stride * H // stride, which lacks its parentheses",
        "rewrites in the wild; MultimediaTechLab/YOLO Vec2Box",
        {"feature_shapes": [(3, 5), (2, 3), (1, 2)]},
    ),
    Definition(
        "anchors-one-level", "make_anchors", ("ANC-1", "ANC-2"),
        "catches: three levels taken for granted, such as a read of strides[1]",
        "https://github.com/ultralytics/ultralytics/pull/23369",
        {"feature_shapes": [(2, 2)]}, dataclasses.replace(YOLOV8, strides=(16,)),
    ),
)

DISTANCES = (
    Definition(
        "dist2bbox-four-sides", "dist2bbox", ("DEC-1",),
        "catches: sides taken in another order than left, top, right, bottom",
        "by hand",
        {"distance": [[[1, 2, 4, 8], [0.5, 0.25, 0, 3]]], "anchor_points": [[0.5, 0.5], [1.5, 0.5]]},
    ),
    Definition(
        "dist2bbox-off-the-map", "dist2bbox", ("DEC-1",),
        "catches: boxes clamped to the image or distances clamped to 0, which the loss must not see",
        "keras-cv's inference path and a rewrite clamp",
        {"distance": [[[7, 9, 40, 2], [-1, -2, -3, -4]]], "anchor_points": [[0.5, 0.5], [3.5, 1.5]]},
    ),
    Definition(
        "bbox2dist-past-both-ends", "bbox2dist", ("DEC-2",),
        "catches: a clamp to R − 1 (15 for 14.99), a margin of 0.1 for 0.01, no clamp at 0",
        "mmdetection's default margin is 0.1; MultimediaTechLab/YOLO, PaddleDetection clamp elsewhere",
        {"anchor_points": [[2.5, 2.5], [2.5, 2.5]], "bboxes": [[[-40, -12.5, 17.5, 2], [1, 2, 17.4375, 17.4921875]]]},
    ),
    Definition(
        "bbox2dist-four-bins", "bbox2dist", ("DEC-2",),
        "catches: 16 bins taken for granted",
        "by hand",
        {"anchor_points": [[4.5, 4.5]], "bboxes": [[[1.5, 2.5, 7.5, 5.25]]]}, FOUR_BINS,
    ),
)

DECODED = (
    Definition(
        "decode-equal-logits", "decode_boxes", ("DEC-3",),
        "catches: bins counted from 1, from a half, or up to R; equal logits must give (R − 1) / 2 = 7.5",
        "a rewrite that decodes with bins + 0.5; the 17 bins of PaddleDetection, YOLOv6",
        {"pred_dist": np.zeros((1, 1, 64)), "anchor_points": [[10.5, 8.5]]},
    ),
    Definition(
        "decode-one-bin-each", "decode_boxes", ("DEC-3",),
        "catches: channels read as (R, 4) for (4, R), and sides in another order",
        "shape errors and silent transposes in rewrites",
        {"pred_dist": [[peaks(1, 4, 9, 15), peaks(15, 0, 2, 7)]], "anchor_points": [[0.5, 0.5], [1.5, 0.5]]},
    ),
    Definition(
        "decode-huge-logits", "decode_boxes", ("DEC-3",),
        "catches: a softmax that does not subtract the largest logit and overflows",
        "by hand",
        {"pred_dist": [[peaks(3, 5, 7, 9, height=800.0), -peaks(3, 5, 7, 9, height=800.0)]], "anchor_points": [[0.5, 0.5]] * 2},
    ),
    Definition(
        "decode-four-bins", "decode_boxes", ("DEC-3",),
        "catches: 16 bins taken for granted, an epsilon in the softmax, a matmul in half precision",
        "mindyolo decodes in float16",
        {"pred_dist": pattern((2, 2, 16), 1), "anchor_points": [[0.5, 0.5], [1.5, 0.5]]}, FOUR_BINS,
    ),
)

GOLDEN = DISTANCES + DECODED

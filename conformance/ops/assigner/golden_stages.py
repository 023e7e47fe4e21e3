"""The assigner step by step: candidates, metric, top-k, conflicts."""

from __future__ import annotations

import dataclasses

import numpy as np

from conformance.cases.stored import SMALL, Definition
from refimpl import YOLOV8, Dialect

WIDENED = dataclasses.replace(YOLOV8, widen_gts="to_second_stride")
GRID = [[x, y] for y in (4, 12, 20, 28) for x in (4, 12, 20, 28)]
"""Anchor points of a 32 px image at stride 8, px."""

ULTRALYTICS_8_4 = "Ultralytics 8.4.128 and later; https://github.com/ultralytics/ultralytics/pull/25912"


def candidates(id: str, boxes: list, why: str, source: str, points: list = GRID, dialect: Dialect = YOLOV8) -> Definition:
    """A case of the in-box test of one image, all of its boxes real."""
    inputs = {"anchor_points": points, "gt_bboxes": [boxes], "mask_gt": [[[1]] * len(boxes)]}
    return Definition(id, "candidates_in_gts", ("TAL-1",), why, source, inputs, dialect)


CANDIDATES = (
    candidates(
        "x5-candidates-on-an-edge", [[20, 20, 38, 38]],
        "catches: >= for >; the five anchors strictly inside are (28, 28), (36, 28), (28, 36), (36, 36), (24, 24)",
        "Ultralytics, all releases, run: 5; LibreYOLO, MultimediaTechLab/YOLO test >= 0",
        [[x, y] for y in (12, 20, 28, 36, 44) for x in (12, 20, 28, 36, 44)] + [[8, 24], [24, 24], [40, 40]],
    ),
    candidates(
        "candidates-by-a-hairs-breadth", [[0, 0, 8, 8]],
        "catches: > 0 (keras-cv) or > 0.01 (mmdetection) for > 1e-9",
        "Ultralytics, all releases",
        [[2.0**-31, 4], [2.0**-29, 4], [0.0078125, 4], [4, 4], [8, 4]],
    ),
    candidates(
        "candidates-negative-corners", [[-20, -20, 10, 30], [30, -6, 18, 40]],
        "catches: corners clamped to the image; an inverted box put right, which holds no anchor",
        "by hand",
    ),
    candidates(
        "candidates-5-px-box", [[10, 10, 15, 15]],
        "catches: a small box widened where the dialect has no least side",
        "Ultralytics 8.0.52–8.3.252",
    ),
    candidates(
        "candidates-5-px-box-widened", [[10, 10, 15, 15]],
        "catches: a small box not widened, or from its corner instead of about its centre",
        ULTRALYTICS_8_4, dialect=WIDENED,
    ),
    candidates(
        "candidates-12-px-box-widened", [[13, 13, 25, 25], [13, 1, 25, 31]],
        "catches: sides widened only below strides[0] = 8 px, or both sides widened when one is short",
        f"Ultralytics 8.4.0–8.4.127 and yolo-mlx do; {ULTRALYTICS_8_4}", dialect=WIDENED,
    ),
)

BOX = [10, 20, 50, 60]
ALIGNMENTS = (
    Definition(
        "metric-alpha-and-beta", "alignment_metric", ("TAL-2", "TAL-3"),
        "catches: α and β swapped, the score of another class, the largest score of all classes",
        "by hand; rewrites in the wild",
        {"pd_scores": [[[0.0625, 0.75, 0.5], [0.25, 0.5, 0.875], [0.5, 0.125, 1]]],
         "pd_bboxes": [[[12, 18, 48, 62], [20, 30, 70, 64], [10, 20, 50, 60]]],
         "gt_labels": [[[0], [2]]], "gt_bboxes": [[BOX, [18, 24, 66, 70]]], "mask": [[[1, 1, 1], [1, 1, 1]]]},
        dataclasses.replace(YOLOV8, num_classes=3),
    ),
    Definition(
        "metric-without-overlap", "alignment_metric", ("TAL-2", "TAL-3"),
        "catches: a negative CIoU that is not cut off at 0 and counts as quality at an even power",
        "keras-cv; https://github.com/keras-team/keras-cv/issues/2253",
        {"pd_scores": [[[0.5, 0.5], [1, 1]]], "pd_bboxes": [[[100, 100, 130, 110], [50, 20, 90, 60]]],
         "gt_labels": [[[1]]], "gt_bboxes": [[BOX]], "mask": [[[1, 1]]]},
        SMALL,
    ),
    Definition(
        "metric-off-the-mask", "alignment_metric", ("TAL-2", "TAL-3"),
        "catches: overlaps that are not masked, so that a box may own an anchor outside it",
        "Ultralytics <= 8.0.51, mmyolo, yolov9, YOLOv6",
        {"pd_scores": [[[1, 1], [0.5, 0.5], [0.25, 1]]], "pd_bboxes": [[BOX, BOX, [12, 22, 52, 62]]],
         "gt_labels": [[[0], [1]]], "gt_bboxes": [[BOX, BOX]], "mask": [[[0, 1, 1], [0, 0, 0]]]},
        SMALL,
    ),
    Definition(
        "metric-scores-zero-and-one", "alignment_metric", ("TAL-3",),
        "catches: an epsilon added to the score, or a metric by logarithms",
        "by hand",
        {"pd_scores": [[[0, 1], [1, 0], [1e-14, 0.5]]], "pd_bboxes": [[[12, 22, 48, 58]] * 3],
         "gt_labels": [[[0]]], "gt_bboxes": [[BOX]], "mask": [[[1, 1, 1]]]},
        SMALL,
    ),
)


def topk(id: str, metric: list, why: str, source: str, *, k: int = 2, mask: tuple = (1,)) -> Definition:
    """A case of the claims of one image."""
    inputs = {"metric": [metric], "mask_gt": [[[row] for row in mask]]}
    return Definition(id, "select_topk", ("TAL-4",), why, source, inputs, dataclasses.replace(SMALL, topk=k))


CLAIMS = (
    topk(
        "topk-distinct", [[0.1, 0.7, 0.3, 0.5], [0.9, 0.2, 0.4, 0.6]],
        "catches: the k smallest, k along the wrong axis, one set for all boxes",
        "a rewrite that loops over [:, k] for [..., k]", mask=(1, 1),
    ),
    topk(
        "topk-equal-metrics", [[0.5, 0.25, 0.5, 0.5, 0.125]],
        "catches: all anchors at or above the k-th metric taken, which are three for k = 2",
        "yolocpp before 6f211d7",
    ),
    topk(
        "x3-topk-all-zero", [[0, 0, 0, 0, 0]],
        "catches: anchors of metric 0 not claimed (TOOD, keras-cv claim none): exactly k are, whichever",
        "Ultralytics, all releases, run: 10 of k = 10", k=3,
    ),
    topk(
        "topk-minute", [[3e-12, 1e-12, 4e-12, 2e-12, 0]],
        "catches: metrics compared with a slack of 1e-9, which claims them all",
        "yolocpp",
    ),
    topk(
        "topk-padding-row", [[0, 0, 0, 0], [0.25, 0.5, 0.125, 0.75]],
        "catches: a padding row whose k indices, all set to 0, keep real rows from anchor 0 or claim it",
        "https://github.com/PaddlePaddle/PaddleDetection/issues/5710", mask=(0, 1),
    ),
    topk("topk-k-anchors", [[0.25, 0.5, 0.125]], "catches: k - 1 claimed, or an index past the end", "by hand", k=3),
)


def conflicts(id: str, claims: list, overlaps: list, why: str, source: str) -> Definition:
    """A case of conflict resolution in one image."""
    inputs = {"mask_pos": [claims], "overlaps": [np.array(overlaps)]}
    return Definition(id, "resolve_conflicts", ("TAL-5",), why, source, inputs, SMALL)


CONFLICTS = (
    conflicts(
        "resolve-largest-overlap", [[1, 1, 0], [1, 1, 1], [0, 1, 0]], [[0.5, 0.25, 0.75], [0.25, 0.5, 0.25], [0, 0.375, 0]],
        "catches: the last claimant wins, or the first, or none (shared anchors dropped)",
        "rewrites in the wild; the answers in ultralytics issues 8158 and 10324",
    ),
    conflicts(
        "resolve-owner-did-not-claim", [[1, 1], [1, 0], [0, 0]], [[0.25, 0.25], [0.5, 0.125], [0.75, 0.5]],
        "catches: the largest overlap looked for among claimants only (MultimediaTechLab/YOLO, mmdetection)",
        "Ultralytics, all releases, run",
    ),
    conflicts(
        "resolve-sole-claimant-keeps", [[1, 0], [0, 0]], [[0.125, 0.5], [0.875, 0.75]],
        "catches: every anchor given to its largest overlap, contested or not",
        "by hand",
    ),
    conflicts(
        "resolve-equal-overlaps", [[1, 0, 1], [1, 1, 1]], [[0.5, 0.25, 0.5], [0.5, 0.25, 0.25]],
        "catches: a contested anchor of equal overlaps given to both or to none",
        "by hand; which of the two is left open",
    ),
)

GOLDEN = CANDIDATES + ALIGNMENTS + CLAIMS + CONFLICTS

"""Bounds and legal sets of golden padded targets."""

from __future__ import annotations

from typing import Any, Dict, Tuple

import numpy as np

from conformance.cases.case import Case
from conformance.cases.stored import UNJUDGED, over_precisions, ranged, where_judged
from conformance.judging.rounding import Precision, Rounded
from conformance.ops.targets.pixels import coordinate_sums, pixel_boxes
from refimpl.targets import to_pixels

Arrays = Dict[str, np.ndarray]


def _bounds(case: Case, expected: Any, precision: Precision) -> Arrays:
    """Nothing is asked of rows that are masked out."""
    error = np.full(expected["gt_bboxes"].shape, UNJUDGED)
    for b in range(case.batch_size):
        rows = case.targets[case.targets[:, 0] == b]
        error[b, : len(rows)] = to_pixels(Rounded(rows[:, 2:], precision), case.image_size).error
    return {"gt_bboxes": np.where(expected["mask_gt"], error, UNJUDGED)}


def _sets(case: Case, expected: Arrays) -> Arrays:
    """A box is masked in if its coordinates may have a positive sum; nothing is asked of the label of padding."""
    def positive_sum(precision: Any) -> Tuple[np.ndarray, np.ndarray]:
        must, may = np.zeros((2,) + expected["mask_gt"].shape, bool)
        for b in range(case.batch_size):
            rows = case.targets[case.targets[:, 0] == b]
            total = coordinate_sums(pixel_boxes(rows[:, 2:], case.image_size, precision))
            must[b, : len(rows), 0], may[b, : len(rows), 0] = total.lo > 0, total.hi > 0
        return must, may

    labels = where_judged("gt_labels", expected["gt_labels"], expected["mask_gt"])
    return {**labels, **ranged("mask_gt", *over_precisions(positive_sum))}


BOUNDS = {"pad_targets": _bounds}
LEGAL_SETS = {"pad_targets": _sets}

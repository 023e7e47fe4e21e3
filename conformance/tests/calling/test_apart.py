"""A candidate in a process of its own is asked as any other is."""

import contextlib

import numpy as np
import pytest

import refimpl
from conformance.calling.candidate import find
from conformance.calling.remote.limits import Limits
from conformance.cases.protocol import OPS
from conformance.judging.rounding import FLOAT64
from refimpl import LIBREYOLO9, YOLO26

BOX = np.array([[[0.25, 0.25, 1, 0.75]]])
FOREGROUND = {
    "pred_dist": np.array([[[0.0, 3, 6, 2]]]), "pred_bboxes": BOX, "anchor_points": np.array([[0.5, 0.5]]),
    "target_bboxes": BOX / 2, "target_scores": np.ones((1, 1, 80)), "target_scores_sum": np.array(80.0),
    "fg_mask": np.ones((1, 1), bool), "stride_tensor": np.array([[8.0]]), "image_size": (8, 16),
}  # fmt: skip
SCENE = {
    "pd_scores": np.full((1, 1, 80), 0.5), "pd_bboxes": 8 * BOX, "anchor_points": np.array([[4.0, 4]]),
    "gt_labels": np.zeros((1, 1, 1), int), "gt_bboxes": 8 * BOX, "mask_gt": np.ones((1, 1, 1), bool), "stride_tensor": np.array([[8.0]]),
}  # fmt: skip


@pytest.mark.parametrize("op, dialect, given", [("bbox_loss", YOLO26, FOREGROUND), ("assign", LIBREYOLO9, SCENE)])
def test_arguments_that_may_be_left_out_reach_it(op, dialect, given):
    expected = OPS[op].function(**given, dialect=dialect)

    with contextlib.closing(find("conformance.candidates.reference32:factory", dialect.name, Limits())) as apart:
        got = apart.call(op, dialect, list(given.values()), FLOAT64)

    assert all(map(np.array_equal, got, expected))


def test_they_reach_its_gradients_too():
    ones = [np.array(1.0), np.array(1.0)]
    expected = refimpl.bbox_loss_vjp(**FOREGROUND, cotangent_box=ones[0], cotangent_dfl=ones[1], dialect=YOLO26)

    with contextlib.closing(find("conformance.candidates.reference32:factory", "YOLO26", Limits())) as apart:
        got = apart.gradients("bbox_loss", YOLO26, list(FOREGROUND.values()), ones, FLOAT64)

    assert all(map(np.array_equal, got, expected)) and any(x.any() for x in got)

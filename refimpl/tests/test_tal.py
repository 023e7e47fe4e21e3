"""The Task-Aligned Assigner: soft targets, and the whole by hand."""

from dataclasses import replace

import numpy as np

from refimpl import LABEL_ASSIGNER, YOLOV8, assign, resolve_conflicts
from refimpl.alignment import Alignment
from refimpl.scores import target_scores
from refimpl.tal import owned_targets

TWO, THREE = (replace(YOLOV8, num_classes=3, topk=k) for k in (2, 3))


def test_target_scores_scale_the_metric_to_the_best_overlap_of_the_box():
    # Box 0 of class 2 owns anchors 0 and 1: metrics 1/4 and 1/8, best overlap 1/2; so 1/2 and 1/4 with norm_eps = 0.
    # The metric 9 and overlap 1 of anchor 2, which it does not own, count for nothing.
    dialect = replace(THREE, norm_eps=0)
    alignment = Alignment(np.array([[[1 / 4, 1 / 8, 9]]]), np.array([[[1 / 2, 1 / 4, 1]]]))
    owners = resolve_conflicts([[[1, 1, 0]]], alignment.overlaps, dialect=TWO)

    scores = target_scores(alignment, owners, np.array([[[2]]]), dialect=dialect)

    assert scores.tolist() == [[[0, 0, 1 / 2], [0, 0, 1 / 4], [0, 0, 0]]]


def test_target_scores_of_metrics_that_are_all_zero_are_zero():
    nothing = Alignment(np.zeros((1, 1, 2)), np.zeros((1, 1, 2)))

    scores = target_scores(nothing, resolve_conflicts([[[1, 1]]], nothing.overlaps, dialect=TWO), np.array([[[0]]]), dialect=TWO)

    assert not scores.any()


def test_an_anchor_carries_label_and_box_of_its_owner():
    labels, boxes = np.array([[[2], [1]]]), np.arange(8.0).reshape(1, 2, 4)

    got = owned_targets(np.array([[1, 0, 1]]), labels, boxes, dialect=TWO)

    assert got[0].tolist() == [[1, 2, 1]]
    assert got[1].tolist() == [[[4, 5, 6, 7], [0, 1, 2, 3], [4, 5, 6, 7]]]


SCENE = {
    "pd_scores": np.array([[[0, 0.25, 0], [0, 1, 0], [0, 0, 0.25], [1, 1, 1]]]),
    "pd_bboxes": np.array([[[0, 0, 8, 8], [2, 2, 6, 6], [8, 0, 16, 8], [0, 0, 8, 8]]], float),
    "anchor_points": np.array([[2, 2], [6, 6], [12, 4], [12, 12]], float),
    "gt_labels": np.array([[[1], [2]]]),
    "gt_bboxes": np.array([[[0, 0, 8, 8], [8, 0, 16, 8]]], float),
    "mask_gt": np.array([[[True], [True]]]),
}
"""Two boxes side by side: anchors 0 and 1 in the first, with overlaps 1 and 1/4, 2 in the second, with 1, and 3 in none."""

EXACT = replace(TWO, iou_eps=2.0**-80, overlap_eps=2.0**-80, norm_eps=2.0**-80)
"""Too small to be seen in a sum with any number of the scene, and enough to divide by."""


def test_a_scene_of_two_boxes_by_hand():
    # First box: metrics √0.25 · 1 = 1/2 and √1 · (1/4)⁶ = 2^−12, best overlap 1: scores 1 and 2^−11. Second: 1.
    assigned = assign(**SCENE, dialect=EXACT)

    assert assigned.fg_mask.tolist() == [[True, True, True, False]]
    assert assigned.target_gt_idx.tolist() == [[0, 0, 1, 0]]
    assert assigned.target_labels.tolist() == [[1, 1, 2, 1]]
    assert assigned.target_scores.tolist() == [[[0, 1, 0], [0, 2.0**-11, 0], [0, 0, 1], [0, 0, 0]]]
    assert assigned.target_bboxes[0, :3].tolist() == [[0, 0, 8, 8], [0, 0, 8, 8], [8, 0, 16, 8]]


def test_a_box_with_fewer_than_k_anchors_inside_drops_the_claims_outside():
    # The second box claims anchor 2 and, of the zeros, anchor 0; that one lies outside it and stays with the first box.
    assert assign(**SCENE, dialect=EXACT).target_gt_idx[0, 0] == 0


def test_the_dialect_of_the_label_assigner_keeps_claims_outside_the_box():
    # A smaller first box holds anchor 0 only. Its second claim is the first of its zeros, anchor 1, outside it. The second
    # claim of the second box is anchor 0: contested, it stays with the first box, which overlaps it.
    outside = {**SCENE, "gt_bboxes": np.array([[[0, 0, 4, 4], [8, 0, 16, 8]]], float)}

    inner = assign(**outside, dialect=EXACT)
    all_claims = assign(**outside, dialect=replace(EXACT, topk_among=LABEL_ASSIGNER.topk_among))

    assert inner.fg_mask.tolist() == [[True, False, True, False]]
    assert all_claims.fg_mask.tolist() == [[True, True, True, False]]
    assert all_claims.target_scores[0, 1].tolist() == [0, 0, 0]


def test_padding_may_stand_in_any_row_and_takes_no_part():
    first = {name: SCENE[name] for name in ("gt_labels", "gt_bboxes", "mask_gt")}
    padded = {name: np.concatenate([np.zeros_like(rows[:, :1]), rows], axis=1) for name, rows in first.items()}

    assigned = assign(**{**SCENE, **padded}, dialect=EXACT)

    assert assigned.target_gt_idx[assigned.fg_mask].tolist() == [1, 1, 2]
    assert (assigned.target_scores == assign(**SCENE, dialect=EXACT).target_scores).all()


def test_a_masked_box_is_not_assigned_however_well_it_fits():
    masked = {**SCENE, "mask_gt": np.array([[[False], [True]]])}

    assert assign(**masked, dialect=EXACT).fg_mask.tolist() == [[False, False, True, False]]


def test_images_are_assigned_each_by_itself():
    twice = {name: array if name == "anchor_points" else np.concatenate([array, array]) for name, array in SCENE.items()}
    twice["mask_gt"][1] = False

    assigned = assign(**twice, dialect=EXACT)

    assert assigned.fg_mask.sum(axis=1).tolist() == [3, 0]
    assert not assigned.target_scores[1].any()


def test_without_ground_truths_all_is_background_of_no_class():
    empty = {"gt_labels": np.zeros((1, 0, 1)), "gt_bboxes": np.zeros((1, 0, 4)), "mask_gt": np.zeros((1, 0, 1))}

    assigned = assign(**{**SCENE, **empty}, dialect=EXACT)

    assert assigned.target_labels.tolist() == [[3, 3, 3, 3]]
    assert not assigned.fg_mask.any() and not assigned.target_bboxes.any() and not assigned.target_scores.any()

"""The Task-Aligned Assigner step by step: claims, conflicts, soft targets, and the whole."""

from dataclasses import replace

import numpy as np
import pytest

from refimpl import (
    LABEL_ASSIGNER,
    YOLOV8,
    NumberTypeError,
    RangeError,
    ShapeError,
    assign,
    resolve_conflicts,
    select_topk,
)
from refimpl.alignment import Alignment
from refimpl.tal import owned_targets, target_scores

ONE, TWO, THREE = (replace(YOLOV8, num_classes=3, topk=k) for k in (1, 2, 3))


def claimed(metric, mask=True, dialect=TWO):
    metric = np.array([metric], float)
    return select_topk(metric, np.broadcast_to(mask, (1, len(metric[0]), 1)), dialect=dialect)[0].astype(int).tolist()


@pytest.mark.parametrize(
    "metric, expected",
    [
        ([0.1, 0.4, 0.2, 0.3], [0, 1, 0, 1]),
        ([0.4, 0.4, 0.4, 0.4], [1, 1, 0, 0]),  # all equal: the lower indices
        ([0.2, 0.9, 0.2, 0.2], [1, 1, 0, 0]),  # a tie for the last place
        ([0.0, 0.0, 0.0, 0.9], [1, 0, 0, 1]),  # zero is a low metric, not an absent one
        ([0.0, 0.0, 0.0, 0.0], [1, 1, 0, 0]),
        ([1e-300, 0.0, 1e-310, 0.0], [1, 0, 1, 0]),
    ],
)
def test_exactly_k_anchors_are_claimed_and_ties_go_to_the_lower_index(metric, expected):
    assert claimed([metric]) == [expected]


def test_each_ground_truth_claims_for_itself_and_masked_ones_claim_nothing():
    metric = [[0.3, 0.2, 0.1], [0.3, 0.2, 0.1], [0.1, 0.2, 0.3]]

    assert claimed(metric, [[True], [False], [True]]) == [[1, 1, 0], [0, 0, 0], [0, 1, 1]]


@pytest.mark.parametrize("anchors", [0, 1, 2])
def test_with_fewer_than_k_anchors_all_are_claimed(anchors):
    assert claimed([[0.5] * anchors], dialect=THREE) == [[1] * anchors]


def test_without_ground_truths_nothing_is_claimed():
    assert select_topk(np.zeros((2, 0, 5)), np.zeros((2, 0, 1)), dialect=TWO).shape == (2, 0, 5)


def test_a_contested_anchor_goes_to_the_largest_overlap_and_the_rest_stay():
    # Anchor 0 is claimed by both, 1 by gt 0, 2 by gt 1, 3 by none.
    claims, overlaps = [[[1, 1, 0, 0], [1, 0, 1, 0]]], [[[0.2, 0.1, 0.9, 0.9], [0.3, 0.8, 0.1, 0.1]]]

    owner, fg, mask = resolve_conflicts(claims, overlaps)

    assert fg.tolist() == [[True, True, True, False]]
    assert owner.tolist() == [[1, 0, 1, 0]]
    assert mask.astype(int).tolist() == [[[0, 1, 0, 0], [1, 0, 1, 0]]]


def test_a_ground_truth_that_did_not_claim_a_contested_anchor_may_own_it():
    owner, _, mask = resolve_conflicts([[[1], [1], [0]]], [[[0.2], [0.3], [0.4]]])

    assert owner.tolist() == [[2]] and mask[0, :, 0].tolist() == [False, False, True]


def test_of_equal_overlaps_the_lower_index_owns():
    assert resolve_conflicts([[[0], [1], [1]]], [[[0.1], [0.5], [0.5]]]).target_gt_idx.tolist() == [[1]]
    assert resolve_conflicts([[[0], [1], [1]]], [[[0], [0], [0]]]).target_gt_idx.tolist() == [[0]]


def test_without_ground_truths_all_is_background():
    owner, fg, mask = resolve_conflicts(np.zeros((2, 0, 3)), np.zeros((2, 0, 3)))

    assert not owner.any() and not fg.any() and mask.shape == (2, 0, 3)
    assert owner.shape == fg.shape == (2, 3)


def test_target_scores_scale_the_metric_to_the_best_overlap_of_the_box():
    # Box 0 of class 2 owns anchors 0 and 1: metrics 1/4 and 1/8, best overlap 1/2; so 1/2 and 1/4 with norm_eps = 0.
    # The metric 9 and overlap 1 of anchor 2, which it does not own, count for nothing.
    dialect = replace(THREE, norm_eps=0)
    alignment = Alignment(np.array([[[1 / 4, 1 / 8, 9]]]), np.array([[[1 / 2, 1 / 4, 1]]]))
    owners = resolve_conflicts([[[1, 1, 0]]], alignment.overlaps)

    scores = target_scores(alignment, owners, np.array([[[2]]]), dialect=dialect)

    assert scores.tolist() == [[[0, 0, 1 / 2], [0, 0, 1 / 4], [0, 0, 0]]]


def test_target_scores_of_metrics_that_are_all_zero_are_zero():
    nothing = Alignment(np.zeros((1, 1, 2)), np.zeros((1, 1, 2)))

    scores = target_scores(nothing, resolve_conflicts([[[1, 1]]], nothing.overlaps), np.array([[[0]]]), dialect=TWO)

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

EXACT = replace(TWO, iou_eps=2.0**-80, norm_eps=2.0**-80)
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
    all_claims = assign(**outside, dialect=replace(EXACT, claims_inside=LABEL_ASSIGNER.claims_inside))

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


@pytest.mark.parametrize(
    "call, kind, text",
    [
        (
            lambda: select_topk(np.ones((1, 2, 3)), np.ones((1, 3, 1)), dialect=TWO),
            ShapeError,
            "mask_gt: expected shape (B, G, 1), got (1, 3, 1); B=1 from metric, G=2 from metric",
        ),
        (
            lambda: select_topk(np.ones((1, 2, 3)), np.full((1, 2, 1), 0.5), dialect=TWO),
            NumberTypeError,
            "mask_gt: expected a mask of 0 and 1, got dtype float64 with [0.5 0.5]",
        ),
        (
            lambda: resolve_conflicts(np.ones((1, 2, 3)), np.ones((1, 2, 4))),
            ShapeError,
            "overlaps: expected shape (B, G, A), got (1, 2, 4); A=3 from mask_pos, B=1 from mask_pos, G=2 from mask_pos",
        ),
        (
            lambda: assign(**{**SCENE, "gt_labels": np.full((1, 2, 1), 3)}, dialect=TWO),
            RangeError,
            "gt_labels: expected values in 0…2, got 3…3",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(call, kind, text):
    with pytest.raises(kind) as caught:
        call()

    assert str(caught.value) == text


@pytest.mark.parametrize("name", ["pd_scores", "pd_bboxes", "anchor_points"])
def test_arguments_of_different_numbers_of_anchors_are_refused_by_the_name_of_one_of_them(name):
    shorter = SCENE[name][1:] if name == "anchor_points" else SCENE[name][:, 1:]

    with pytest.raises(ShapeError, match="^(pd_scores|pd_bboxes|anchor_points): expected shape"):
        assign(**{**SCENE, name: shorter}, dialect=TWO)

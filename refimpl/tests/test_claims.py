"""Claims and conflicts: k anchors for each ground truth, one ground truth for each anchor."""

from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8, resolve_conflicts, select_topk

TWO, THREE = (replace(YOLOV8, topk=k) for k in (2, 3))


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

    owner, fg, mask = resolve_conflicts(claims, overlaps, dialect=YOLOV8)

    assert fg.tolist() == [[True, True, True, False]]
    assert owner.tolist() == [[1, 0, 1, 0]]
    assert mask.astype(int).tolist() == [[[0, 1, 0, 0], [1, 0, 1, 0]]]


def test_a_ground_truth_that_did_not_claim_a_contested_anchor_may_own_it():
    owner, _, mask = resolve_conflicts([[[1], [1], [0]]], [[[0.2], [0.3], [0.4]]], dialect=YOLOV8)

    assert owner.tolist() == [[2]] and mask[0, :, 0].tolist() == [False, False, True]


def test_of_equal_overlaps_the_lower_index_owns():
    assert resolve_conflicts([[[0], [1], [1]]], [[[0.1], [0.5], [0.5]]], dialect=YOLOV8).target_gt_idx.tolist() == [[1]]
    assert resolve_conflicts([[[0], [1], [1]]], [[[0], [0], [0]]], dialect=YOLOV8).target_gt_idx.tolist() == [[0]]


def test_without_ground_truths_all_is_background():
    owner, fg, mask = resolve_conflicts(np.zeros((2, 0, 3)), np.zeros((2, 0, 3)), dialect=YOLOV8)

    assert not owner.any() and not fg.any() and mask.shape == (2, 0, 3)
    assert owner.shape == fg.shape == (2, 3)

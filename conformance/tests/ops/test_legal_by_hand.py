"""Legal sets on scenes one can check by hand: which clause is broken, and what is given up."""

import itertools

import numpy as np
import pytest

from conformance.ops.assigner import legal_assignments as alternatives, legal_sets as legal, witness
from conformance.ops.assigner.legal_assignments import assignments
from conformance.ops.assigner.legal_sets import TooManyToDecide, broken_clause, legal_topk
from conformance.judging.rounding import FLOAT64, Rounded
from conformance.tests.ops.scenes_by_hand import scene


@pytest.mark.parametrize(
    "owners, clause, reason",
    [
        ((0, 0, -1, -1), None, None),
        ((0, 0, 0, -1), "TAL-4", "anchor 2: got gt 0; claimed by none"),
        ((0, -1, -1, -1), "TAL-4", "anchor 1: got background; claimed by gt 0"),
        ((0, 0, -1, 0), "TAL-1", "anchor 3: got gt 0, whose box does not contain it"),
        ((-1, 0, -1, 0), "TAL-1", "anchor 3: got gt 0, whose box does not contain it"),
    ],
)
def test_the_clause_that_one_box_breaks_is_named(owners, clause, reason):
    one = scene([[0.9, 0.8, 0.7, 0]], [[0.9, 0.8, 0.7, 0]], k=2, inside=[[True, True, True, False]])

    assert broken_clause(one, np.array(owners)) == (clause and (clause, reason))


@pytest.mark.parametrize(
    "owner, expected",
    [
        (1, None),
        (0, ("TAL-5", "anchor 0: got gt 0; gts [0, 1] claim it, largest overlap: gt [1]")),
        (-1, ("TAL-5", "anchor 0: got background; gts [0, 1] claim it, largest overlap: gt [1]")),
    ],
)
def test_a_contested_anchor_given_away_breaks_the_conflict_clause(owner, expected):
    contested = scene([[0.9], [0.8]], [[0.5], [0.6]], k=1)

    assert broken_clause(contested, np.array([owner])) == expected


@pytest.mark.parametrize("metric, clause", [(0.5, "TAL-5"), (0.0, "TAL-4")])
def test_an_anchor_that_several_claim_without_metric_and_nobody_owns_breaks_the_claims(metric, clause):
    contested = scene([[metric], [0.5 * metric]], [[0.5], [0.6]], k=1)

    assert broken_clause(contested, np.array([-1]))[0] == clause


def test_the_owner_of_a_contested_anchor_need_not_have_claimed_it():
    overlaps = [[0.5, 0.1], [0.6, 0.1], [0.7, 0.9]]
    contested = scene([[0.9, 0.1], [0.9, 0.1], [0.1, 0.9]], overlaps, k=1)

    assert broken_clause(contested, np.array([2, 2])) is None
    assert broken_clause(contested, np.array([1, 2]))[0] == "TAL-5"


@pytest.mark.parametrize("owners, legal", [((0, 0, -1), True), ((-1, 0, 0), True), ((0, 0, 0), False), ((0, -1, -1), False)])
def test_of_equal_metrics_any_may_be_claimed_but_exactly_k_must(owners, legal):
    equal = scene([[0.5, 0.5, 0.5]], [[0.5, 0.5, 0.5]], k=2)

    broken = broken_clause(equal, np.array(owners))

    assert (broken is None) == legal
    assert legal or broken == ("TAL-4", "no claims of exactly 2 anchors for each box explain these owners")


def test_without_ground_truths_all_is_background():
    empty = scene(np.zeros((0, 3)), np.zeros((0, 3)), k=1)

    assert broken_clause(empty, np.array([-1, -1, -1])) is None
    assert [owners.tolist() for owners in assignments(empty)] == [[-1, -1, -1]]


def test_a_box_that_holds_fewer_than_k_anchors_owns_them_all():
    small = scene([[0.5, 0.2, 0, 0]], [[0.5, 0.2, 0, 0]], k=3, inside=[[True, True, False, False]])

    assert broken_clause(small, np.array([0, 0, -1, -1])) is None
    assert broken_clause(small, np.array([0, -1, -1, -1]))[0] == "TAL-4"


def test_too_many_ties_are_given_up_rather_than_searched(monkeypatch):
    tied = scene(np.ones((3, 5)), np.full((3, 5), 0.5), k=2)
    monkeypatch.setattr(witness, "WITNESS_STATES", 3)
    monkeypatch.setattr(alternatives, "ALTERNATIVES", 3)

    for search in (lambda: broken_clause(tied, np.array([0, 1, 2, 0, 1])), lambda: assignments(tied)):
        with pytest.raises(TooManyToDecide):
            search()


def test_too_many_equal_overlaps_of_contested_anchors_are_given_up():
    # Both boxes claim all six anchors, each of which may go to either: 64 assignments.
    contested = scene(np.ones((2, 6)), np.full((2, 6), 0.5), k=6)

    with pytest.raises(TooManyToDecide):
        assignments(contested)


@pytest.mark.parametrize("seed", range(12))
def test_a_top_k_is_legal_if_none_left_out_is_better(seed):
    rng = np.random.default_rng(seed)
    metric, k = rng.choice([0, 0, 0.25, 0.5], 5), int(rng.integers(1, 6))

    for bits in itertools.product((False, True), repeat=5):
        chosen = np.array(bits)
        best = sum(sorted(metric)[5 - k :])
        assert legal_topk(metric, k, chosen) == (chosen.sum() == k and metric[chosen].sum() == best)


@pytest.mark.parametrize("k, chosen, expected", [(3, [True, True], True), (3, [True, False], False), (1, [False, True], True)])
def test_with_fewer_than_k_anchors_all_are_taken(k, chosen, expected):
    assert legal_topk(np.array([0.5, 0.5]), k, np.array(chosen)) == expected


def test_uncertain_metrics_may_be_claimed_in_either_order():
    apart, close = (Rounded([[0.5, 0.4]], FLOAT64, error) for error in (0.04, 0.06))
    both = scene([[0.5, 0.4]], [[0.5, 0.4]], k=1)

    assert broken_clause(both._replace(metric=apart), np.array([-1, 0])) is not None
    assert broken_clause(both._replace(metric=close), np.array([-1, 0])) is None

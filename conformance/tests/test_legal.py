"""Legal sets against brute force: every legal outcome of a tiny scene is accepted, every other one is refused."""

import itertools

import numpy as np
import pytest

from conformance import legal
from conformance.legal import TooManyToDecide, assignments, broken_clause, legal_topk
from conformance.rounding import FLOAT64, Rounded
from conformance.tests.scenes_by_hand import all_owners, drawn_scene, legal_owners, scene, weighty

EXACT = range(60)
UNCERTAIN = range(1000, 1040)
"""Seeds of scenes."""


def misjudged(scene):
    """The owners on which the witness search and brute force disagree."""
    legal = legal_owners(scene)
    return [owners for owners in all_owners(scene) if (broken_clause(scene, np.array(owners)) is None) != (owners in legal)]


def found_and_legal(scene):
    """What `assignments` finds and what brute force finds, without anchors of no weight."""
    return {weighty(scene, x) for x in assignments(scene)}, {weighty(scene, x) for x in legal_owners(scene)}


@pytest.mark.parametrize("seed", EXACT)
def test_exactly_the_legal_owners_are_accepted(seed):
    assert misjudged(drawn_scene(seed)) == []


@pytest.mark.parametrize("seed", EXACT)
def test_exactly_the_legal_assignments_are_enumerated(seed):
    found, expected = found_and_legal(drawn_scene(seed))

    assert found == expected


@pytest.mark.parametrize("seed", UNCERTAIN)
def test_no_legal_owners_are_accused_where_numbers_are_uncertain(seed):
    uncertain = drawn_scene(seed, uncertain=True)

    assert [owners for owners in misjudged(uncertain) if owners in legal_owners(uncertain)] == []


@pytest.mark.parametrize("seed", UNCERTAIN)
def test_no_legal_assignment_is_missed_where_numbers_are_uncertain(seed):
    uncertain = drawn_scene(seed, uncertain=True)

    try:
        found, expected = found_and_legal(uncertain)
    except TooManyToDecide:
        return

    assert expected <= found


def test_the_scenes_show_ties_conflicts_masked_boxes_and_owners_that_did_not_claim():
    scenes = [drawn_scene(seed) for seed in EXACT]

    assert sum(len(legal_owners(s)) > 1 for s in scenes) > 20
    assert sum(len(legal_owners(s)) == 1 for s in scenes) > 5
    assert sum((~s.valid).any() for s in scenes) > 5
    assert sum(not s.dialect.claims_inside for s in scenes) > 10
    assert sum((legal.claims(s).must.sum(0) > 1).any() for s in scenes) > 5
    assert sum((s.metric.value[s.overlaps.value > 0] == 0).any() for s in scenes) > 10


SPOILT = {
    "no ties": lambda allowed, scene: allowed._replace(may=allowed.must, least=0 * allowed.least, most=0 * allowed.most),
    "any number": lambda allowed, scene: allowed._replace(least=0 * allowed.least, most=allowed.most + 9),
    "one too many": lambda allowed, scene: allowed._replace(most=allowed.most + 1),
    "one too few": lambda allowed, scene: allowed._replace(least=allowed.least - 1),
    "all inside": lambda allowed, scene: allowed._replace(may=scene.inside, most=allowed.most + 9),
    "any owner": lambda allowed, scene: allowed._replace(near=np.ones_like(allowed.near)),
    "claimants only": lambda allowed, scene: allowed._replace(near=allowed.near & allowed.may),
}
"""Wrong bounds of the claims, made of the right ones."""


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_wrong_rule_for_claims_would_be_noticed(spoil, monkeypatch):
    right = legal.claims

    monkeypatch.setattr(legal, "claims", lambda scene: spoil(right(scene), scene))

    assert any(misjudged(drawn_scene(seed)) for seed in EXACT)


def test_a_search_that_always_finds_a_witness_would_be_noticed(monkeypatch):
    monkeypatch.setattr(legal, "_has_witness", lambda allowed, owner: True)

    assert any(misjudged(drawn_scene(seed)) for seed in EXACT)


def test_claims_without_weight_may_win_an_anchor_for_a_box_that_did_not_claim_it():
    # Box 0 claims anchor 0 alone. Boxes 1 and 2 have no overlap anywhere and may both claim anchor 1 by a tie at 0; the
    # conflict then goes to the largest overlap there, box 0, whose loss so gains an anchor.
    tied = scene([[2, 1], [0, 0], [0, 0]], [[0.5, 0.25], [0, 0], [0, 0]], k=1)

    found, expected = found_and_legal(tied)

    assert expected == {(0, -1), (0, 0)}
    assert found == expected


@pytest.mark.parametrize(
    "owners, clause, reason",
    [
        ((0, 0, -1, -1), None, None),
        ((0, 0, 0, -1), "TAL-4", "anchor 2: got gt 0; claimed by none"),
        ((0, -1, -1, -1), "TAL-4", "anchor 1: got background; claimed by gt 0"),
        ((0, 0, -1, 0), "TAL-1", "anchor 3: got gt 0, whose box does not contain it"),
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
    monkeypatch.setattr(legal, "WITNESS_STATES", 3)
    monkeypatch.setattr(legal, "ALTERNATIVES", 3)

    for search in (lambda: broken_clause(tied, np.array([0, 1, 2, 0, 1])), lambda: assignments(tied)):
        with pytest.raises(TooManyToDecide):
            search()


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

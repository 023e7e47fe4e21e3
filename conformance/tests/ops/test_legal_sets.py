"""Legal sets against brute force: every legal outcome of a tiny scene is accepted, every other one is refused."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from conformance.ops.assigner import legal_sets as legal
from conformance.ops.assigner.legal_assignments import assignments
from conformance.ops.assigner.legal_sets import TooManyToDecide, broken_clause
from conformance.tests.ops.scenes_by_hand import all_owners, drawn_scene, legal_owners, scene, weighty

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


def test_anchors_without_weight_are_enumerated_where_the_class_loss_tells_them_from_background():
    told = 0
    for seed in EXACT:
        tied = drawn_scene(seed)
        tied = tied._replace(dialect=replace(tied.dialect, cls_loss="varifocal"))
        try:
            found = {tuple(map(int, owner)) for owner in assignments(tied)}
        except TooManyToDecide:
            continue
        assert found == legal_owners(tied)
        told += len(found) > len({weighty(tied, owner) for owner in found})

    assert told > 10


@pytest.mark.parametrize("seed", EXACT)
def test_exactly_the_legal_assignments_are_enumerated_where_a_box_keeps_its_best(seed):
    all_kept = drawn_scene(seed)
    one_kept = all_kept._replace(dialect=replace(all_kept.dialect, topk2=1))

    found = {weighty(one_kept, x) for x in assignments(one_kept)}

    assert found == {weighty(one_kept, kept) for owners in legal_owners(all_kept) for kept in of_the_best(all_kept, owners)}


def of_the_best(scene, owners):
    """The owners with one anchor left to each box that has any with a metric: one of the largest."""
    owners, metric = np.array(owners), scene.metric.value
    of_boxes = [[a for a in np.flatnonzero(owners == g) if metric[g, a] > 0] for g in range(len(metric))]
    best = [[a for a in own if metric[g, a] == metric[g, own].max()] or [None] for g, own in enumerate(of_boxes)]
    for kept in itertools.product(*best):
        yield np.array([g if a in kept and owners[a] == g else -1 for a, g in enumerate(owners)])


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
    "any owner": lambda allowed, scene: allowed._replace(hi=np.full_like(allowed.hi, np.inf)),
    "claimants only": lambda allowed, scene: allowed._replace(among_claimants=True),
}
"""Wrong bounds of the claims, made of the right ones."""


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_wrong_rule_for_claims_would_be_noticed(spoil, monkeypatch):
    right = legal.claims

    monkeypatch.setattr(legal, "claims", lambda scene: spoil(right(scene), scene))

    assert any(misjudged(drawn_scene(seed)) for seed in EXACT)


def test_a_search_that_always_finds_a_witness_would_be_noticed(monkeypatch):
    monkeypatch.setattr(legal, "has_witness", lambda allowed, owners: True)

    assert any(misjudged(drawn_scene(seed)) for seed in EXACT)


def test_claims_without_weight_may_win_an_anchor_for_a_box_that_did_not_claim_it():
    # Box 0 claims anchor 0 alone. Boxes 1 and 2 have no overlap anywhere and may both claim anchor 1 by a tie at 0; the
    # conflict then goes to the largest overlap there, box 0, whose loss so gains an anchor.
    tied = scene([[2, 1], [0, 0], [0, 0]], [[0.5, 0.25], [0, 0], [0, 0]], k=1)

    found, expected = found_and_legal(tied)

    assert expected == {(0, -1), (0, 0)}
    assert found == expected

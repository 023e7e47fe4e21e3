"""The legal set of suppression, against every list that a greedy pass can give."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from conformance.judging.suppression import Suppression, fault, suppressors


def outcomes(scene: Suppression) -> set:
    """All lists a greedy pass gives, over every order of equal scores and every decision of a doubtful pair."""
    n = len(scene.scores)
    doubtful = [(i, j) for i, j in itertools.combinations(range(n), 2) if scene.may[i, j] and not scene.must[i, j]]
    levels = [np.flatnonzero(scene.scores == s) for s in sorted(set(scene.scores), reverse=True)]
    found = set()
    for orders in itertools.product(*(itertools.permutations(level.tolist()) for level in levels)):
        order = [i for level in orders for i in level]
        for decided in itertools.product((False, True), repeat=len(doubtful)):
            falls = scene.must.copy()
            for (i, j), fallen in zip(doubtful, decided):
                falls[i, j] = falls[j, i] = fallen
            found.add(greedy(order, falls, scene.most))
    return found


def greedy(order, falls, most) -> tuple:
    kept = []
    for i in order:
        if (most is None or len(kept) < most) and not any(falls[k, i] for k in kept):
            kept.append(i)
    return tuple(kept)


def scenes(seed: int, count: int):
    """Small scenes full of ties and doubt; those with too many doubtful pairs to enumerate are left out."""
    rng = np.random.default_rng(seed)
    while count:
        n = int(rng.integers(0, 6))
        upper = np.triu(rng.choice([0, 1, 2], (n, n), p=[0.5, 0.2, 0.3]), 1)
        if (upper == 1).sum() > 5:
            continue
        kinds = upper + upper.T
        most = [None, 0, 1, 2, 3][rng.integers(5)]
        yield Suppression(rng.integers(0, 3, n).astype(float), kinds / 2.0, kinds > 0, kinds == 2, most)
        count -= 1


def test_every_list_is_legal_exactly_if_some_greedy_pass_gives_it():
    lists = ambiguous = 0
    for scene in scenes(0, 1600):
        legal = outcomes(scene)
        ambiguous += len(legal) > 1
        for size in range(len(scene.scores) + 1):
            for kept in itertools.permutations(range(len(scene.scores)), size):
                assert (fault(kept, scene) is None) == (kept in legal), (kept, scene)
                lists += 1

    assert lists >= 100_000 and ambiguous > 500


def scene(scores, overlaps, *, doubt=(), t=0.5, most=None):
    overlaps = np.array(overlaps, float)
    may, must = overlaps > t, overlaps > t
    for i, j in doubt:
        may[i, j] = may[j, i] = True
        must[i, j] = must[j, i] = False
    return Suppression(np.array(scores, float), overlaps, may, must, most)


CHAIN = [[0, 0.6, 0.1], [0.6, 0, 0.6], [0.1, 0.6, 0]]


@pytest.mark.parametrize(
    "kept, what, text",
    [
        ([0, 0], "repeated", "box 0 is kept twice"),
        ([2, 0], "order", "box 0 stands after box 2, which scores less: 0.9 after 0.7"),
        ([0, 1, 2], "kept", "box 1 is kept, though box 0 before it overlaps it by 0.6"),
        ([0], "dropped", "box 2 is left out; only box 0 before it overlaps it, by 0.1"),
        ([1, 2], "kept", "box 2 is kept, though box 1 before it overlaps it by 0.6"),
        ([1], "dropped", "box 0 is left out; its score 0.9 is the highest"),
        ([], "dropped", "box 0 is left out; nothing is kept"),
    ],
)
def test_a_fault_names_its_box_and_what_comes_closest_to_a_reason(kept, what, text):
    found = fault(kept, scene([0.9, 0.8, 0.7], CHAIN))

    assert (found.what, found.reason) == (what, text)


def test_a_box_nothing_overlaps_is_told_so():
    found = fault([0], scene([0.9, 0.8], [[0, 0], [0, 0]]))

    assert found.reason == "box 1 is left out; no kept box before it overlaps it"


def test_no_more_are_kept_than_may_be_and_only_what_scores_more_than_the_last_is_missed():
    apart = np.zeros((3, 3))

    assert fault([0, 1, 2], scene([0.9, 0.8, 0.7], apart, most=2)).what == "too many"
    assert fault([0, 1], scene([0.9, 0.8, 0.7], apart, most=2)) is None
    assert fault([0, 2], scene([0.9, 0.8, 0.7], apart, most=2)).what == "dropped"
    assert fault([0, 2], scene([0.9, 0.8, 0.8], apart, most=2)) is None
    assert fault([], scene([0.9], [[0]], most=0)) is None


def test_doubt_allows_both_and_a_witness_is_the_box_that_overlaps_most():
    doubtful = scene([0.9, 0.8, 0.8], [[0, 0.5, 0.7], [0.5, 0, 0], [0.7, 0, 0]], doubt=[(0, 1)])

    assert fault([0, 1], doubtful) is None and fault([0], doubtful) is None
    assert suppressors([0], doubtful) == {1: 0, 2: 0}


@pytest.mark.parametrize("answer", ["nothing", "everything"])
def test_a_judge_that_says_always_the_same_would_be_seen(answer):
    legal = [(0, 2)]
    verdicts = {kept: fault(kept, scene([0.9, 0.8, 0.7], CHAIN)) is None for kept in [(0, 2), (0,), (0, 1, 2), ()]}

    assert [kept for kept, holds in verdicts.items() if holds] == legal
    assert set(verdicts.values()) != {answer == "everything"}

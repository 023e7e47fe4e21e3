"""The judge on labels, masks and thresholds."""

import numpy as np
import pytest

from conformance.judging.finding import Broken
from conformance.judging.judge import Judge
from conformance.judging.rounding import FLOAT32, Rounded
from conformance.judging.verdicts import Outcome


@pytest.fixture
def outcome():
    return Outcome("IOU-1", "iou", "float32", "any")


@pytest.fixture
def judge(outcome):
    return Judge(FLOAT32, outcome, {}, {})


@pytest.mark.parametrize("got", [[1, 2], [1.0, 2.0], np.array([True, 2], object).astype(float)])
def test_labels_are_compared_by_value(judge, outcome, got):
    judge.equal("gt_labels", got, np.array([1, 2]))

    assert outcome.values == 2


@pytest.mark.parametrize(
    "got, reason",
    [
        ([1, 3], "gt_labels: 1 of 2 wrong; worst at .1,.: expected 2, got 3"),
        ([1, 2.5], "expected 2, got 2.5"),
        ([1, np.nan], "expected 2, got nan"),
        ([1], "gt_labels: expected shape .2,., got .1,."),
        ([[1, 2]], "gt_labels: expected shape .2,., got .1, 2."),
    ],
)
def test_labels_that_differ_fail(judge, got, reason):
    with pytest.raises(Broken, match=reason):
        judge.equal("gt_labels", got, np.array([1, 2]))


@pytest.mark.parametrize(
    "margin, error, legal",
    [
        (0.5, 0.25, {True}),
        (0.5, 0.5, {True, False}),
        (-0.5, 0.25, {False}),
        (0.0, 0.0, {False}),
        (2.0**-60, 0.0, {True}),
        (0.0, 0.001, {True, False}),
    ],
)
def test_a_strict_threshold_may_be_met_either_way_only_where_the_margin_reaches_it(judge, outcome, margin, error, legal):
    for answer in (True, False):
        if answer in legal:
            judge.truths("inside", [answer], Rounded([margin], FLOAT32, [error]), above=0)
        else:
            with pytest.raises(Broken, match=f"inside: 1 of 1 wrong; .*expected {int(not answer)}, got {int(answer)}"):
                judge.truths("inside", [answer], Rounded([margin], FLOAT32, [error]), above=0)

    assert outcome.undecided_values == (len(legal) if len(legal) == 2 else 0)


@pytest.mark.parametrize("got", [[0, 2], [0.5, 1], [np.nan, 1], [-1, 0]])
def test_what_is_not_a_mask_fails(judge, got):
    with pytest.raises(Broken, match="inside: expected a mask of 0 and 1, got"):
        judge.mask("inside", got)


@pytest.mark.parametrize("got", [[0, 1], [0.0, 1.0], [False, True]])
def test_masks_come_as_booleans_or_as_zeros_and_ones(judge, got):
    assert judge.mask("inside", got).tolist() == [False, True]


def test_what_a_clause_computed_is_computed_once_for_an_answer_or_once_for_all_answers_to_a_case(outcome):
    expectations, calls = {}, []
    for answer in ({}, {}):
        for _ in range(2):
            judge = Judge(FLOAT32, outcome, answer, expectations)
            judge.once("view", lambda: calls.append("answer"))
            judge.expected(lambda: calls.append("case"))

    assert sorted(calls) == ["answer", "answer", "case"] and set(expectations) == {outcome.clause}


def test_decisions_found_legal_are_counted(judge, outcome):
    judge.decided(7)

    assert (outcome.values, outcome.undecided_values) == (7, 0)

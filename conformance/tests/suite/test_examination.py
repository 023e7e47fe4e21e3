"""The harness on tiny candidates: each way to be right, wrong, unsteady or silent ends in its own verdict."""

import itertools
import re
from dataclasses import replace

import numpy as np
import pytest

from conformance.suite.run import settings
from conformance.judging.finding import Undecided
from conformance.judging.judge import Judge
from conformance.ops.assigner.legal_sets import TooManyToDecide
from conformance.clauses import as_test
from conformance.ops.spec import CLAUSES, Property
from conformance.cases.case import Cases
from conformance.ops.overlaps.cases import BOX_PAIRS
from conformance.tests.examining import IOU, candidate, examined, property_of, right, wrong
from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR, NOT_PROVIDED


@pytest.fixture
def run():
    return replace(settings(profile="quick", seed=None, dtype="float32", only=None), examples=10)


def test_a_right_candidate_conforms_and_its_examples_and_values_are_counted(run):
    outcome = examined(IOU, candidate(iou=right), run)

    assert (outcome.verdict, outcome.examples, outcome.detail) == (CONFORMS, run.examples, "")
    assert outcome.values >= run.examples and 0 <= outcome.worst <= 1


def test_a_wrong_candidate_breaks_with_all_the_reader_needs(run):
    outcome = examined(IOU, candidate(iou=wrong), run)

    head, formula, where, found, said, title, *smallest, contrast, elsewhere, replay = outcome.detail.splitlines()
    assert outcome.verdict == BREAKS
    assert head == "IOU-1  IoU is intersection over union; ε is added to both heights and to the union."
    assert formula.strip().startswith("IoU = I / (w1·h1 + w2·h2 − I + ε), h = y2 − y1 + ε   [Ultralytics")
    assert where.strip() == "iou (float32, real):"
    assert found.strip().startswith("values: 1 of 1 wrong; worst at (0,): expected 0")
    assert ", got " in found
    assert said.strip() == "what is wrong: certain: it answers giou, not iou"
    assert title.strip() == "smallest case:"
    assert smallest[0].strip().startswith("dialect: YOLOV8")
    assert [line.split(" (1, 4) = ")[0].strip() for line in smallest[1:]] == ["boxes1", "boxes2"]
    assert contrast.startswith("  contrast: ") and elsewhere.startswith("  elsewhere: breaks on ")
    assert replay.startswith("  replay: python -m conformance --candidate word --profile quick --replay ")


def test_a_counterexample_is_not_made_so_small_that_it_is_at_the_edge_of_its_bound(run):
    def worse_to_the_right(a, b):
        return right(a, b) * (1 + np.abs(a[:, 0]) / 2**19)

    outcome = examined(IOU, candidate(iou=worse_to_the_right), run, event="lattice")

    expected, bound, got = map(float, re.search(r"expected (\S+) ± (\S+), got (\S+)", outcome.detail).groups())
    assert outcome.verdict == BREAKS and abs(got - expected) >= 9.9 * bound


def test_a_judge_that_never_fails_would_let_a_wrong_candidate_pass(run, monkeypatch):
    monkeypatch.setattr(Judge, "fail", lambda self, reason, finding: None)

    assert examined(IOU, candidate(iou=wrong), run).verdict == CONFORMS


def test_a_judge_that_always_fails_would_accuse_a_right_candidate(run, monkeypatch):
    monkeypatch.setattr(Judge, "values", lambda self, name, *rest, **options: self.fail(name))

    assert examined(IOU, candidate(iou=right), run).verdict == BREAKS


def test_a_candidate_that_raises_is_an_error_that_shows_where_and_on_what(run):
    outcome = examined(IOU, candidate(iou=lambda a, b: {}["no such key"]), run)

    assert outcome.verdict == ERROR
    assert outcome.detail.startswith("iou (float32, real) gave no answer that could be judged:\n  iou: raised KeyError")
    assert "no such key" in outcome.detail and "smallest case:\n  dialect: " in outcome.detail


def test_an_answer_of_the_wrong_shape_is_an_error(run):
    outcome = examined(IOU, candidate(iou=lambda a, b: right(a, b)[:, np.newaxis]), run)

    assert outcome.verdict == ERROR
    assert "iou: values: expected shape (1,), got (1, 1)" in outcome.detail


def test_an_error_that_is_found_while_a_break_is_made_smaller_is_shown_on_its_own_case(run):
    def wrong_of_many(boxes1, boxes2):
        return wrong(boxes1, boxes2) if len(boxes1) > 1 else np.zeros(2)

    outcome = examined(IOU, candidate(iou=wrong_of_many), run)

    assert outcome.verdict == ERROR and "values: expected shape (1,), got (2,)" in outcome.detail
    assert "boxes1 (1, 4) = " in outcome.detail


def test_what_breaks_only_after_other_calls_is_not_replayed_alone(run):
    asked = itertools.count(1)

    def wrong_later(boxes1, boxes2):
        return right(boxes1, boxes2) + (next(asked) % 7 == 0)

    outcome = examined(IOU, candidate(iou=wrong_later), run)

    assert outcome.verdict == BREAKS and "or chance has a part in it" in outcome.detail
    assert " --replay " not in outcome.detail and " --only iou " in outcome.detail


def test_an_op_that_is_missing_is_not_provided(run):
    outcome = examined(IOU, candidate(giou=wrong), run)

    assert (outcome.verdict, outcome.examples) == (NOT_PROVIDED, 0)


def refuse(*boxes):
    raise NotImplementedError("no float32")


def test_an_op_that_always_refuses_is_not_provided_and_says_why(run):
    outcome = examined(IOU, candidate(iou=refuse), run)

    assert (outcome.verdict, outcome.examples, outcome.detail) == (NOT_PROVIDED, 0, "no float32")


def test_an_op_that_always_refuses_is_not_provided_under_any_of_its_clauses(run):
    refusing, second = candidate(iou=refuse), property_of(lambda answer, case, judge: None)
    examined(IOU, refusing, run)

    assert examined(second, refusing, run).verdict == NOT_PROVIDED


def refuse_pairs(boxes1, boxes2):
    return refuse() if len(boxes1) > 1 else right(boxes1, boxes2)


def test_an_op_that_refuses_some_of_what_it_said_it_serves_is_an_error(run):
    outcome = examined(IOU, candidate(iou=refuse_pairs), run)

    assert outcome.verdict == ERROR and outcome.refused > 0 and outcome.examples > 0
    assert outcome.detail == "no float32"


def test_an_op_that_refuses_some_is_an_error_under_all_of_its_clauses(run):
    refusing, second = candidate(iou=refuse_pairs), property_of(lambda answer, case, judge: None)
    examined(IOU, refusing, run)

    assert examined(second, refusing, run).verdict == ERROR


def test_a_candidate_that_counts_its_calls_breaks_as_unsteady(run):
    calls = itertools.count()

    outcome = examined(IOU, candidate(iou=lambda a, b: right(a, b) + (next(calls) == 3)), run)

    assert outcome.verdict == BREAKS
    assert outcome.detail.startswith("the same call gave different answers: state kept between calls, or chance\nIOU-1  ")


@pytest.mark.parametrize("reason", [Undecided, TooManyToDecide])
def test_examples_that_cannot_be_decided_are_counted(run, reason):
    def give_up(answer, case, judge):
        raise reason

    outcome = examined(property_of(give_up), candidate(iou=right), run)

    assert (outcome.verdict, outcome.examples, outcome.undecided_scenes) == (CONFORMS, run.examples, run.examples)


def test_a_mistake_in_the_suite_is_no_verdict_on_the_candidate(run):
    def mistaken(answer, case, judge):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        examined(property_of(mistaken), candidate(iou=right), run)


def test_a_test_is_named_after_its_op_and_clause_and_says_what_it_judges():
    judged = Property("IOU-1", "iou", lambda answer, case, judge: None, Cases({"lattice": lambda case: True}, None))

    test = as_test(judged)

    assert (test.__name__, test.__doc__) == ("test_iou_IOU_1", CLAUSES["IOU-1"].sentence)
    assert test.conformance == judged and judged.events == ("lattice",)

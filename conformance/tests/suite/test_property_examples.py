"""The examples of a test: shared by the clauses of an op, drawn alike in every run, shrunk, and true to their event."""

import itertools
import time
from dataclasses import replace

import pytest

import refimpl
from conformance.suite import examination as harness
from conformance.explaining import contrast, elsewhere as neighbours
from conformance.suite.run import settings
from conformance.trial.asking import ask
from conformance.suite.examination import EventNeverOccurred
from conformance.judging.rounding import FLOAT32
from conformance.cases.case import Call, Case
from conformance.ops.overlaps.cases import BOX_PAIRS
from conformance.tests.examining import IOU, candidate, examined, property_of, right, wrong
from conformance.judging.verdicts import BREAKS, CONFORMS
from refimpl import YOLOV8


@pytest.fixture
def run():
    return replace(settings(profile="quick", seed=None, dtype="float32", only=None), examples=10)


def test_an_answer_that_only_another_clause_sees_to_be_wrong_breaks_that_clause(run):
    judged = candidate(iou=wrong)
    examined(property_of(lambda answer, case, judge: None), judged, run)

    outcome = examined(IOU, judged, run)

    assert outcome.verdict == BREAKS
    assert outcome.detail.startswith("IOU-1  ") and "smallest case:" in outcome.detail


def test_an_answer_kept_from_another_clause_that_does_not_come_again_breaks_as_unsteady(run):
    judged = candidate(iou=lambda a, b: wrong(a, b) if next(calls) < run.examples else right(a, b))
    calls = itertools.count()
    examined(property_of(lambda answer, case, judge: None), judged, run)

    outcome = examined(IOU, judged, run)

    assert outcome.verdict == BREAKS
    assert outcome.detail.startswith("the same call gave different answers")


def test_clauses_of_an_op_look_at_the_same_examples_and_share_what_was_computed(run):
    calls, computed = itertools.count(), []
    judged = candidate(iou=lambda a, b: (next(calls), right(a, b))[1])

    for _ in range(2):
        examined(property_of(lambda answer, case, judge: judge.once("view", lambda: computed.append(1))), judged, run)

    assert next(calls) == run.examples == len(computed)


def test_once_a_clause_breaks_it_is_not_judged_again(run):
    judged = candidate(iou=wrong)
    examined(IOU, judged, run)

    outcome = examined(IOU, judged, run, event="lattice")

    assert (outcome.verdict, outcome.examples) == (CONFORMS, 0)


def test_an_event_that_a_candidate_cannot_be_asked_for_is_passed_over(run):
    impossible = BOX_PAIRS._replace(possible=lambda event, precision, served: False)
    test = property_of(lambda answer, case, judge: judge.fail("drawn"), impossible)

    outcome = examined(test, candidate(iou=right), run)

    assert (outcome.verdict, outcome.examples) == (CONFORMS, 0)


def test_a_run_in_which_the_event_never_occurs_fails(run):
    never = BOX_PAIRS._replace(events={**BOX_PAIRS.events, "real": lambda case: False})

    with pytest.raises(EventNeverOccurred, match="IOU-1: 'real' in none of 10 examples"):
        examined(property_of(lambda answer, case, judge: None, never), candidate(iou=right), run)


def test_a_dialect_of_ones_own_may_rule_an_event_out(run):
    never = BOX_PAIRS._replace(events={**BOX_PAIRS.events, "real": lambda case: False})
    judged = candidate(replace(YOLOV8, name="MINE", iou_eps=1e-5), iou=right)

    outcome = examined(property_of(lambda answer, case, judge: None, never), judged, run)

    assert outcome.verdict == CONFORMS and outcome.examples


def test_making_a_counterexample_smaller_stops_when_its_time_is_over(run, monkeypatch):
    calls = itertools.count(1)
    monkeypatch.setattr(harness, "SHRINKING", 3)
    monkeypatch.setattr(neighbours, "WORK", 0)
    monkeypatch.setattr(contrast, "WORK", 0)

    def slow(boxes1, boxes2):
        next(calls)
        time.sleep(0.02)
        return wrong(boxes1, boxes2)

    outcome = examined(IOU, candidate(iou=slow), run)

    assert outcome.verdict == BREAKS and "smallest case:" in outcome.detail
    assert next(calls) < 20


def test_a_counterexample_shrinks_to_numbers_one_can_check_by_hand(run):
    outcome = examined(IOU, candidate(iou=lambda a, b: right(a, b) + 1), run, event="lattice")

    assert "boxes1 (1, 4) = [[0., 0., 1., 1.]]" in outcome.detail
    assert "boxes2 (1, 4) = [[0., 0., 1., 1.]]" in outcome.detail


def test_draws_are_the_same_in_every_run_and_move_with_the_seed():
    seen = {}
    for name, number in (("first", None), ("again", None), ("seeded", 1), ("seeded again", 1), ("other", 2)):
        seen[name] = []
        run = settings(profile="quick", seed=number, dtype="float32", only=None)
        examined(IOU, candidate(iou=lambda a, b: seen[name].append(a.tolist()) or right(a, b)), run)

    assert seen["first"] == seen["again"] and seen["seeded"] == seen["seeded again"]
    assert seen["first"] != seen["seeded"] != seen["other"]


def test_calls_made_before_are_made_and_not_judged(run):
    shapes = []

    def forgetful(feature_shapes):
        shapes.append(feature_shapes)
        return tuple(refimpl.make_anchors(feature_shapes, dialect=YOLOV8))

    case = Case(tuple(Call(YOLOV8, {"feature_shapes": [(height, 1)] * 3}) for height in (1, 2)))
    answer = ask(candidate(make_anchors=forgetful), "make_anchors", case, FLOAT32, gradient=False)

    assert shapes == [[(1, 1)] * 3, [(2, 1)] * 3]
    assert (answer.anchor_points.shape, answer.stride_tensor.shape) == ((6, 2), (6, 1))

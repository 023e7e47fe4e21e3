"""The harness on tiny candidates: each way to be right, wrong, unsteady or silent ends in its own verdict."""

import itertools
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import refimpl
from conformance import property as harness
from conformance import suite
from conformance.candidate import Candidate
from conformance.clauses import test_iou as iou_clauses
from conformance.judge import Judge, Undecided
from conformance.legal import TooManyToDecide
from conformance.property import EventNeverOccurred, clause
from conformance.rounding import FLOAT32
from conformance.strategies import BOX_PAIRS, Case, Cases
from conformance.verdicts import BREAKS, CONFORMS, ERROR, NOT_PROVIDED, Outcome
from refimpl import YOLOV8

IOU = iou_clauses.test_iou_is_intersection_over_union


def right(boxes1, boxes2):
    return refimpl.iou(boxes1, boxes2, dialect=YOLOV8)


def wrong(boxes1, boxes2):
    return refimpl.giou(boxes1, boxes2, dialect=YOLOV8)


def candidate(**ops):
    return Candidate(lambda dialect: SimpleNamespace(**ops), YOLOV8, "word")


@pytest.fixture
def run():
    return replace(suite.settings(profile="quick", seed=None, dtype="float32", only=None), examples=10)


def examined(test, judged, run, event="real", dtype="float32"):
    """The outcome of one test, which must pass, fail or be skipped as its verdict says."""
    request = SimpleNamespace(node=SimpleNamespace(user_properties=[]))
    ended = CONFORMS
    try:
        test(judged, run, dtype, event, request)
    except pytest.fail.Exception as failure:
        ended = str(failure)
    except pytest.skip.Exception:
        ended = NOT_PROVIDED
    ((name, properties),) = request.node.user_properties
    outcome = Outcome(**properties)
    assert name == "conformance"
    assert ended == (outcome.detail if outcome.verdict in (BREAKS, ERROR) else outcome.verdict)
    return outcome


def property_of(body, cases=BOX_PAIRS):
    return clause("IOU-1", op="iou", cases=cases)(body)


def test_a_right_candidate_conforms_and_its_examples_and_values_are_counted(run):
    outcome = examined(IOU, candidate(iou=right), run)

    assert (outcome.verdict, outcome.examples, outcome.detail) == (CONFORMS, run.examples, "")
    assert outcome.values >= run.examples and 0 <= outcome.worst <= 1


def test_a_wrong_candidate_breaks_with_all_the_reader_needs(run):
    outcome = examined(IOU, candidate(iou=wrong), run)

    head, formula, where, found, title, *smallest = outcome.detail.splitlines()
    assert outcome.verdict == BREAKS
    assert head == "IOU-1  IoU is intersection over union; ε is added to both heights and to the union."
    assert formula.strip().startswith("IoU = I / (w1·h1 + w2·h2 − I + ε), h = y2 − y1 + ε   [Ultralytics")
    assert where.strip() == "iou (float32, real):"
    assert found.strip().startswith("iou: 1 of 1 wrong; worst at (0,): expected 0.")
    assert " ± " in found and ", got " in found
    assert title.strip() == "smallest case:"
    assert smallest[0].strip().startswith("dialect: YOLOV8")
    assert [line.split(" (1, 4) = ")[0].strip() for line in smallest[1:]] == ["boxes1", "boxes2"]


def test_a_judge_that_never_fails_would_let_a_wrong_candidate_pass(run, monkeypatch):
    monkeypatch.setattr(Judge, "fail", lambda self, reason: None)

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


def test_making_a_counterexample_smaller_stops_when_its_time_is_over(run, monkeypatch):
    calls = itertools.count(1)
    monkeypatch.setattr(harness, "SHRINK_SECONDS", 0.05)

    def slow(boxes1, boxes2):
        next(calls)
        time.sleep(0.02)
        return wrong(boxes1, boxes2)

    outcome = examined(IOU, candidate(iou=slow), run)

    assert outcome.verdict == BREAKS and "smallest case:" in outcome.detail
    assert next(calls) < 10


def test_a_counterexample_shrinks_to_numbers_one_can_check_by_hand(run):
    outcome = examined(IOU, candidate(iou=lambda a, b: right(a, b) + 1), run, event="lattice")

    assert "boxes1 (1, 4) = [[0., 0., 1., 1.]]" in outcome.detail
    assert "boxes2 (1, 4) = [[0., 0., 1., 1.]]" in outcome.detail


def test_draws_are_the_same_in_every_run_and_move_with_the_seed():
    seen = {}
    for name, number in (("first", None), ("again", None), ("seeded", 1), ("seeded again", 1), ("other", 2)):
        seen[name] = []
        run = suite.settings(profile="quick", seed=number, dtype="float32", only=None)
        examined(IOU, candidate(iou=lambda a, b: seen[name].append(a.tolist()) or right(a, b)), run)

    assert seen["first"] == seen["again"] and seen["seeded"] == seen["seeded again"]
    assert seen["first"] != seen["seeded"] != seen["other"]


def test_calls_made_before_are_made_and_not_judged(run):
    shapes = []

    def forgetful(feature_shapes):
        shapes.append(feature_shapes)
        return tuple(refimpl.make_anchors(feature_shapes, dialect=YOLOV8))

    earlier = Case(YOLOV8, {"feature_shapes": [(1, 1)] * 3})
    case = Case(YOLOV8, {"feature_shapes": [(2, 1)] * 3}, (earlier,))
    answer = harness._ask(candidate(make_anchors=forgetful), "make_anchors", case, FLOAT32)

    assert shapes == [[(1, 1)] * 3, [(2, 1)] * 3]
    assert (answer.anchor_points.shape, answer.stride_tensor.shape) == ((6, 2), (6, 1))


def test_a_clause_is_judged_only_through_an_op_that_the_spec_names():
    with pytest.raises(ValueError, match=r"clause IOU-1: judged through \('iou',\), got op 'ciou'"):
        clause("IOU-1", op="ciou", cases=BOX_PAIRS)


def test_a_test_keeps_its_name_and_says_what_it_judges():
    def test_some_sentence(answer, case, judge):
        """Text."""

    test = clause("IOU-1", op="iou", cases=Cases({"lattice": lambda case: True}, None))(test_some_sentence)

    assert (test.__name__, test.__doc__) == ("test_some_sentence", "Text.")
    assert test.conformance == ("IOU-1", "iou", ("lattice",))

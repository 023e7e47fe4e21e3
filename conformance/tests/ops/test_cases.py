"""What is drawn: every named hard case can be found, and every case is one that the protocol allows."""

import random

import hypothesis
import numpy as np
import pytest
from hypothesis import Phase, settings

import refimpl
from conformance.cases.protocol import GRADIENTS, OPS, vjp
from conformance.judging.rounding import FLOAT32, FLOAT64, PRECISIONS
from conformance.cases.case import Case
from conformance.tests.drawn import DRAWN, FUNCTIONS, LISTED, SERVED, found, sampled
from refimpl import YOLOV8_ANY_ORDER, Dialect

UPRIGHT = [
    ("iou", "boxes1", ["both zero area", "both inside out"]),
    ("candidates_in_gts", "gt_bboxes", ["inverted", "zero area"]),
    ("alignment_metric", "gt_bboxes", []),
    ("assign", "gt_bboxes", ["zero area"]),
    ("bbox_loss", "target_bboxes", ["anchor outside"]),
]
"""What is drawn, the argument whose boxes have positive sides, and the events in which they have not."""

ONE_TYPE = {"hair's breadth", "640 px"}
"""Events of one float type: what float32 cannot hold, and what is drawn once."""

EVENTS = [(name, event) for name, cases in DRAWN.items() for event in cases.events]
PRECISION = pytest.mark.parametrize("precision", PRECISIONS.values(), ids=PRECISIONS)
NAME = pytest.mark.parametrize("name", DRAWN)

@PRECISION
@pytest.mark.parametrize("name, event", EVENTS, ids=lambda x: x)
def test_every_event_can_be_found(name, event, precision):
    cases = found(name, event, precision)

    if event in ONE_TYPE and not cases:
        assert found(name, event, FLOAT32 if precision is FLOAT64 else FLOAT64)
    else:
        assert DRAWN[name].events[event](cases[-1])


def test_an_event_that_never_occurs_is_not_found(monkeypatch):
    monkeypatch.setitem(DRAWN["iou"].events, "lattice", lambda case: False)

    with pytest.raises(AssertionError, match="iou: 'lattice' in none of 60 examples"):
        found.__wrapped__("iou", "lattice", FLOAT32)


def test_cases_are_drawn_for_every_op_and_every_gradient():
    assert {function for functions in FUNCTIONS.values() for function in functions} == {*OPS, *map(vjp, GRADIENTS)}


@PRECISION
@NAME
def test_every_case_is_one_that_the_reference_takes(name, precision):
    for case, event in sampled(name, precision):
        for function in FUNCTIONS[name]:
            op = OPS[function.replace("_vjp", "")]
            gradient = function != op.name
            assert tuple(case.arguments) == op.arguments + (op.cotangents if gradient else ()), event
            (op.vjp if gradient else op.function)(**case.arguments, dialect=case.dialect)
        assert case.dialect in SERVED, event


def floats(value):
    """Every float array of the arguments, also within lists."""
    if isinstance(value, list):
        return [x for item in value for x in floats(item)]
    return [value] if isinstance(value, np.ndarray) and value.dtype.kind == "f" else []


@PRECISION
@NAME
def test_every_float_is_finite_and_exists_in_the_judged_precision(name, precision):
    for case, event in sampled(name, precision):
        for array in floats(list(case.arguments.values())):
            assert array.dtype == np.float64 and (np.isfinite(array).all() or "not finite" in event), event
            array = array[np.isfinite(array)]
            assert (array.astype(precision.dtype) == array).all(), event


@PRECISION
@pytest.mark.parametrize("name, argument, without", UPRIGHT, ids=lambda x: x if isinstance(x, str) else "")
def test_boxes_are_upright_unless_their_event_says_otherwise(name, argument, without, precision):
    for case, event in sampled(name, precision, without):
        boxes = case.arguments[argument]
        upright, padding = (boxes[..., 2:] > boxes[..., :2]).all(axis=-1), (boxes == 0).all(axis=-1)
        assert (upright | padding).all(), event
        assert "mask_gt" not in case.arguments or (upright | ~case.mask_gt[..., 0]).all(), event


@PRECISION
@pytest.mark.parametrize("name", ["assign", "alignment_metric", "select_topk", "resolve_conflicts", "bbox_loss"])
def test_scores_metrics_and_overlaps_are_in_their_range(name, precision):
    for case, event in sampled(name, precision):
        for argument in ("pd_scores", "metric", "overlaps", "target_scores"):
            values = case.arguments.get(argument, np.zeros(1))
            assert ((values >= 0) & (values <= 1)).all(), (event, argument)


@PRECISION
def test_only_foreground_anchors_have_target_scores_unless_the_event_says_otherwise(precision):
    for case, event in sampled("bbox_loss", precision):
        assert case.target_scores[~case.fg_mask].any() == (event == "scores on the background"), event
        assert case.target_scores_sum >= 1, event


def anchors(case):
    """A of a case."""
    if "feature_maps" in case.arguments:
        return sum(level.shape[2] * level.shape[3] for level in case.feature_maps)
    return case.metric.shape[-1] if "metric" in case.arguments else len(case.anchor_points)


@PRECISION
@pytest.mark.parametrize("name", ["select_topk", "assign", "detection_loss"])
def test_an_image_has_at_least_k_anchors(name, precision):
    for case, event in sampled(name, precision):
        assert anchors(case) >= case.dialect.topk, event


@PRECISION
@pytest.mark.parametrize("name", ["pad_targets", "detection_loss"])
def test_targets_come_sorted_by_image_unless_the_event_says_otherwise(name, precision):
    for case, event in sampled(name, precision, without=["unsorted"]):
        assert (np.diff(case.targets[:, 0]) >= 0).all(), event


@pytest.mark.parametrize("name, event", [x for x in EVENTS if x[1] in ("unsorted", "one level", "several levels")])
def test_an_event_that_no_served_dialect_allows_is_impossible(name, event):
    served = (Dialect(name="only", strides=(8, 16) if event == "one level" else (8,)),)

    assert not DRAWN[name].possible(event, FLOAT64, served)


def test_simple_numbers_come_first():
    strategy = DRAWN["iou"].draw("lattice", FLOAT32, SERVED)
    shrinking = settings(LISTED, phases=(Phase.generate, Phase.shrink))

    case = hypothesis.find(strategy, lambda case: True, settings=shrinking, random=random.Random(1))

    assert (case.boxes1.tolist(), case.boxes2.tolist()) == ([[0, 0, 1, 1]], [[0, 0, 1, 1]])
    assert case.dialect == SERVED[0]


def test_a_case_gives_its_arguments_by_name_and_nothing_else():
    case = Case.of(YOLOV8_ANY_ORDER, {"boxes1": np.zeros((1, 4))})

    assert case.boxes1.shape == (1, 4)
    with pytest.raises(AttributeError, match="boxes2"):
        case.boxes2


def test_a_case_carries_every_float_as_an_exact_number_and_the_rest_as_it_is():
    arguments = {"maps": [np.ones(2)], "mask": np.array([True]), "size": (2, 3), "labels": np.array([1])}

    rounded = Case.of(YOLOV8_ANY_ORDER, arguments).rounded(FLOAT32)

    assert rounded["maps"][0].error.tolist() == [0, 0]
    assert all(rounded[name] is arguments[name] for name in ("mask", "size", "labels"))

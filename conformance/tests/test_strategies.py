"""What is drawn: every named hard case can be found, and every case is one that the protocol allows."""

import random

import hypothesis
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import NoSuchExample

import refimpl
from conformance import strategies
from conformance.candidate import variants
from conformance.protocol import PROTOCOL
from conformance.rounding import PRECISIONS
from conformance.strategies import Case, Cases
from refimpl import ULTRALYTICS_8_4, YOLOV8_ANY_ORDER

OPS = {
    "ALIGNMENTS": ("alignment_metric",),
    "ANCHORS": ("make_anchors",),
    "ASSIGNMENTS": ("assign",),
    "BATCHES": ("detection_loss",),
    "BIN_TARGETS": ("dfl_loss",),
    "BOXES_TO_DISTANCES": ("bbox2dist",),
    "BOX_PAIRS": ("iou", "giou", "diou", "ciou"),
    "CANDIDATES": ("candidates_in_gts",),
    "CLAIMS": ("resolve_conflicts",),
    "DISTANCES": ("dist2bbox",),
    "DISTRIBUTIONS": ("decode_boxes",),
    "FOREGROUNDS": ("bbox_loss",),
    "LOGIT_TARGETS": ("bce_loss",),
    "METRICS": ("select_topk",),
    "OUTSIDE_BIN_TARGETS": ("dfl_loss",),
    "TARGETS": ("pad_targets",),
}
"""The ops whose arguments each object draws."""

NEEDS_FLOAT64 = {"hair's breadth"}
"""Events that float32 cannot hold."""

SERVED = (YOLOV8_ANY_ORDER, *variants(YOLOV8_ANY_ORDER))
DRAWN = {name: value for name, value in vars(strategies).items() if isinstance(value, Cases)}
EVENTS = [(name, event) for name, cases in DRAWN.items() for event in cases.events]

FIND = settings(
    max_examples=200, database=None, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck)
)
SAMPLE = settings(FIND, max_examples=5, derandomize=True)

PRECISION = pytest.mark.parametrize("precision", PRECISIONS.values(), ids=PRECISIONS)
EVENT = pytest.mark.parametrize("name, event", EVENTS, ids=lambda x: x)


def find(name, event, precision, occurs):
    """A case of the event for which `occurs` holds."""
    strategy = DRAWN[name].draw(event, precision, SERVED)
    return hypothesis.find(strategy, occurs, settings=FIND, random=random.Random(1))


def sample(name, event, precision):
    """Some cases of the event; none where it cannot be drawn."""
    cases = []
    if DRAWN[name].possible(event, precision, SERVED):
        SAMPLE(given(DRAWN[name].draw(event, precision, SERVED))(cases.append))()
    return cases


@PRECISION
@EVENT
def test_every_event_can_be_found(name, event, precision):
    possible = DRAWN[name].possible(event, precision, SERVED)
    assert possible == (event not in NEEDS_FLOAT64 or precision.dtype == np.float64)

    if possible:
        assert find(name, event, precision, DRAWN[name].events[event])


def test_an_event_that_never_occurs_is_not_found():
    with pytest.raises(NoSuchExample):
        find("BOX_PAIRS", "lattice", PRECISIONS["float32"], lambda case: False)


def test_everything_that_is_drawn_is_judged_through_the_ops_listed_here():
    assert set(DRAWN) == set(OPS) == set(strategies.__all__) - {"Case", "Cases"}
    assert {op for ops in OPS.values() for op in ops} == set(PROTOCOL)


@PRECISION
@EVENT
def test_every_case_is_one_that_the_reference_takes(name, event, precision):
    for case in sample(name, event, precision):
        for op in OPS[name]:
            assert tuple(case.arguments) == PROTOCOL[op].arguments
            getattr(refimpl, op)(**case.arguments, dialect=case.dialect)
        assert case.dialect in SERVED


def floats(value):
    """Every float of the arguments, in any nesting."""
    if isinstance(value, list):
        return [x for item in value for x in floats(item)]
    return [value] if isinstance(value, np.ndarray) and value.dtype.kind == "f" else []


@PRECISION
@EVENT
def test_every_float_is_finite_and_exists_in_the_judged_precision(name, event, precision):
    for case in sample(name, event, precision):
        for array in floats(list(case.arguments.values())):
            assert array.dtype == np.float64
            assert np.isfinite(array).all()
            assert (array.astype(precision.dtype) == array).all()


UPRIGHT = {
    "BOX_PAIRS": ("boxes1", {"inverted", "zero area", "zero height", "both zero area", "tiny"}),
    "CANDIDATES": ("gt_bboxes", {"inverted", "zero area"}),
    "ALIGNMENTS": ("gt_bboxes", set()),
    "ASSIGNMENTS": ("gt_bboxes", {"zero area"}),
    "FOREGROUNDS": ("target_bboxes", {"anchor outside"}),
}
"""The argument whose boxes have positive sides, but for the events named."""


@PRECISION
@pytest.mark.parametrize("name, event", [x for x in EVENTS if x[0] in UPRIGHT and x[1] not in UPRIGHT[x[0]][1]])
def test_boxes_are_upright_unless_their_event_says_otherwise(name, event, precision):
    for case in sample(name, event, precision):
        boxes = case.arguments[UPRIGHT[name][0]]
        real = case.mask_gt[..., 0] if "mask_gt" in case.arguments else (boxes != 0).any(axis=-1)
        assert (boxes[..., 2:] > boxes[..., :2])[real].all()


@PRECISION
@EVENT
def test_probabilities_labels_and_target_scores_are_in_their_range(name, event, precision):
    for case in sample(name, event, precision):
        given_names = case.arguments
        if "pd_scores" in given_names:
            assert ((case.pd_scores >= 0) & (case.pd_scores <= 1)).all()
        if "target_scores" in given_names:
            assert ((case.target_scores >= 0) & (case.target_scores <= 1)).all()
            assert (case.target_scores[~case.fg_mask] == 0).all() and case.target_scores_sum >= 1
        if name in ("METRICS", "CLAIMS"):
            assert (case.arguments.get("metric", case.arguments.get("overlaps")) >= 0).all()


@PRECISION
@pytest.mark.parametrize("name", ["METRICS", "ASSIGNMENTS", "BATCHES"])
def test_an_image_has_at_least_k_anchors(name, precision):
    for event in DRAWN[name].events:
        for case in sample(name, event, precision):
            if name == "BATCHES":
                anchors = sum(level.shape[2] * level.shape[3] for level in case.feature_maps)
            else:
                anchors = case.metric.shape[-1] if name == "METRICS" else len(case.anchor_points)
            assert anchors >= case.dialect.topk


@PRECISION
@pytest.mark.parametrize("name", ["TARGETS", "BATCHES"])
def test_targets_come_sorted_by_image_unless_the_event_says_otherwise(name, precision):
    for event in set(DRAWN[name].events) - {"unsorted"}:
        for case in sample(name, event, precision):
            assert (np.diff(case.targets[:, 0]) >= 0).all()


@pytest.mark.parametrize("name, event", [x for x in EVENTS if x[1] in ("unsorted", "one level", "several levels")])
def test_an_event_that_no_served_dialect_allows_is_impossible(name, event):
    levels = (8, 16) if event == "one level" else (8,)
    served = (ULTRALYTICS_8_4.__class__(name="only", strides=levels),)

    assert not DRAWN[name].possible(event, PRECISIONS["float64"], served)


def test_simple_numbers_come_first():
    case = hypothesis.find(
        strategies.BOX_PAIRS.draw("lattice", PRECISIONS["float32"], SERVED[:1]),
        lambda case: bool((case.boxes1[:, 0] > 2).any()),
        settings=settings(FIND, phases=(Phase.generate, Phase.shrink)),
    )

    assert (case.boxes1.tolist(), case.boxes2.tolist()) == ([[3, 0, 4, 1]], [[0, 0, 1, 1]])


def test_a_case_gives_its_arguments_by_name_and_nothing_else():
    case = Case(YOLOV8_ANY_ORDER, {"boxes1": np.zeros((1, 4))})

    assert case.boxes1.shape == (1, 4)
    with pytest.raises(AttributeError, match="boxes2"):
        case.boxes2


def test_a_case_carries_every_float_as_an_exact_number_and_the_rest_as_it_is():
    arguments = {"maps": [np.ones(2)], "mask": np.array([True]), "size": (2, 3), "labels": np.array([1])}

    rounded = Case(YOLOV8_ANY_ORDER, arguments).rounded(PRECISIONS["float32"])

    assert rounded["maps"][0].error.tolist() == [0, 0]
    assert all(rounded[name] is arguments[name] for name in ("mask", "size", "labels"))

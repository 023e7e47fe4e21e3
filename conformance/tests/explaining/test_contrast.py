"""Contrast: one change at a time tells what a break needs; a right candidate breaks after none of them."""

import numpy as np
import pytest

from conformance.explaining import contrast as module
from conformance.suite.run import settings
from conformance.calling.candidate import find
from conformance.ops.spec import PROPERTIES
from conformance.explaining.contrast import Contrast, contrast, smallest
from conformance.trial.examples import drawn
from conformance.judging.finding import Broken
from conformance.judging.verdicts import Outcome
from conformance.trial.trial import BROKEN, Example, Trial
from conformance.judging.rounding import PRECISIONS
from conformance.cases.case import Case
from conformance.tests.drawn import SERVED
from conformance.tests.examining import candidate, right
from refimpl import YOLOV8

FLOAT32 = PRECISIONS["float32"]


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    monkeypatch.setattr(module, "WORK", 10_000)


def judged(clause, op):
    return next(one for one in PROPERTIES if (one.clause, one.op) == (clause, op))


def pairs(*rows, dialect=YOLOV8):
    boxes = [[0.0, 0.0, 1.0 + row, 2.0] for row in rows]
    return Case.of(dialect, {"boxes1": np.array(boxes), "boxes2": np.array(boxes)})


def test_a_fault_of_one_length_conforms_with_any_other():
    four = candidate(iou=lambda a, b: right(a, b) + (len(a) == 4))

    found = contrast(judged("IOU-1", "iou"), four, FLOAT32, pairs(0, 1, 2, 3))

    assert str(found).startswith("contrast: conforms without row 0 or 1 or 2 or 3, with row 3 twice; still breaks in float64, ")
    assert "with the rows in reverse order" in found.breaks


def test_a_fault_of_one_float_type_conforms_in_the_other():
    rough = candidate(iou=lambda a, b: right(a, b) + (a.dtype == "float32"))

    assert "in float64" in contrast(judged("IOU-1", "iou"), rough, FLOAT32, pairs(0)).conforms


def test_fields_of_the_dialect_are_changed_one_by_one_where_the_preset_conforms():
    small = SERVED[-1]
    whole = contrast(judged("IOU-1", "iou"), candidate(iou=lambda a, b: right(a, b) + 1), FLOAT32, pairs(0, dialect=small))

    assert small != YOLOV8 and "with the preset as it is" in whole.breaks
    assert not [change for change in whole.breaks if "reg_max" in change]


def test_what_a_break_does_not_need_is_left_out():
    two = candidate(iou=lambda a, b: right(a, b) + (len(a) > 1))
    example = Example(pairs(0, 1, 2, 3, 4), None, {}, {})
    failing = Trial(BROKEN, example, Broken(""), Outcome("IOU-1", "iou", "float32", ""))

    found = smallest(judged("IOU-1", "iou"), two, FLOAT32, failing)

    assert found.case.boxes1.tolist() == pairs(3, 4).boxes1.tolist()
    assert found.error.finding.wrong == len(found.answer.values) == 2


def test_what_was_not_tried_is_not_told():
    assert str(Contrast()) == ""
    assert str(Contrast(("in float64",))) == "contrast: conforms in float64"


@pytest.mark.parametrize("one", {(one.op, id(one.cases)): one for one in PROPERTIES}.values(), ids=lambda one: f"{one.op}-{one.clause}")
def test_a_right_candidate_breaks_after_no_change(one):
    dense = find("dense_numpy")
    run = settings(profile="quick", seed=5, dtype="both", only=None)
    for event in one.events[::8]:
        if one.cases.possible(event, FLOAT32, dense.served):
            for case in drawn(run, one.op, event, "float32", one.cases, dense.served)[1:]:
                assert not contrast(one, dense, FLOAT32, case).breaks

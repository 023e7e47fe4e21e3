"""In common: what all wrong numbers share is told, and only where there are enough of them."""

import numpy as np
import pytest

from conformance.calling.candidate import Candidate
from conformance.candidates.dense_numpy import DenseNumPy
from conformance.cases.case import Case
from conformance.explaining.in_common import Seen, in_common
from conformance.judging.finding import Broken, Finding, Wrong
from conformance.judging.judge import Judge
from conformance.judging.rounding import FLOAT64, Rounded
from conformance.judging.verdicts import BREAKS, Outcome
from conformance.ops.spec import PROPERTIES
from conformance.suite.examination import Examination
from conformance.suite.run import settings
from refimpl import YOLOV8

PAIRS = Case.of(YOLOV8, {"boxes1": np.zeros((3, 4)), "boxes2": np.zeros((3, 4))})


def seen(name, got, expected, along, count=3, examples=4):
    """So many answers to cases of three pairs that are wrong alike."""
    return [Seen(PAIRS, Finding(name, count, 12, (), Wrong(expected, got, along)))] * examples


@pytest.mark.parametrize(
    "got, expected, rows, told",
    [
        ((0.0, 0.0), (0.5, 1.0), (0, 1, 2), "each wrong number is 0: more is expected"),
        ((0.0, 0.0), (-1.0, -0.5), (0, 1, 2), "each wrong number is 0: less is expected"),
        ((-0.0, 0.0), (-1.0, 0.5), (0, 1, 2), "each wrong number is 0"),
        ((0.0, 0.5), (1.0, 1.0), (0, 2), ""),
        ((0.0, 0.5), (1.0, 1.0), (1, 2), "never in the first row"),
        ((0.0, 0.5), (1.0, 1.0), (2,), "only in the last row"),
        ((0.0, 0.5), (1.0, 1.0), (0,), "only in the first row"),
        ((np.inf, np.inf), (1.0, 1.0), (0, 2), ""),
    ],
)
def test_what_wrong_values_share_is_told(got, expected, rows, told):
    assert in_common("iou", False, seen("values", got, expected, (rows,))) == told


def test_a_few_wrong_numbers_share_something_by_chance():
    few = seen("values", (0.0, 0.0), (1.0, 1.0), ((0,),), count=1), seen("values", (0.0, 0.0), (1.0, 1.0), ((0,),), examples=3), []

    assert [in_common("iou", False, some) for some in few] == ["", "", ""]


def test_columns_are_told_by_name():
    assert in_common("iou", True, seen("gradient by boxes1", (0.0, 1.0), (1.0, 2.0), ((0, 1, 2), (1, 3)))) == "only in y1, y2"


def test_of_the_first_anchor_it_is_not_told_that_it_is_right():
    case = Case.of(YOLOV8, {"anchor_points": np.zeros((3, 2))})
    some = [one._replace(case=case) for one in seen("boxes", (0.0, 1.0), (1.0, 2.0), ((1, 2), (0, 1, 2, 3)))]

    assert in_common("dist2bbox", False, some) == ""


def test_all_wrong_numbers_are_looked_at_and_not_the_worst_alone():
    got, expected = np.zeros((40, 4)), np.ones((40, 4))
    got[:, 1::2], got[3, 0] = 1, 0.5

    with pytest.raises(Broken) as broken:
        Judge(FLOAT64, Outcome("", "iou", "float64", ""), {}, {}).values("values", got, Rounded(expected, FLOAT64))

    assert broken.value.finding.all_wrong == Wrong((1.0, 1.0), (0.0, 0.5), ((0, 39), (0, 2)))


def test_a_gradient_that_ends_somewhere_is_seen_in_a_report():
    class NothingByTheSecond(DenseNumPy):
        def iou_vjp(self, *arguments):
            first, second = super().iou_vjp(*arguments)
            return first, 0 * second

    run = settings(profile="quick", seed=None, dtype="float64", only=None)
    judged = next(one for one in PROPERTIES if one.clause == "IOU-1g")
    examination = Examination(judged, Candidate(NothingByTheSecond, YOLOV8, "mine"), run, Outcome("IOU-1g", "iou", "float64", "real"))
    examination.conduct()

    assert examination.outcome.verdict == BREAKS
    assert "other examples (each wrong number is 0: nothing flows there)" in examination.outcome.detail

"""Rows of detections where classes are equally probable: any may be shown, and a box left out may have fallen in any."""

from types import SimpleNamespace

import numpy as np
import pytest

from conformance.cases.case import Case
from conformance.judging.rounding import FLOAT64
from conformance.ops.spec import PROPERTIES
from conformance.trial.trial import Example, verdict
from refimpl import Dialect

TWO_CLASSES = Dialect(name="two", num_classes=2)


def broken(rows, scores, max_det=9):
    """The clauses that rows break, of two boxes: anchor 0 stands at the origin, anchor 1 a quarter px below it."""
    prediction = np.array([[4, 4], [4, 4.25], [8, 8], [8, 8], *scores], float)
    given = {"prediction": prediction, "score_threshold": 0.25, "iou_threshold": 0.5, "max_det": max_det}
    example = Example(Case.of(TWO_CLASSES, given), SimpleNamespace(rows=np.array(rows, float)), {}, {})
    of_rows = [one for one in PROPERTIES if one.op == "detections"]
    return {one.clause for one in of_rows if verdict(one, example, FLOAT64).broken}


BEST, SECOND = [0, 0, 8, 8], [0, 0.25, 8, 8.25]


@pytest.mark.parametrize("label", [0, 1])
def test_a_box_falls_in_whichever_of_its_equally_probable_classes_the_better_one_has(label):
    scores = [[0.9 * (label == 0), 0.5], [0.9 * (label == 1), 0.5]]

    assert broken([[*BEST, 0.9, label]], scores) == set()


def test_a_box_shown_in_the_class_of_the_other_may_not_stay():
    scores = [[0.9, 0.5], [0, 0.5]]

    assert broken([[*BEST, 0.9, 0], [*SECOND, 0.5, 1]], scores) == set()
    assert broken([[*BEST, 0.9, 0], [*SECOND, 0.5, 0]], scores) == {"NMS-2"}


def test_a_box_is_not_shown_in_two_classes():
    scores = [[0.9, 0], [0.9, 0]]

    assert broken([[*BEST, 0.9, 0]], scores) == broken([[*BEST, 0.9, 1]], scores) == set()
    assert broken([[*BEST, 0.9, 0], [*BEST, 0.9, 1]], scores) == {"DTN-2"}

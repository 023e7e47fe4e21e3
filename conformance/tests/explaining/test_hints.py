"""Hints: what rounding to float32 is, and what only errs as little."""

import numpy as np
import pytest

from conformance.calling.candidate import Candidate
from conformance.candidates.dense_numpy import DenseNumPy
from conformance.explaining.undone import ROUNDED
from conformance.judging.verdicts import Outcome
from conformance.ops.spec import PROPERTIES
from conformance.suite.run import settings
from conformance.suite.examination import Examination
from refimpl import YOLOV8


def in_float32(self, boxes1, boxes2):
    return DenseNumPy.iou(self, boxes1, boxes2).astype(np.float32)


def a_little_too_large(self, boxes1, boxes2):
    return DenseNumPy.iou(self, boxes1, boxes2) * (1 + 2.0**-26)


@pytest.mark.parametrize("fault, said", [(in_float32, True), (a_little_too_large, False)])
def test_an_error_to_one_side_is_not_called_rounding(fault, said):
    judged = next(one for one in PROPERTIES if one.clause == "IOU-1")
    run = settings(profile="quick", seed=None, dtype="float64", only=None)
    outcome = Outcome("IOU-1", "iou", "float64", "real")

    Examination(judged, Candidate(type("Faulty", (DenseNumPy,), {"iou": fault}), YOLOV8, "faulty"), run, outcome).conduct()

    assert outcome.verdict == "BREAKS"
    assert (ROUNDED in outcome.detail) == said

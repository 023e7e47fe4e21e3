"""The same answer: two that differ by the rounding of a wrong number show one fault, two that differ by more do not."""

import numpy as np
import pytest

from conformance.calling.candidate import Candidate
from conformance.cases.case import Case
from conformance.explaining.same_answer import alike, heard
from conformance.judging.rounding import FLOAT32
from conformance.ops.spec import PROPERTIES
from conformance.trial.asking import ask
from refimpl import YOLOV8

JUDGED = next(one for one in PROPERTIES if (one.op, one.clause) == ("dist2bbox", "DEC-1"))
CASE = Case.of(YOLOV8, {"distance": np.full((1, 4), 256.0), "anchor_points": np.full((1, 2), 512.0)})
"""The right corners are whole numbers: not a bit of them may be lost."""


class Moved:
    """Its boxes lie so much to the right of where they should."""

    def __init__(self, by):
        self.by = by

    def dist2bbox(self, distance, anchor_points):
        return np.concatenate([anchor_points - distance[:, :2], anchor_points + distance[:, 2:]], axis=-1) + self.by


def told(by):
    answer = ask(Candidate(lambda dialect: Moved(by), YOLOV8, "moved"), JUDGED.op, CASE, FLOAT32, False)
    return heard(JUDGED, CASE, answer, FLOAT32, {})


@pytest.mark.parametrize("by, same", [(np.float64(1 / 3), True), (np.float64(1 / 3 + 1 / 128), False)])
def test_a_wrong_number_may_be_rounded_where_the_right_one_is_exact(by, same):
    assert alike(told(np.float32(1 / 3)), told(by)) == same

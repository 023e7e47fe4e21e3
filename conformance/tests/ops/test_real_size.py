"""Real size: what breaks past so many anchors only is seen, once, and nothing right is accused."""

import numpy as np
import pytest

from conformance.calling.candidate import Candidate
from conformance.candidates.dense_numpy import DenseNumPy
from conformance.cases.case import Case
from conformance.ops import real_size
from conformance.ops.head.legal_batches import legal_batches
from conformance.judging.rounding import FLOAT32, FLOAT64
from conformance.judging.verdicts import BREAKS, CONFORMS, Outcome
from conformance.ops.right import Right
from conformance.ops.spec import PROPERTIES
from conformance.suite.examination import Examination
from conformance.suite.run import settings
from refimpl import YOLOV8
from dataclasses import replace


def nothing_past_8192(self, *arguments):
    labels, boxes, scores, fg_mask, owner = DenseNumPy.assign(self, *arguments)
    fg_mask[:, 8192:], scores[:, 8192:] = 0, 0
    return labels, boxes, scores, fg_mask, owner


@pytest.mark.parametrize("faulty, expected", [({"assign": nothing_past_8192}, BREAKS), ({}, CONFORMS)])
def test_a_limit_of_anchors_is_seen(faulty, expected):
    judged = next(one for one in PROPERTIES if (one.op, one.clause) == ("assign", "TAL-5"))
    outcome = Outcome("TAL-5", "assign", "float32", real_size.EVENT)
    run = settings(profile="quick", seed=None, dtype="float32", only=None)
    examination = Examination(judged, Candidate(type("Some", (Right,), faulty), YOLOV8, "some"), run, outcome)
    examination.make_smallest = examination.look_into = lambda: None

    examination.conduct()

    assert (outcome.verdict, outcome.examples) == (expected, 1)


@pytest.mark.parametrize("op, precision, other", [("assign", FLOAT32, FLOAT64), ("detection_loss", FLOAT64, FLOAT32)])
def test_it_is_drawn_in_one_float_type_for_who_serves_it(op, precision, other):
    cases = next(one.cases for one in PROPERTIES if one.op == op)

    assert cases.possible(real_size.EVENT, precision, [YOLOV8])
    assert not cases.possible(real_size.EVENT, other, [YOLOV8])
    assert not cases.possible(real_size.EVENT, precision, [replace(YOLOV8, num_classes=3)])


@pytest.mark.parametrize("seed", real_size.SEEDS[:2])
def test_there_is_one_way_to_assign_it(seed):
    case = Case.of(YOLOV8, real_size.batch(seed, YOLOV8, FLOAT32))

    assert len(legal_batches(case, FLOAT32)) == 1


def test_the_scene_of_the_assigner_is_that_of_the_loss():
    scene = real_size.scene(1, YOLOV8, FLOAT32)

    assert scene["pd_scores"].shape == (1, 8400, 80) and scene["mask_gt"].all()
    assert np.array_equal(scene["pd_scores"], real_size.scene(1, YOLOV8, FLOAT32)["pd_scores"])

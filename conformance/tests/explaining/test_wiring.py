"""Faults that stand in no list: a part that is given something else, a divisor in another's place, an argument misread."""

import numpy as np
import pytest

from conformance.calling.candidate import Candidate
from conformance.cases.protocol import OPS
from conformance.explaining.quantities import quantities
from conformance.explaining.wiring import changes, miswired
from conformance.judging.verdicts import Outcome
from conformance.ops.mutant_parts import having
from conformance.ops.right import Right
from conformance.ops.spec import PROPERTIES
from conformance.suite.run import settings
from conformance.suite.examination import Examination
from conformance.trial.examples import drawn
from refimpl import YOLOV8


def told(op, clause, fault, event="real", dtype="float64"):
    """What is told of a faulty op."""
    judged = next(one for one in PROPERTIES if (one.op, one.clause) == (op, clause))
    run = settings(profile="quick", seed=None, dtype=dtype, only=None)
    outcome = Outcome(clause, op, dtype, event)
    Examination(judged, Candidate(type("Faulty", (Right,), {op: fault}), YOLOV8, "faulty"), run, outcome).conduct()
    return outcome.detail


def loss_in_px(self, feature_maps, targets):
    stride = self.make_anchors([level.shape[2:] for level in feature_maps])[1].astype(feature_maps[0].dtype)

    def in_px(right, dist, boxes, points, target, *rest):
        return right(dist, boxes * stride, points * stride, target * stride, *rest)

    return having(self, bbox_loss=in_px).detection_loss(feature_maps, targets)


def over_the_positives(self, feature_maps, targets):
    logits, *rest, scores, scores_sum, fg_mask = self._assigned(feature_maps, targets)
    total, components = Right(self.dialect).detection_loss(feature_maps, targets)
    share = scores_sum / max(fg_mask.sum(), 1)
    return total * share, components * share


def rows_meet_columns(self, dist, boxes, points, target, scores, scores_sum, fg_mask):
    weight = scores.sum(axis=-1)[fg_mask][:, np.newaxis]
    box = weight * (1 - self.ciou(boxes[fg_mask], target[fg_mask]))
    dfl = weight * self.dfl_loss(dist[fg_mask], self.bbox2dist(points, target)[fg_mask])
    return box.sum() / scores_sum, dfl.sum() / scores_sum


@pytest.mark.parametrize(
    "op, clause, fault, cause",
    [
        ("detection_loss", "DET-3", loss_in_px, "bbox_loss is given pred_bboxes, anchor_points, target_bboxes in px, not in cells"),
        ("detection_loss", "DET-2", over_the_positives, "divided by how many are true in fg_mask, not by target_scores_sum"),
        ("bbox_loss", "BOX-2", rows_meet_columns, "the sum of target_scores over all rows: N × N for N"),
    ],
)
def test_a_cause_that_stands_in_no_list_is_named(op, clause, fault, cause):
    assert cause in told(op, clause, fault, "many" if op == "bbox_loss" else "real")


def test_every_part_of_a_whole_is_wired_otherwise_and_an_op_without_parts_is_not():
    given = {mutant.sentence.split(" is given ")[0] for mutant in miswired("detection_loss")}

    assert {"assign", "bbox_loss", "bce_loss", "ciou", "dfl_loss"} <= given
    assert miswired("bce_loss") == ()


def test_a_change_comes_from_the_signature():
    words = [change.words for change in changes(OPS["assign"])]

    assert "pd_bboxes, anchor_points in cells, not in px" in words and "mask_gt that is true everywhere" in words
    assert not any("in px, not in cells" in one for one in words)


def test_quantities_are_those_of_every_stage_and_none_is_zero():
    judged = next(one for one in PROPERTIES if one.clause == "DET-1")
    run = settings(profile="quick", seed=None, dtype="float64", only=None)
    case = drawn(run, "detection_loss", "no targets", "float64", judged.cases, (YOLOV8,))[0]

    found = quantities("detection_loss", case)

    assert {"target_scores_sum", "how many are true in fg_mask", "the number of images"} <= set(found)
    assert all(value > 0 for value in found.values())

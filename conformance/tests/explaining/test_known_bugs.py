"""Diagnosis and stages: a break is named after the known bug that explains it, and traced to where it begins."""

from dataclasses import replace

import numpy as np
import pytest

from conformance.explaining import known_bugs as diagnosis
from conformance.suite.run import settings
from conformance.calling.candidate import Candidate
from conformance.candidates.dense_numpy import DenseNumPy
from conformance.ops.spec import PROPERTIES
from conformance.ops.mutants import MUTANTS
from conformance.suite.examination import Examination
from conformance.judging.verdicts import BREAKS, Outcome
import refimpl
from refimpl import MINDYOLO, YOLOV8


def examined(factory, op, clause, event="real", dtype="float64", dialect=YOLOV8):
    """The examination of one clause under one event."""
    run = settings(profile="quick", seed=3, dtype="both", only=None)
    judged = next(x for x in PROPERTIES if (x.op, x.clause) == (op, clause))
    examination = Examination(judged, Candidate(factory, dialect, "mine"), run, Outcome(clause, op, dtype, event))
    examination.conduct()
    return examination


class SquaredFactor(DenseNumPy):
    """The factor of v squared, too: a known bug, written anew."""

    def ciou(self, boxes1, boxes2):
        (w1, h1), (w2, h2) = self._sides(boxes1), self._sides(boxes2)
        v = (4 / np.pi**2 * (np.arctan(w1 / h1) - np.arctan(w2 / h2))) ** 2
        return self.diou(boxes1, boxes2) - v * v / (1 - self.iou(boxes1, boxes2) + v + self.dialect.iou_eps)


class Unheard(DenseNumPy):
    """A fault that no mutant has."""

    def ciou(self, boxes1, boxes2):
        return super().ciou(boxes1, boxes2) * np.cos(boxes1[..., 0] + 1)


class WrongEpsilon(DenseNumPy):
    def ciou(self, boxes1, boxes2):
        return DenseNumPy(replace(self.dialect, iou_eps=3e-5)).ciou(boxes1, boxes2)


class WrongGain(DenseNumPy):
    def detection_loss(self, feature_maps, targets):
        return DenseNumPy(replace(self.dialect, cls_gain=0.47)).detection_loss(feature_maps, targets)


class NumbersOffTheForeground(DenseNumPy):
    """Background has no box, so that any numbers may stand there; its own box loss cannot bear these."""

    def assign(self, *arguments):
        labels, boxes, *rest, fg_mask, owner = super().assign(*arguments)
        return (labels, np.where(fg_mask[..., np.newaxis], boxes, np.nan), *rest, fg_mask, owner)

    def bbox_loss(self, pred_dist, pred_bboxes, anchor_points, target_bboxes, *rest):
        box, dfl = super().bbox_loss(pred_dist, pred_bboxes, anchor_points, target_bboxes, *rest)
        return box + 0 * target_bboxes.sum(), dfl


def test_a_known_bug_is_named_with_where_it_was_seen():
    told = examined(SquaredFactor, "ciou", "IOU-4")

    assert told.outcome.verdict == BREAKS
    assert [m.id for m in told.findings.named] == ["ciou-factor-squared"]
    assert f"looks like: {told.findings.named[0].sentence} (seen in " in told.outcome.detail


def test_a_bug_that_nobody_knows_is_given_no_name():
    told = examined(Unheard, "ciou", "IOU-4")

    assert (told.outcome.verdict, told.findings.named) == (BREAKS, ())
    assert "looks like" not in told.outcome.detail


class LabelsFrom1:
    """A known bug, within the rules of any dialect."""

    def __init__(self, dialect):
        self.dialect = dialect

    def pad_targets(self, targets, batch_size, image_size):
        labels, boxes, mask = refimpl.pad_targets(targets, batch_size, image_size, dialect=self.dialect)
        return labels + 1, boxes, mask


FAR_OUT = "pad_targets", "coordinate sum not positive", "float32", MINDYOLO
"""A box that MINDYOLO keeps, and that what mutants are made of would drop, as YOLOV8 does."""


def test_a_known_bug_is_named_under_the_rules_of_another_dialect():
    op, *rest = FAR_OUT
    told = examined(LabelsFrom1, op, "TGT-2", *rest)

    assert [m.id for m in told.findings.named] == ["padded-labels-from-1"]


def test_the_rule_of_another_dialect_is_taken_for_no_bug():
    op, *rest = FAR_OUT
    told = examined(DenseNumPy, op, "TGT-3", *rest)

    assert (told.outcome.verdict, told.findings.named) == (BREAKS, ())
    assert "conforms with target_mask='positive_sum'" in told.outcome.detail


def test_all_bugs_that_explain_a_break_are_named():
    first, second = list(MUTANTS.values())[:2]

    assert diagnosis.text([first, second]).count(first.sentence) == 1
    assert "\n        or: " + second.sentence in diagnosis.text([first, second])
    assert diagnosis.text([]) == ""


@pytest.mark.parametrize("op, clause", [("assign", "TAL-7"), ("bbox_loss", "BOX-1"), ("detection_loss", "DET-1")])
def test_a_broken_whole_is_traced_to_the_op_that_holds_the_fault(op, clause):
    told = examined(WrongEpsilon, op, clause)

    assert told.outcome.verdict == BREAKS
    assert "first divergent stage: ciou (IOU-4)" in told.outcome.detail


def test_a_fault_between_right_ops_is_the_whole_itself():
    told = examined(WrongGain, "detection_loss", "DET-2")

    assert "first divergent stage: detection_loss itself, for on its inputs your 16 ops from make_anchors to bbox_loss conform" in told.outcome.detail


class MarksMaskedRows(DenseNumPy):
    def candidates_in_gts(self, anchor_points, gt_bboxes, mask_gt):
        return super().candidates_in_gts(anchor_points, gt_bboxes, np.ones_like(mask_gt))


def test_a_stage_that_marks_rows_of_masked_boxes_is_named_though_it_conforms():
    told = examined(MarksMaskedRows, "assign", "TAL-5", "masked box in a conflict")

    assert "rows whose mask is 0, which are not judged there, are marked by candidates_in_gts" in told.outcome.detail


def test_ops_that_go_wrong_only_together_are_traced_with_what_they_give_each_other():
    told = examined(NumbersOffTheForeground, "detection_loss", "DET-1")

    assert "first divergent stage: bbox_loss (BOX-1), on what its own ops before it return" in told.outcome.detail


class NoLabelWithoutBoxes(DenseNumPy):
    def assign(self, *arguments):
        labels, *rest = super().assign(*arguments)
        return (labels, rest[0], rest[1] + (len(arguments[3][0]) == 0), *rest[2:])


def test_a_scene_without_boxes_has_no_stage_before_the_assigner():
    told = examined(NoLabelWithoutBoxes, "assign", "TAL-7", event="no ground truths")

    assert told.outcome.verdict == BREAKS and "first divergent stage" not in told.outcome.detail

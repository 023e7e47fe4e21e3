"""Dialects of the assigner: what their cases are given, and what is legal under them and nowhere else."""

import numpy as np
import pytest

from conformance.calling.candidate import Candidate, find
from conformance.cases.case import Case
from conformance.judging.rounding import PRECISIONS
from conformance.judging.verdicts import CONFORMS
from conformance.ops.spec import PROPERTIES
from conformance.suite.run import settings
from conformance.trial.examples import drawn
from conformance.trial.trial import trial
from conformance.tests.drawn import SERVED
from conformance.tests.reporting.judging import rows
from refimpl import LIBREYOLO9, YOLOV8, assign

FLOAT32 = PRECISIONS["float32"]
LIMITED = find("reference32", LIBREYOLO9.name)


def of(op, clause):
    return next(one for one in PROPERTIES if (one.op, one.clause) == (op, clause))


def cases(judged, event, candidate=LIMITED):
    run = settings(profile="quick", seed=4, dtype="float32", only=None)
    return drawn(run, judged.op, event, "float32", judged.cases, candidate.served)


def scene(dialect, boxes, predictions, scores=(1.0,), masked=(), **more):
    """One anchor at (16, 16), boxes of class 0, and of each a prediction, or one prediction for all."""
    count = len(boxes)
    given = {
        "pd_scores": np.array([[scores]]), "pd_bboxes": np.array([[predictions]], float), "anchor_points": np.array([[16.0, 16.0]]),
        "gt_labels": np.arange(count).reshape(1, count, 1) % dialect.num_classes, "gt_bboxes": np.array([boxes], float),
        "mask_gt": np.array([[[g not in masked] for g in range(count)]]),
    }  # fmt: skip
    return Case.of(dialect, {**given, **more})


def test_an_assigner_that_is_limited_in_range_is_given_the_strides_of_its_anchors():
    for case in cases(of("assign", "TAL-1"), "kept while asked again"):
        assert all(call.arguments["stride_tensor"].shape == (len(call.arguments["anchor_points"]), 1) for call in case.calls)
    assert "stride_tensor" not in cases(of("assign", "TAL-1"), "real", find("reference32"))[0].arguments


@pytest.mark.parametrize("event", ["crowd", "kept while asked again", "several images"])
@pytest.mark.parametrize("op, clause", [("assign", "TAL-5"), ("assign", "TAL-7"), ("detection_loss", "DET-1"), ("detection_loss", "DET-5g")])
def test_the_reference_conforms_where_anchors_are_limited_in_range(op, clause, event):
    judged = of(op, clause)
    if event in judged.events:
        assert not [case for case in cases(judged, event) if trial(judged, LIMITED, case, FLOAT32).fails]


def test_an_owner_that_claims_nothing_is_not_asked_for_where_only_claimants_own():
    assert not of("assign", "TAL-5").cases.possible("owner that did not claim", FLOAT32, LIMITED.served)
    assert of("assign", "TAL-5").cases.possible("owner that did not claim", FLOAT32, SERVED)


def test_nothing_is_asked_of_what_a_masked_row_holds():
    ones = np.ones((1, 3, 1), int)
    tie = scene(SERVED[2], [[-4, -4, 24, 24]] * 3, [0, 0, 4, 4], (0.5,) * 3, masked=(0,), gt_labels=ones)

    assert trial(of("assign", "TAL-6"), find("reference32"), tie, FLOAT32).holds


def test_a_claimant_of_an_anchor_outside_its_box_may_win_it_by_its_overlap():
    small = LIMITED.served[1].__class__(**{**vars(LIBREYOLO9), "num_classes": 1, "topk": 1, "strides": (8,), "reg_max": 16})
    around, beside = [10.0, 10.0, 60.0, 60.0], [20.0, 10.0, 70.0, 60.0]
    case = scene(small, [around, beside], [20, 10, 70, 60], stride_tensor=np.array([[8.0]]))

    found = assign(**case.arguments, dialect=small)

    assert found.target_gt_idx.tolist() == [[1]]
    assert trial(of("assign", "TAL-5"), Candidate(lambda dialect: _fixed(found), YOLOV8, "fixed"), case, FLOAT32).holds


def _fixed(answer):
    return type("Fixed", (), {"assign": staticmethod(lambda *arguments: tuple(answer))})


def test_claims_that_change_no_score_need_not_be_known(tmp_path):
    (tmp_path / "own.py").write_text(
        "import dataclasses\nfrom refimpl import YOLOV8\n"
        "OWN = dataclasses.replace(YOLOV8, name='OWN', normalised_over='claimed')\n"
    )

    (scores,) = [row for row in rows("conformance.candidates.reference32:factory", "assign", dialect=f"{tmp_path}/own.py:OWN") if row.clause == "TAL-7"]

    assert (scores.verdict, scores.undecided) == (CONFORMS, 0)

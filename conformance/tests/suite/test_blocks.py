"""Blocks: the cause first, one for breaks of one cause, and the rest for who asks."""

from dataclasses import replace

import numpy as np
import pytest

from conformance.cases.case import Case
from conformance.cases.codec import encoded, of_case
from conformance.judging.verdicts import BREAKS, CONFORMS, Row
from conformance.suite.blocks import blocks
from conformance.suite.another import as_another
from conformance.suite.explain import decided
from conformance.suite.report import Report, text
from conformance.tests.explaining.ports import without_quarter
from conformance.tests.reporting.judging import rows
from refimpl import MINDYOLO, MMYOLO, YOLOV8

SQUARED = "conformance.ops.mutants:ciou_v_squared"


@pytest.fixture(scope="module")
def broken():
    return [row for row in rows(SQUARED, "ciou") if row.verdict == BREAKS]


def test_the_cause_stands_before_the_case_and_the_way_on_after_it(broken):
    lines = blocks(broken)[0].splitlines()

    places = [next(i for i, line in enumerate(lines) if line.startswith(f"  {word}")) for word in
              ("ciou (float64", "looks like: v is squared", "smallest case:", "more: python -m conformance explain IOU-4")]
    assert lines[0].startswith("BREAKS  IOU-4  CIoU is DIoU") and places == sorted(places)


def test_the_rest_is_for_who_asks(broken):
    brief, whole = blocks(broken)[0], blocks(broken, verbose=True)[0]

    assert "contrast:" not in brief and "  contrast: " in whole and "arXiv:1911.08287" in whole
    assert max(len(line) for line in brief.splitlines() if "replay" not in line) < 220


def test_a_case_is_judged_again_by_the_profile_that_found_it(broken, monkeypatch):
    monkeypatch.setattr("conformance.suite.blocks.LONGEST", 10)
    (again,) = [line for line in blocks(broken)[0].splitlines() if "judge it again" in line]

    assert again.endswith("--profile quick --only ciou")


def test_breaks_of_one_cause_are_one_block(broken):
    lead = broken[0]
    follower = Row("bbox_loss", "BOX-1", BREAKS, 9, 1.0, 0.0, "", lead.counterexample)

    told = blocks([lead, follower])

    assert len(told) == 1 and "  and 1 clause that follows from it: bbox_loss BOX-1" in told[0]


def test_the_table_stands_before_the_blocks_and_both_fit_one_screen(broken):
    lines = text(Report("mine", rows=tuple(broken))).splitlines()

    assert lines[0].split()[0] == "op" and len(lines) < 40


def test_a_block_tells_what_the_dialect_decides_about_the_clause_and_of_yolov8_nothing():
    assert decided("IOU-4g", YOLOV8) == decided("DFL-1", MMYOLO) == ""
    own = decided("TGT-3", MINDYOLO)
    assert own == "target_mask='all' (which labelled boxes take part: all)"

    (broken,) = [row for row in rows("dense_numpy", "pad_targets", dialect="MINDYOLO") if row.verdict == BREAKS]
    assert f"\n  judged by {own}\n" in blocks([broken])[0]


def test_a_break_without_a_record_is_told_as_the_suite_told_it():
    assert blocks([Row("iou", "IOU-1", BREAKS, 1, 0.0, 0.0, "iou: 1 of 2 wrong")]) == ["BREAKS  iou: 1 of 2 wrong"]


def differing(row, clause, fields, left, preset="YOLOV9", presets=()):
    """A break that the fields of another dialect explain, but for so many of ten."""
    words = "another dialect: conforms with owner_among='all'; --dialect YOLOV9 judges by it"
    differs = {"fields": fields, "preset": preset, "presets": [*presets], "broken": 10, "left": left, "still": [clause] * bool(left), "words": words}
    record = {**row.counterexample, "answer": {}, "bugs": [], "differs": differs}  # The answer of another op.
    return Row("assign", clause, BREAKS, 9, 1.0, 0.0, "", record)


def test_breaks_that_one_dialect_explains_are_one_block_and_the_last_lines_say_so(broken):
    rows = [differing(broken[0], clause, [["owner_among", "all"]], 0) for clause in ("TAL-5", "TAL-6")]

    (told,) = blocks(rows)
    last = as_another(rows, "YOLOV8")

    assert "--dialect YOLOV9 judges by it" in told and "1 clause that follows from it: assign TAL-6" in told
    assert last.startswith("as YOLOV9 it conforms on all that was looked at; as YOLOV8 it differs in owner_among; --dialect YOLOV9")


def test_what_no_field_explains_stands_beside_the_dialect(broken):
    rows = [differing(broken[0], "TAL-5", [["owner_among", "all"]], 3)]

    assert as_another(rows, "YOLOV8").startswith("as YOLOV9 it is left with assign TAL-5, which no field explains")
    assert as_another(broken, "YOLOV8") == ""


def test_a_gradient_whose_value_obeys_what_its_fields_decide_otherwise_is_of_no_other_dialect(broken):
    row = replace(differing(broken[0], "DET-1g", [["times_batch", False]], 0, ""), op="detection_loss")
    value = Row("detection_loss", "DET-4", CONFORMS, 9, 0.1, 0.0, "")

    assert as_another([row, value], "YOLOV8") == ""
    assert "differs in times_batch" in as_another([row, replace(value, verdict=BREAKS)], "YOLOV8")


def test_of_ops_that_several_presets_explain_the_preset_of_all_is_told(broken):
    owners = differing(broken[0], "TAL-5", [["owner_among", "all"]], 0, "YOLOV9", ("YOLOV9", "MMYOLO", "MINDYOLO"))
    sides = differing(broken[0], "IOU-4", [["side_eps", "aspect"]], 0, "", ("LIBREYOLO9", "MMYOLO"))

    last = as_another([owners, sides], "YOLOV8")
    sides.counterexample["differs"]["still"] = ["IOU-4"]

    assert as_another([owners, sides], "YOLOV8").startswith("as a dialect of its own it is left with assign IOU-4")
    assert last.startswith("as MMYOLO it conforms") and last.endswith("differs in owner_among, side_eps; --dialect MMYOLO judges by it")


def test_a_dialect_that_is_no_preset_is_told_as_one_can_judge_by_it(broken):
    own = [differing(broken[0], "TAL-5", [["owner_among", "claimants"], ["ciou_range", [-1, 1]]], 0, "")]

    assert "OWN = dataclasses.replace(YOLOV8, name='OWN', owner_among='claimants', ciou_range=(-1, 1))" in as_another(own, "YOLOV8")


def test_a_clause_that_the_fields_explain_is_not_among_those_that_are_left(broken):
    owners, labels = (differing(broken[0], clause, [["owner_among", "all"]], 9) for clause in ("TAL-5", "TAL-6"))
    owners.counterexample["differs"]["still"] = ["TAL-6"]

    assert as_another([owners, labels], "YOLOV8").startswith("as YOLOV9 it is left with assign TAL-6, which no field explains")


def test_what_breaks_by_the_rules_of_the_other_dialect_alone_is_left_as_its_block_says(broken):
    owners = differing(broken[0], "TAL-5", [["owner_among", "all"]], 1)
    owners.counterexample["differs"]["still"] = ["TAL-7"]

    assert as_another([owners], "YOLOV8").startswith("as YOLOV9 it is left with assign TAL-7, which no field explains")


PORTS = "conformance.tests.explaining.ports"


def test_a_bug_in_what_is_made_of_a_part_that_decides_otherwise_has_a_block_of_its_own():
    told = rows(f"{PORTS}:without_quarter", "iou,diou")

    assert [one.splitlines()[0][:13] for one in blocks(told)] == ["BREAKS  IOU-1", "BREAKS  IOU-3"]
    assert "side_eps='aspect'" in blocks(told)[0] and "side_eps" not in blocks(told)[1]
    assert as_another(told, "YOLOV8").startswith("as MMYOLO it is left with diou IOU-3, which no field explains")


@pytest.mark.parametrize("moved, count", [(0.0, 1), (1.0, 2)], ids=["where it shows not", "where it shows"])
def test_as_it_is_recorded_a_follower_is_judged_by_the_fields_of_its_cause(moved, count):
    part, whole = (row for row in rows(f"{PORTS}:without_quarter", "iou,diou") if row.clause in ("IOU-1", "IOU-3"))
    boxes = {"boxes1": np.array([[0.0, 0, 1, 1]]), "boxes2": np.array([[moved, 0, moved + 1, 1]])}
    answer = {"values": encoded(without_quarter(YOLOV8).diou(**boxes))}
    record = {**whole.counterexample, **of_case(Case.of(YOLOV8, boxes)), "answer": answer, "differs": None, "follows": ["iou", "IOU-1"]}

    assert len(blocks([part, replace(whole, counterexample=record)])) == count


def test_a_preset_that_decides_otherwise_where_an_op_conforms_is_not_told():
    told = rows(f"{PORTS}:with_edges", "candidates_in_gts,select_topk")

    assert as_another(told, "YOLOV8").startswith("as a dialect of its own it conforms on all that was looked at; as YOLOV8 it differs in inside_edges")
    assert "LIBREYOLO9" not in as_another(told, "YOLOV8")


def test_a_preset_under_which_what_follows_breaks_is_not_told():
    told = rows(f"{PORTS}:claims_above_0", "select_topk,assign")

    assert [one.splitlines()[0][:13] for one in blocks(told)] == ["BREAKS  TAL-4"]
    assert "OWN = dataclasses.replace(YOLOV8, name='OWN', claim_above=0)" in as_another(told, "YOLOV8")


def test_a_known_bug_that_is_a_decision_too_is_told_with_the_way_to_judge_by_it():
    told = rows("conformance.ops.mutants:conflicts_by_metric", "assign")

    assert "looks like: a contested anchor goes to the largest metric" in blocks(told)[0]
    assert "differs in owner_by" in as_another(told, "YOLOV8")

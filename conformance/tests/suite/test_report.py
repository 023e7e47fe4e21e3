"""Reports: text for a terminal."""

import math

import pytest

from conformance.cases.protocol import OPS
from conformance.suite.report import Report, table, text, worst_exit_code
from conformance.ops.spec import CLAUSES
from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR, NOT_PROVIDED, UNDECIDED, Row


def _row(verdict=CONFORMS, op="iou", clause="IOU-1", examples=400, worst=0.5, undecided=0.0, detail=""):
    return Row(op, clause, verdict, examples, worst, undecided, detail)


def _report(*verdicts, **fields):
    return Report("mine", rows=tuple(map(_row, verdicts)), **fields)


def test_the_widest_row_fits_80_columns():
    rows = [
        _row(NOT_PROVIDED, max(OPS, key=len), max(CLAUSES, key=len) + "g"),
        _row(UNDECIDED, max(OPS, key=len), "DET-1g", 99_999_999, 1e300 / 3, 1.0),
        _row(BREAKS, worst=math.inf),
    ]

    assert max(map(len, table(rows).splitlines())) <= 80


def test_a_row_shows_examples_largest_error_and_undecided_share():
    heading, row = table([_row(undecided=0.00123)]).splitlines()

    assert heading.split() == ["op", "clause", "value", "gradient", "examples", "error/bound", "undecided"]
    assert row.split() == ["iou", "IOU-1", "CONFORMS", "-", "400", "0.5", "0.12%"]


def test_value_and_gradient_of_a_clause_stand_side_by_side():
    rows = [_row(), _row(BREAKS, clause="IOU-1g", examples=20, worst=0.25, undecided=0.5), _row(clause="DET-5g")]

    told = [line.split() for line in table(rows).splitlines()[1:]]

    assert told == [
        ["iou", "IOU-1", "CONFORMS", "BREAKS", "420", "0.5", "0.25", "50.00%"],
        ["iou", "DET-5", "-", "CONFORMS", "400", "0.5", "0.00%"],
    ]


def test_a_row_of_an_op_that_is_not_provided_shows_no_numbers():
    assert table([_row(NOT_PROVIDED)]).splitlines()[1].split() == ["iou", "IOU-1", "-", "-"]


def test_a_gradient_that_is_not_provided_is_named_unless_its_op_is_missing_too():
    absent = [(NOT_PROVIDED, op, clause) for op, clause in (("iou", "IOU-1g"), ("giou", "IOU-2"), ("giou", "IOU-2g"))]

    shown = text(Report("mine", rows=(_row(), *(_row(*row) for row in absent))))

    assert shown.startswith("not judged giou, gradient of iou (not provided)\n\n")


def test_of_many_ops_that_are_not_provided_the_number_is_told_and_their_names_to_who_asks():
    rows = tuple(Row(op, "X-1", NOT_PROVIDED, 0, 0.0, 0.0, "") for op in "abcdefg")

    assert text(Report("mine", rows=rows)).startswith("not judged 7 of 7 ops and their gradients (not provided; -v names them)")
    assert "a, b, c, d, e, f, g (not provided)" in text(Report("mine", rows=rows), verbose=True)


@pytest.mark.parametrize("verdict", [BREAKS, ERROR])
def test_the_reason_of_a_broken_clause_stands_below_the_table(verdict):
    rows = (_row(verdict, detail="IOU-1  sentence\n  iou: 1 of 2 wrong"), _row(detail="hidden"))

    shown = text(Report("mine", rows=rows))

    assert f"\n\n{verdict}  IOU-1  sentence\n  iou: 1 of 2 wrong\n\n" in shown
    assert "hidden" not in shown


def test_header_and_closing_line_say_who_and_how():
    shown = text(_report(CONFORMS, NOT_PROVIDED, about=(("run", "standard"), ("dialect", "YOLOV8"))))

    assert shown.startswith("run        standard\ndialect    YOLOV8\n")
    assert shown.endswith("\n\nmine: CONFORMS (1 CONFORMS, 1 NOT PROVIDED)")


@pytest.mark.parametrize("profile, said", [("quick", True), ("standard", False)])
def test_the_quick_profile_is_said_not_to_suffice(profile, said):
    assert ("not sufficient for conformance" in text(_report(CONFORMS, profile=profile))) == said


@pytest.mark.parametrize(
    "verdicts, problems, expected",
    [
        ([CONFORMS, NOT_PROVIDED], (), (CONFORMS, 0)),
        ([ERROR, BREAKS, UNDECIDED], (), (BREAKS, 1)),
        ([ERROR, UNDECIDED], (), (ERROR, 1)),
        ([CONFORMS, UNDECIDED], (), (UNDECIDED, 2)),
        ([NOT_PROVIDED], (), ("NO VERDICT", 2)),
        ([CONFORMS], ("a test failed",), ("NO VERDICT", 2)),
        ([BREAKS], ("a test failed",), (BREAKS, 1)),
        ([], ("unknown",), ("NO VERDICT", 2)),
    ],
)
def test_the_conclusion_agrees_with_the_exit_status(verdicts, problems, expected):
    report = _report(*verdicts, problems=problems)

    assert (report.verdict, report.exit_code) == expected


def test_a_problem_is_shown():
    assert "NO VERDICT  test_iou: failed\nTypeError" in text(_report(CONFORMS, problems=("test_iou: failed\nTypeError",)))


def test_a_skipped_candidate_is_one_line():
    assert text(Report("mine", skipped="no module named torch")) == "mine: skipped: no module named torch"


def test_skipped_candidates_do_not_count_unless_there_are_no_others():
    conforms, breaks, unknown, skipped = _report(CONFORMS), _report(BREAKS), _report(), Report("x", skipped="no torch")

    assert worst_exit_code([conforms, skipped]) == 0
    assert worst_exit_code([conforms, unknown, skipped]) == 2
    assert worst_exit_code([conforms, unknown, breaks]) == 1
    assert worst_exit_code([skipped]) == 2

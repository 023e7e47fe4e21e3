"""The record: one run as one object that the schema describes."""

import json
import math

import pytest

from conformance.suite.report import Drawn, Report
from conformance.reporting.record import VERSION, candidates, read, record, whole
from conformance.reporting.schema import SCHEMA
from conformance.tests.reporting.judging import broken, rows
from conformance.tests.reporting.validating import faults
from conformance.judging.verdicts import BREAKS, CONFORMS, KNOWN, Row


def _row(verdict=CONFORMS, worst=0.5):
    return Row("iou", "IOU-1", verdict, 400, worst, 0.0, "")


def _told(*reports, single=True):
    return json.loads(json.dumps(whole(reports, single), allow_nan=False))


def test_a_record_holds_each_clause_with_its_numbers():
    assert record(Report("mine", rows=(_row(BREAKS),), dialect="YOLOV8", profile="quick", word="x:y", seed=7)) == {
        "candidate": "mine",
        "word": "x:y",
        "dialect": "YOLOV8",
        "profile": "quick",
        "seed": 7,
        "dtypes": [],
        "only": [],
        "verdict": "BREAKS",
        "evidence": "quick: not sufficient for conformance",
        "exit_code": 1,
        "interrupted": False,
        "about": {},
        "clauses": [
            {
                "op": "iou",
                "id": "IOU-1",
                "verdict": "BREAKS",
                "examples": 400,
                "worst": 0.5,
                "undecided": 0.0,
                "detail": "",
                "counterexample": None,
                "values": 0,
                "undecided_values": 0,
                "undecided_scenes": 0,
            }
        ],
        "problems": [],
    }


@pytest.mark.parametrize("fields", [{"seed": 7, "only": ("iou",)}, {"part": "2/3"}, {"parts": (Drawn(1, "", ()), Drawn(None, "1/2", ("iou",)))}])
def test_a_report_is_read_from_its_record(fields):
    report = Report("mine", (("run", "quick"),), "YOLOV8", "quick", (_row(worst=math.inf),), ("why",), dtypes=("float32",), **fields)

    told = _told(report)

    assert read(told) == report and list(faults(told, SCHEMA, SCHEMA)) == []


def test_a_record_is_valid_json_whatever_the_numbers():
    told = _told(Report("mine", rows=(_row(worst=math.inf), _row(worst=math.nan))))

    assert [clause["worst"] for clause in told["clauses"]] == [None, None]
    assert list(faults(told, SCHEMA, SCHEMA)) == []


def test_a_known_failure_is_as_the_schema_says():
    told = _told(Report("mine", rows=(_row(KNOWN),), profile="quick"))

    assert (told["verdict"], told["exit_code"], told["clauses"][0]["verdict"]) == ("KNOWN", 0, "KNOWN")
    assert list(faults(told, SCHEMA, SCHEMA)) == []


def test_a_skipped_record_has_no_exit_status():
    skipped = record(Report("mine", skipped="no torch"))

    assert (skipped["verdict"], skipped["exit_code"], skipped["problems"]) == ("SKIPPED", None, ["no torch"])


def test_the_record_of_all_installed_candidates_holds_one_of_each():
    told = _told(Report("one", rows=(_row(),)), Report("two", skipped="no torch"), single=False)

    assert [one["candidate"] for one in candidates(told)] == ["one", "two"] and told["exit_code"] == 0
    assert list(faults(told, SCHEMA, SCHEMA)) == []


@pytest.mark.parametrize(
    "op, clause", [("iou", "IOU-1"), ("make_anchors", "ANC-1"), ("assign", "TAL-7"), ("bbox_loss", "BOX-2g")]
)
def test_a_break_of_any_kind_is_as_the_schema_says(op, clause):
    told = _told(Report("mine", rows=rows(broken(clause), op), profile="quick", dtypes=("float64",)))

    broke = {found["id"]: found["counterexample"] for found in told["clauses"] if found["verdict"] == BREAKS}
    assert clause in broke and broke[clause]["answer"] and broke[clause]["expected"] and broke[clause]["calls"]
    assert list(faults(told, SCHEMA, SCHEMA)) == []


@pytest.mark.parametrize(
    "spoil, said",
    [
        (lambda told: told.pop("verdict"), "verdict is missing"),
        (lambda told: told.update(more=1), "more is unknown"),
        (lambda told: told.update(schema_version=99), f"expected {VERSION}, got 99"),
        (lambda told: told["clauses"][0].update(examples=-1), "-1 is out of range"),
        (lambda told: told["clauses"][0].update(op="iuo"), "got 'iuo'"),
        (lambda told: told["clauses"][0].update(worst=True), "got True"),
    ],
)
def test_the_schema_notices_a_record_that_is_not_as_it_says(spoil, said):
    told = _told(Report("mine", rows=(_row(),)))

    spoil(told)

    assert said in " ".join(faults(told, SCHEMA["anyOf"][0], SCHEMA))
    assert list(faults(told, SCHEMA, SCHEMA))

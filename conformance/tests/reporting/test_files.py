"""The files of a report: all of them, whole or not at all; badge, summary and JUnit say what the record says."""

import json
from xml.etree import ElementTree

import pytest

from conformance.suite.report import Report
from conformance.reporting import files
from conformance.reporting.badge import badge
from conformance.reporting.junit import junit
from conformance.reporting.record import whole
from conformance.reporting.summary import ROWS, inert, summary
from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR, KNOWN, NOT_PROVIDED, UNDECIDED, Row


IDS = ["IOU-1", "IOU-2", "IOU-3", "IOU-4", "TAL-1", "TAL-2"]


def _run(*verdicts, profile="standard", **facts):
    rows = tuple(Row("iou", id, verdict, 9, 0.5, 0.0, f"{id} said") for id, verdict in zip(IDS, verdicts))
    return whole([Report("mine", (), "YOLOV8", profile, rows, dtypes=("float32", "float64"), **facts)], single=True)


def test_all_files_are_written_and_nothing_is_left_beside_them(tmp_path):
    files.write(tmp_path, _run(CONFORMS, BREAKS))

    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(files.FILES)
    assert json.loads((tmp_path / "report.json").read_text()) == _run(CONFORMS, BREAKS)


def test_a_write_that_fails_leaves_the_old_file_whole(tmp_path, monkeypatch):
    files.write(tmp_path, _run(CONFORMS))
    before = (tmp_path / "report.json").read_text()

    def no_room(*_):
        raise OSError("no room")

    monkeypatch.setattr(files.os, "replace", no_room)
    with pytest.raises(OSError, match="no room"):
        files.write(tmp_path, _run(BREAKS))

    assert (tmp_path / "report.json").read_text() == before


def test_json_keeps_lists_of_numbers_on_a_line():
    written = files.text({"a": [1, 2], "b": ["[\n x ]"], "c": []})

    assert written == '{\n  "a": [1, 2],\n  "b": [\n    "[\\n x ]"\n  ],\n  "c": []\n}\n'


@pytest.mark.parametrize(
    "run, message, colour",
    [
        (_run(CONFORMS, CONFORMS), "conforms to 2 clauses", "brightgreen"),
        (_run(CONFORMS, NOT_PROVIDED), "conforms to 1 clause", "brightgreen"),
        (_run(CONFORMS, profile="quick"), "conforms to 1 clause (quick)", "yellowgreen"),
        (_run(CONFORMS, only=("iou",)), "conforms to 1 clause (in part)", "yellowgreen"),
        (_run(CONFORMS, profile="one example"), "conforms to 1 clause (one example)", "yellowgreen"),
        (_run(CONFORMS, KNOWN), "conforms to 1 clause (1 known to fail)", "yellowgreen"),
        (_run(KNOWN, BREAKS), "1 of 2 clauses broken", "red"),
        (_run(KNOWN, UNDECIDED), "no verdict", "lightgrey"),
        (_run(CONFORMS, BREAKS), "1 of 2 clauses broken", "red"),
        (_run(ERROR, BREAKS), "2 of 2 clauses broken", "red"),
        (_run(CONFORMS, UNDECIDED), "no verdict", "lightgrey"),
        (_run(CONFORMS, problems=("interrupted",)), "no verdict", "lightgrey"),
        (_run(skipped="no torch"), "no verdict", "lightgrey"),
    ],
)
def test_a_badge_claims_no_more_than_the_run_shows(run, message, colour):
    assert badge(run) == {"schemaVersion": 1, "label": "YOLOv8 head", "message": message, "color": colour}


def test_junit_counts_each_verdict_as_continuous_integration_does():
    verdicts = (CONFORMS, BREAKS, ERROR, NOT_PROVIDED, UNDECIDED, KNOWN)
    suites = ElementTree.fromstring(junit(_run(*verdicts, problems=("trouble",))))

    (suite,) = suites
    counts = {name: int(suite.get(name)) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": 7, "failures": 1, "errors": 3, "skipped": 2}
    assert [case.get("name") for case in suite.iter("testcase")] == [*IDS, "trouble"]
    assert [case.get("message") for case in suite.iter("skipped")] == ["IOU-4 said", "TAL-2 said"]


def test_the_summary_lists_what_breaks_and_how_to_see_it_again():
    run = _run(CONFORMS, BREAKS)
    run["clauses"][1]["counterexample"] = {"message": "IOU-2 said", "bugs": [], "replay": "python -m conformance --replay word"}

    text = summary(run)

    assert text.startswith("### mine breaks 1 of 2 clauses\n")
    assert "| iou | IOU-2<br>" in text and "To see iou IOU-2 again: `python -m conformance --replay word`" in text


def test_the_summary_excuses_what_is_known_and_says_why():
    text = summary(_run(CONFORMS, KNOWN))

    assert text.startswith("### mine conforms to 1 of 2 clauses, 1 known to fail\n")
    assert "\n- known to fail: iou IOU-2 – IOU-2 said\n" in text and "| iou |" not in text


def test_the_summary_of_many_breaks_is_cut():
    rows = tuple(Row("iou", f"IOU-{i}", BREAKS, 9, 0.5, 0.0, "") for i in range(ROWS + 3))

    assert "and 3 more" in summary(whole([Report("mine", rows=rows)], single=True))


@pytest.mark.parametrize(
    "evil", ["[x](http://y)", "@maintainer", "<img src=x>", "| a |\n| b |", "`x`", "**x**", "#1", "_x_", "~x~"]
)
def test_what_a_candidate_says_is_inert_in_a_summary(evil):
    assert not set(inert(evil)) & set("[]@<>|`*_~\n!")
    assert "#1" not in inert(evil).replace("&#", "")

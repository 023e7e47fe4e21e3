"""Two candidates side by side: what only one of them breaks, and whether the second is worse."""

import json

import pytest

from conformance.suite.report import Report
from conformance.reporting import comparison, since
from conformance.reporting.record import VERSION, record, whole
from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR, KNOWN, NOT_PROVIDED, UNDECIDED, Row


def _judged(name="mine", **verdicts):
    rows = tuple(Row("iou", id.replace("_", "-"), verdict, 9, 0.5, 0.0, "") for id, verdict in verdicts.items())
    return record(Report(name, (), "YOLOV8", "standard", rows))


@pytest.mark.parametrize(
    "a, b, said",
    [
        ({"IOU_1": CONFORMS}, {"IOU_1": CONFORMS}, "nothing fails, before or after"),
        ({"IOU_1": CONFORMS}, {"IOU_1": BREAKS}, "1 new: iou IOU-1"),
        ({"IOU_1": ERROR}, {"IOU_1": CONFORMS}, "1 resolved: iou IOU-1"),
        ({"IOU_1": ERROR}, {"IOU_1": BREAKS}, "1 still: iou IOU-1"),
        ({"IOU_1": KNOWN}, {"IOU_1": BREAKS}, "1 still: iou IOU-1"),
        ({"IOU_1": BREAKS}, {"IOU_1": UNDECIDED}, "1 gone: iou IOU-1"),
        ({"IOU_1": BREAKS}, {}, "1 gone: iou IOU-1"),
        ({"IOU_1": BREAKS}, {"IOU_1": NOT_PROVIDED}, "1 gone: iou IOU-1"),
        ({"IOU_1": CONFORMS}, {"IOU_1": KNOWN}, "nothing fails, before or after"),
        ({"IOU_2": BREAKS}, {"IOU_1": BREAKS}, "1 new: iou IOU-1; 1 gone: iou IOU-2"),
        ({}, {f"IOU_{i}": BREAKS for i in range(5)}, "5 new: iou IOU-0, iou IOU-1, iou IOU-2, iou IOU-3 and 1 more"),
        ({"IOU_1": NOT_PROVIDED}, {"IOU_1": CONFORMS}, "nothing fails, before or after"),
    ],
)
def test_what_became_of_each_failure_is_said_in_four_words(a, b, said):
    assert since.sentence(since.as_json(_judged(**a), _judged(**b))) == said


def test_the_table_has_a_word_for_what_fails_and_fits_eighty_columns():
    a = _judged(IOU_1=CONFORMS, IOU_2=NOT_PROVIDED, IOU_3=BREAKS)
    b = _judged("other", IOU_1=BREAKS, IOU_2=NOT_PROVIDED, IOU_3=CONFORMS)

    table = comparison.text(a, b).splitlines()

    assert [row.split()[1::5] for row in table if row.startswith("iou")] == [["IOU-1", "new"], ["IOU-3", "resolved"]]
    assert not any("IOU-2" in row for row in table[:-1]) and max(map(len, table[:-1])) <= 80


@pytest.mark.parametrize(
    "before, after, problems, code",
    [(CONFORMS, BREAKS, (), 1), (BREAKS, BREAKS, (), 0), (BREAKS, BREAKS, ("no sign of life",), 2), (CONFORMS, UNDECIDED, (), 2)],
)
def test_against_a_baseline_only_what_is_new_counts_and_a_missing_verdict_stays_one(before, after, problems, code):
    now = record(Report("mine", (), "YOLOV8", "standard", (Row("iou", "IOU-1", after, 9, 0.5, 0.0, ""),), problems))

    run, found = comparison.against(_judged(IOU_1=before), now)

    assert found == code and set(run["comparison"]) == {"with", *since.WORDS}


def test_a_saved_report_is_read_from_its_file_and_from_its_folder(tmp_path):
    run = whole([Report("mine")], single=True)
    (tmp_path / "report.json").write_text(json.dumps(run), encoding="utf-8")

    assert comparison.saved(str(tmp_path)) == comparison.saved(str(tmp_path / "report.json")) == run
    assert comparison.saved("package.module:attr") is None


@pytest.mark.parametrize(
    "content, said",
    [
        ("[", "JSONDecodeError"),
        ("[]", "TypeError"),
        ("{}", "KeyError"),
        ('{"schema_version": 99}', "got 1 in schema 99"),
        (f'{{"schema_version": {VERSION}, "candidates": []}}', f"got 0 in schema {VERSION}"),
    ],
)
def test_a_file_that_is_no_report_is_refused(content, said, tmp_path):
    (tmp_path / "report.json").write_text(content)

    with pytest.raises(comparison.NoReport, match=said):
        comparison.saved(str(tmp_path))

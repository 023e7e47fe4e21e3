"""Two candidates side by side: what only one of them breaks, and whether the second is worse."""

import json

import pytest

from conformance.suite.report import Report
from conformance.reporting import comparison
from conformance.reporting.record import VERSION, record, whole
from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR, KNOWN, NOT_PROVIDED, Row


def _judged(name="mine", **verdicts):
    rows = tuple(Row("iou", id.replace("_", "-"), verdict, 9, 0.5, 0.0, "") for id, verdict in verdicts.items())
    return record(Report(name, (), "YOLOV8", "standard", rows))


@pytest.mark.parametrize(
    "a, b, said",
    [
        ({"IOU_1": CONFORMS}, {"IOU_1": CONFORMS}, "neither breaks a clause"),
        ({"IOU_1": CONFORMS}, {"IOU_1": BREAKS}, "B alone breaks iou IOU-1"),
        ({"IOU_1": ERROR}, {"IOU_1": CONFORMS}, "A alone breaks iou IOU-1"),
        ({"IOU_1": ERROR}, {"IOU_1": BREAKS}, "both break 1 clause"),
        ({"IOU_1": KNOWN}, {"IOU_1": BREAKS}, "both break 1 clause"),
        ({"IOU_1": CONFORMS}, {"IOU_1": KNOWN}, "neither breaks a clause"),
        ({}, {"IOU_1": BREAKS, "IOU_2": BREAKS}, "B alone breaks iou IOU-1, iou IOU-2"),
        ({}, {f"IOU_{i}": BREAKS for i in range(5)}, "B alone breaks 5 clauses"),
        ({"IOU_1": NOT_PROVIDED}, {"IOU_1": CONFORMS}, "neither breaks a clause"),
    ],
)
def test_what_sets_two_candidates_apart_is_said_in_a_sentence(a, b, said):
    assert comparison.conclusion(_judged(**a), _judged(**b)) == said


def test_the_table_marks_what_differs_and_fits_eighty_columns():
    a, b = _judged(IOU_1=CONFORMS, IOU_2=NOT_PROVIDED), _judged("other", IOU_1=BREAKS, IOU_2=NOT_PROVIDED)

    table = comparison.text(a, b).splitlines()

    assert [row.split()[:4] for row in table if row.endswith("≠")] == [["iou", "IOU-1", "CONFORMS", "BREAKS"]]
    assert not any("IOU-2" in row for row in table) and max(map(len, table)) <= 80


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

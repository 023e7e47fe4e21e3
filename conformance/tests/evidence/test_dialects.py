"""The matrix of dialects: a value of a decision breaks what the table says, and is named alone."""

import pytest

from conformance.evidence import dialects, presets
from conformance.evidence.dialects import Row


def test_a_value_breaks_the_clauses_it_touches_and_is_named_alone():
    (through,) = dialects.rows(["aspect_factor"])

    assert (through.op, through.says) == ("ciou", ("IOU-4",))
    assert "IOU-4" in through.breaks and through.alone


def test_the_mask_of_targets_is_judged_by_the_dialect():
    (through,) = dialects.rows(["target_mask"])

    assert through.breaks == ("TGT-3",) and through.alone


def test_what_is_named_otherwise_is_told():
    wrong = Row("overlap", "iou", "assign", ("TAL-7",), ("TAL-5",), ("TAL-7",), (("owner_by", "metric"),))

    assert not wrong.alone
    assert dialects.text([wrong, wrong._replace(breaks=())], "once").splitlines()[-2:] == [
        "| `overlap` | `'iou'` | `assign` | TAL-7 | TAL-5 | TAL-7 | owner_by='metric' |",
        "| `overlap` | `'iou'` | `assign` | TAL-7 | TAL-5 | – |  |",
    ]


@pytest.mark.parametrize("field, op, expected", [
    ("widen_gts", "assign", ("TAL-4", "TAL-5")), ("claim_above", "assign", ("TAL-5",)), ("owner_by", "assign", ()), ("claim_above", "select_topk", ()),
])  # fmt: skip
def test_what_sees_the_results_of_a_step_may_follow(field, op, expected):
    assert dialects.following(field, op) == expected


def test_a_clause_before_the_step_of_a_decision_should_not_break():
    row = Row("claim_above", 0, "assign", ("TAL-4",), ("TAL-5",), ("TAL-1", "TAL-4", "TAL-5"), ())

    assert row.beyond == ("TAL-1",)


def test_a_preset_judged_by_another_breaks_what_their_fields_touch_and_what_follows():
    (pair,) = presets.pairs([("YOLOV9", "YOLOV8")])

    assert pair.fields == ("owner_among", "outside_metric") and pair.breaks == ("TAL-5",) and not pair.beyond
    assert presets.text([pair._replace(beyond=("TAL-5",))], "once").splitlines()[-1] == (
        "| YOLOV9 | YOLOV8 | `owner_among`, `outside_metric` | TAL-5 | TAL-5 |"
    )


def test_a_whole_follows_where_it_cannot_show_the_step_that_differs():
    assert presets.following_of("detection_loss", ["claim_above"], {"TAL-4"}) >= {"DET-1", "DET-2"}
    assert presets.following_of("assign", ["claim_above"], {"TAL-4"}) == {"TAL-5"}

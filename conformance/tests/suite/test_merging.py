"""Parts and merging: each op in one part, one report of many, and no example counted twice."""

from types import SimpleNamespace

import pytest

from conformance.calling.candidate import find
from conformance.cases.protocol import OPS
from conformance.judging.verdicts import BREAKS, CONFORMS, NOT_PROVIDED, UNDECIDED, Row, joined
from conformance.suite import parts
from conformance.suite.merging import CannotMerge, merged, of_processes
from conformance.suite.report import NO_TESTS, Report

HEAD = SimpleNamespace(ops=frozenset(list(OPS)[:18]), differentiable=frozenset(list(OPS)[4:8]))


def _row(verdict=CONFORMS, op="iou", clause="IOU-1", **fields):
    broken = {"detail": "long", "counterexample": {"replay": "a long word"}} if verdict == BREAKS else {"detail": ""}
    return Row(**{"op": op, "clause": clause, "verdict": verdict, "examples": 4, "worst": 0.5, "undecided": 0.0, "values": 8, **broken, **fields})


def _report(*rows, **fields):
    about = (("candidate", "mine (numpy, cpu)"), ("run", "quick"), ("versions", "Python 3"))
    given = {"candidate": "mine", "about": about, "dialect": "YOLOV8", "profile": "quick", "rows": rows, "dtypes": ("float32",)}
    return Report(**{**given, **fields})


@pytest.mark.parametrize("count", [1, 2, 3, 8, 60])
def test_each_op_is_judged_in_one_part(count):
    hands = [parts.dealt(list(OPS), part, HEAD) for part in parts.all_of(count)]

    assert sorted(op for hand in hands for op in hand) == sorted(OPS)


@pytest.mark.parametrize("candidate", [HEAD, find("dense_numpy")], ids=["a few gradients", "dense_numpy"])
def test_no_part_has_much_more_to_do_than_another(candidate):
    work = [sum(parts.cost(op, candidate) for op in parts.dealt(list(OPS), part, candidate)) for part in parts.all_of(2)]

    assert max(work) < 1.1 * min(work)


@pytest.mark.parametrize("word", ["3", "0/2", "3/2", "a/b", "1/0", "1/2/3", "-1/2", ""])
def test_a_word_that_names_no_part_is_refused(word):
    with pytest.raises(parts.PartError, match="expected 1/8 … 8/8"):
        parts.read(word)


def test_counts_are_added_and_the_largest_error_is_kept():
    whole = merged([_report(_row(), seed=1), _report(_row(worst=0.75), seed=2)], "ab")

    (row,) = whole.rows
    assert (row.examples, row.values, row.worst, row.verdict) == (8, 16, 0.75, CONFORMS)
    assert (whole.seed, len(whole.parts)) == (None, 2) and "2 seeds" in dict(whole.about)["run"]


def test_a_break_stands_there_once_with_its_smallest_case():
    small = {"replay": "word"}
    reports = [_report(_row(BREAKS), seed=1), _report(_row(BREAKS, counterexample=small), seed=2), _report(_row(), seed=3)]

    (row,) = merged(reports, "abc").rows

    assert (row.verdict, row.examples, row.counterexample) == (BREAKS, 12, small)


def test_what_is_undecided_is_a_share_of_everything():
    few, none = _row(UNDECIDED, examples=4, undecided_scenes=1, undecided=0.25), _row(examples=96)

    assert joined([few, few]).verdict == UNDECIDED
    assert (joined([few, none]).verdict, joined([few, none]).undecided) == (CONFORMS, 0.01)
    assert joined([_row(NOT_PROVIDED), _row()]).verdict == CONFORMS


def test_the_parts_of_a_run_make_the_report_of_the_whole():
    iou, bce = _row(), _row(op="bce_loss", clause="BCE-1")

    whole = merged([_report(bce, part="2/2"), _report(iou, part="1/2")], "ab")

    assert whole.rows == (iou, bce) and (whole.part, whole.only, whole.problems) == ("", (), ())


def test_a_part_that_is_missing_leaves_no_verdict():
    whole = merged([_report(_row(), part="1/3"), _report(part="3/3")], "ab")

    assert whole.problems == ("the fixed draws, part 2/3: this part is missing",) and whole.exit_code == 2


@pytest.mark.parametrize(
    "fields, said",
    [
        ({"candidate": "yours"}, "candidate: mine in first, but yours in second"),
        ({"dialect": "YOLOV9"}, "dialect: YOLOV8 in first, but YOLOV9 in second"),
        ({"profile": "soak"}, "profile: quick in first, but soak in second"),
        ({"dtypes": ("float64",)}, "float types: float32 in first, but float64 in second"),
        ({"seed": 1, "part": "1/2"}, "first and second share examples: seed 1, part 1/2; seed 1, part 1/2"),
        ({"seed": 1}, "share examples"),
        ({"seed": 1, "part": "2/3"}, "share examples"),
        ({"seed": 1, "part": "2/2", "only": ("iou",)}, "share examples"),
        ({"profile": "", "problems": ("no room",)}, "second: holds no verdicts: no room"),
    ],
)  # fmt: skip
def test_reports_that_do_not_belong_together_are_refused_by_name(fields, said):
    with pytest.raises(CannotMerge, match=said):
        merged([_report(_row(), seed=1, part="1/2"), _report(_row(), **fields)], ["first", "second"])


def test_other_ops_or_another_seed_are_other_examples():
    reports = [_report(_row(), only=("iou",)), _report(_row(op="ciou"), only=("ciou",)), _report(_row(), seed=1)]

    assert len(merged(reports, "abc").rows) == 2


def test_what_is_merged_is_not_merged_again():
    first = merged([_report(_row(), seed=1), _report(_row(), seed=2)], "ab")

    with pytest.raises(CannotMerge, match="old and c share examples: seed 2"):
        merged([first, _report(_row(), seed=2)], ["old", "c"])


def test_of_processes_the_one_that_made_no_report_is_heard():
    dead = Report("mine", problems=("ended the process",))

    assert of_processes([_report(_row()), dead], complete=True) is dead
    assert of_processes([_report(_row()), _report()], complete=False).interrupted


def test_that_there_was_nothing_to_do_is_told_only_of_a_whole_run():
    idle = _report(problems=(NO_TESTS,))

    assert of_processes([idle, _report(_row())], complete=True).problems == ()
    assert of_processes([idle, idle], complete=True).problems == (NO_TESTS,)

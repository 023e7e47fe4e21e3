"""Known failures: each with its reason, none that fails no more, and nothing else excused by them."""

import json
import os
import subprocess
import sys

import pytest

from conformance.command import cli
from conformance.suite import known_failures as known
from conformance.tests.conftest import ROOT
from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR, KNOWN, NOT_PROVIDED, Row

WRONG = "conformance.tests.calling.hostile_candidates:a_little_off"
WORDS = ["--only", "iou,bce_loss", "--profile", "quick", "--dtype", "float32"]


@pytest.fixture
def listed(tmp_path):
    """Write a file of known failures."""

    def write(text):
        path = tmp_path / "known.txt"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def row(verdict, clause="IOU-1", op="iou"):
    return Row(op, clause, verdict, 3, 0.0, 0.0, "detail")


def test_lines_name_clause_op_and_reason_and_comments_are_left_out(listed):
    path = listed("# ours\n\nIOU-4 ciou: epsilon is 1e-6: issue 12\n  TAL-1  assign : later\n")

    assert known.read(path) == {
        ("IOU-4", "ciou"): ("epsilon is 1e-6: issue 12", f"{path}:3"),
        ("TAL-1", "assign"): ("later", f"{path}:4"),
    }


@pytest.mark.parametrize(
    "text, said",
    [
        ("IOU-1 iou", "known.txt:1: expected 'CLAUSE op: reason', got 'IOU-1 iou'"),
        ("IOU-1 iou:  ", "known.txt:1: IOU-1 iou: expected a reason after the colon, got none"),
        ("# x\nIOU-9 iou: x", "known.txt:2: expected a clause, got 'IOU-9'. Did you mean 'IOU-"),
        ("IOU-1 ciou: x", "IOU-1 is judged through iou, got 'ciou'"),
        ("IOU-1 iou: x\nIOU-1 iou: y", "known.txt:2: IOU-1 iou: stands in "),
    ],
)
def test_a_line_that_cannot_be_followed_is_refused(listed, text, said):
    with pytest.raises(known.KnownError) as caught:
        known.read(listed(text))

    assert said in str(caught.value)


@pytest.mark.parametrize("verdict, now", [(BREAKS, KNOWN), (ERROR, KNOWN), (CONFORMS, ERROR), (NOT_PROVIDED, ERROR)])
def test_what_fails_is_known_and_what_does_not_is_an_error(verdict, now):
    (found,) = known.applied([row(verdict)], {("IOU-1", "iou"): known.Failure("because", "known.txt:1")})

    assert found.verdict == now and "because" in found.detail and "known.txt:1" in found.detail


def test_other_rows_are_left_alone():
    others = [row(BREAKS, "IOU-2", "giou"), row(CONFORMS, "TAL-1", "assign"), row(BREAKS)]

    assert known.applied(others, {("TAL-1", "candidates_in_gts"): known.Failure("x", "y")}) == others


def test_a_run_whose_only_failures_are_known_passes_and_says_so(listed, capsys):
    status = cli.main(["--candidate", WRONG, *WORDS, "--known-failures", str(listed("IOU-1 iou: off by 0.01"))])

    printed = capsys.readouterr().out
    assert status == 0 and "IOU-1  KNOWN" in printed and "KNOWN  IOU-1 iou: off by 0.01 (" in printed
    assert "KNOWN (1 KNOWN, 1 CONFORMS" in printed


def test_another_failure_and_one_that_is_mended_do_not_pass(listed, capsys):
    path = listed("BCE-1 bce_loss: not yet")

    status = cli.main(["--candidate", WRONG, *WORDS, "--json", "--known-failures", str(path)])

    told = {one["id"]: one for one in json.loads(capsys.readouterr().out)["clauses"]}
    assert (status, told["IOU-1"]["verdict"], told["BCE-1"]["verdict"]) == (1, "BREAKS", "ERROR")
    assert told["BCE-1"]["detail"].endswith("known.txt:1 calls it a known failure: not yet. Remove that line.")


def test_a_file_that_is_not_there_is_no_verdict(capsys):
    assert cli.main(["--candidate", WRONG, "--known-failures", "nowhere.txt"]) == 2
    assert "known failures: nowhere.txt: " in capsys.readouterr().err


@pytest.mark.parametrize("text, status, said", [("IOU-1 iou: x", 0, "xfailed"), ("IOU-1 iou: x\nBCE-1 bce_loss: y", 1, "BCE-1  ERROR")])
def test_in_pytest_a_known_failure_is_expected_to_fail_and_must(listed, tmp_path, text, status, said):
    words = ["--pyargs", "conformance.clauses", "--candidate", WRONG, "--conformance-only", "iou,bce_loss"]
    words += ["--conformance-profile", "quick", "--conformance-dtype", "float32", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-p", "conformance.plugin", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    done = subprocess.run(
        [*command, "--conformance-known-failures", str(listed(text))], cwd=tmp_path, env=environment, capture_output=True, text=True
    )

    assert (done.returncode, said in done.stdout) == (status, True), done.stdout[-2000:]

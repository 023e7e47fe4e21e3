"""One wrong candidate for every clause exits 1 and names that clause, and breaks no other clause of its op."""

import json
import subprocess
import sys

import pytest

from conformance.command import cli
from conformance.explaining import known_bugs as diagnosis
from conformance.suite import examination as property
from conformance.ops.spec import CLAUSES
from conformance.tests.suite.wrong_candidates import WRONG

FOLLOWS = {"DFL-1": {"DFL-2"}}
"""Clauses that a fault breaks besides its own: a sum for a mean is wrong within the bins and past them."""


def broken(told):
    return {clause["id"] for clause in told["clauses"] if clause["verdict"] in ("BREAKS", "ERROR")}


def test_every_clause_has_a_wrong_candidate():
    assert {clause for clause, _ in WRONG} == set(CLAUSES)


@pytest.mark.parametrize("clause, op", WRONG, ids=[clause for clause, _ in WRONG])
def test_a_fault_exits_1_and_breaks_exactly_its_clause(clause, op, capsys, monkeypatch):
    """What broke is neither made small nor named: that takes most of the time, and changes no verdict."""
    monkeypatch.setattr(property, "SHRINKING", 0)
    monkeypatch.setattr(diagnosis, "diagnose", lambda *_: ())
    word = f"conformance.tests.suite.wrong_candidates:{clause.replace('-', '_')}"

    status = cli.main(["--candidate", word, "--only", op, "--profile", "quick", "--json"])

    assert (status, broken(json.loads(capsys.readouterr().out))) == (1, {clause} | FOLLOWS.get(clause, set()))


def test_the_real_command_line_shows_what_broke():
    word = "conformance.tests.suite.wrong_candidates:TAL_3"

    done = subprocess.run(
        [sys.executable, "-m", "conformance", "--candidate", word, "--only", "alignment_metric", "--profile", "quick"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "BREAKS  TAL-3  " + CLAUSES["TAL-3"].sentence in done.stdout
    assert "expected" in done.stdout and "smallest case:" in done.stdout

"""Candidates right in every value and wrong in one gradient break the clauses of that gradient, and none of a value."""

import inspect
import json

import pytest

from conformance.command import cli
from conformance.explaining import known_bugs as diagnosis
from conformance.suite import examination as property
from conformance.ops.spec import CLAUSES

pytest.importorskip("torch")

from conformance.tests.suite import wrong_gradients

FAULTS = [fault for fault in vars(wrong_gradients).values() if inspect.isclass(fault) and "breaks" in vars(fault)]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_wrong_gradient_breaks_its_clauses_and_no_value(fault, capsys, monkeypatch):
    """What broke is neither made small nor named: that takes most of the time, and changes no verdict."""
    monkeypatch.setattr(property, "SHRINKING", 0)
    monkeypatch.setattr(diagnosis, "diagnose", lambda *_: ())
    ops = ",".join(sorted({op for clause in fault.breaks for op in CLAUSES[clause].ops}))
    word = f"{fault.__module__}:{fault.__name__}"
    options = ["--only", ops, "--profile", "quick", "--dtype", "float64"]

    status = cli.main(["--candidate", word, *options, "--json"])

    clauses = json.loads(capsys.readouterr().out)["clauses"]
    broken = {clause["id"] for clause in clauses if clause["verdict"] in ("BREAKS", "ERROR")}
    assert status == 1 and broken >= fault.breaks
    assert {clause for clause in broken if not CLAUSES[clause].gradient} == set()

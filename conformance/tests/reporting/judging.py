"""Putting wrong candidates through the suite as the command line does, for the reports on them."""

from __future__ import annotations

import functools
import json
from typing import Tuple
from unittest.mock import patch

import pytest

from conformance.explaining import known_bugs as diagnosis
from conformance.suite import examination as property, hooks as suite
from conformance.calling.candidate import find
from conformance.ops.spec import PROPERTIES
from conformance.command.one_candidate import _PYTEST, CLAUSES_PACKAGE, _plain_pytest
from conformance.suite.report import Report
from conformance.reporting.record import record
from conformance.judging.verdicts import BREAKS, Outcome, Row, summarise

WRONG = "conformance.tests.suite.wrong_candidates"


def broken(clause: str) -> str:
    """The word for the candidate that breaks a clause."""
    return f"{WRONG}:{clause.replace('-', '_')}"


@functools.lru_cache(maxsize=None)
def rows(word: str, op: str, dtype: str = "float64") -> Tuple[Row, ...]:
    """The verdict table of a candidate on one op, in the quick profile and in float64, where a silent down-cast shows."""
    run = suite.settings(profile="quick", seed=None, dtype=dtype, only=op)
    plugin = suite.Suite(find(word), run)
    with _plain_pytest():
        pytest.main([*_PYTEST, CLAUSES_PACKAGE], plugins=[plugin])
    return tuple(plugin.rows())


@functools.lru_cache(maxsize=None)
def break_of(clause: str, op: str, shrinking: float = 0.2) -> str:
    """The record of a broken clause as JSON; its case is made smaller for so many seconds, and no bug is looked for."""
    run = suite.settings(profile="quick", seed=None, dtype="float64", only=op)
    judged = next(one for one in PROPERTIES if (one.clause, one.op) == (clause, op))
    with patch.object(property, "SHRINKING", shrinking), patch.object(diagnosis, "diagnose", lambda *_: ()):
        for event in judged.cases.events:
            outcome = Outcome(clause, op, "float64", event)
            property.Examination(judged, find(broken(clause)), run, outcome).conduct()
            if outcome.verdict == BREAKS:
                return json.dumps(record(Report(op, rows=tuple(summarise([outcome]))))["clauses"][0])
    raise AssertionError(f"{clause} of {op}: expected a break in one of {list(judged.cases.events)}, got none")

"""Putting mutants through the suite as the command line does, for the reports on them."""

from __future__ import annotations

import functools
import json
from typing import Tuple
from unittest.mock import patch

import pytest

from conformance.explaining import inquiry
from conformance.suite import examination as property, hooks as suite
from conformance.suite.run import settings
from conformance.calling.candidate import find
from conformance.ops.mutants import MUTANTS, Mutant
from conformance.ops.spec import CLAUSES, PROPERTIES
from conformance.command.one_candidate import _PYTEST, CLAUSES_PACKAGE, _plain_pytest
from conformance.suite.report import Report
from conformance.reporting.record import record
from conformance.judging.verdicts import BREAKS, Outcome, Row, summarise


def fault_of(clause: str) -> Mutant:
    """The mutant that breaks a clause, through the first of its ops and with as few other clauses as any."""
    breaking = [m for m in MUTANTS.values() if clause in m.breaks and not m.equivalent]
    return min(breaking, key=lambda m: (m.op.replace("_vjp", "") != CLAUSES[clause].ops[0], len(m.breaks)))


def broken(clause: str) -> str:
    """The word for the candidate that breaks a clause."""
    return f"conformance.ops.mutants:{fault_of(clause).id.replace('-', '_')}"


@functools.lru_cache(maxsize=None)
def rows(word: str, op: str, dtype: str = "float64", dialect: str | None = None) -> Tuple[Row, ...]:
    """The verdict table of a candidate on one op, in the quick profile and in float64, where a silent down-cast shows."""
    run = settings(profile="quick", seed=None, dtype=dtype, only=op)
    plugin = suite.Suite(find(word, dialect), run)
    with _plain_pytest():
        pytest.main([*_PYTEST, CLAUSES_PACKAGE], plugins=[plugin])
    return tuple(plugin.rows())


@functools.lru_cache(maxsize=None)
def break_of(clause: str, op: str, shrinking: int = 0) -> str:
    """The record of a broken clause as JSON; its case is made smaller with so much work, and neither a cause nor another
    example is looked for."""
    run = settings(profile="quick", seed=None, dtype="float64", only=op)
    judged = next(one for one in PROPERTIES if (one.clause, one.op) == (clause, op))
    with (
        patch.object(property, "SHRINKING", shrinking),
        patch.object(inquiry, "neighbours", lambda *_: []),
        patch.object(inquiry, "likely", lambda *_: ()),
        patch.object(inquiry, "hints", lambda *_: ()),
        patch.object(inquiry, "differing", lambda *_: None),
    ):
        for event in judged.cases.events:
            outcome = Outcome(clause, op, "float64", event)
            property.Examination(judged, find(broken(clause)), run, outcome).conduct()
            if outcome.verdict == BREAKS:
                return json.dumps(record(Report(op, rows=tuple(summarise([outcome]))))["clauses"][0])
    raise AssertionError(f"{clause} of {op}: expected a break in one of {list(judged.cases.events)}, got none")

"""Putting wrong candidates through the suite as the command line does, for the reports on them."""

from __future__ import annotations

import functools
from typing import Any, Dict, Tuple

import pytest

from conformance import suite
from conformance.candidate import find
from conformance.cli import _PYTEST, CLAUSES_PACKAGE, _plain_pytest
from conformance.report import Report
from conformance.reporting.record import whole
from conformance.verdicts import Row

WRONG = "conformance.tests.wrong_candidates"


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


def run_of(word: str, op: str) -> Dict[str, Any]:
    """The record of a quick run of a candidate on one op."""
    about = (("dialect", "YOLOV8"), ("run", "quick"), ("versions", "Python"))
    facts = {"dialect": "YOLOV8", "profile": "quick", "word": word, "dtypes": ("float64",), "only": (op,)}
    return whole([Report(word, about, rows=rows(word, op), **facts)], single=True)

"""The suite as tests: one for each clause and op, run by the plugin for each float type and event.

`pytest --pyargs conformance.clauses --candidate NAME` judges a candidate; `python -m conformance` does the same.
"""

from __future__ import annotations

from typing import Any, Callable

import pytest

from conformance.judging.verdicts import BREAKS, ERROR, NOT_PROVIDED, Outcome
from conformance.ops.spec import CLAUSES, PROPERTIES, Property
from conformance.suite.examination import Examination


def as_test(judged: Property) -> Callable[..., None]:
    """A test that takes the fixtures `candidate`, `run`, `dtype` and `event` of the plugin."""

    def test(candidate: Any, run: Any, dtype: str, event: str, request: Any) -> None:
        outcome = Outcome(judged.clause, judged.op, dtype, event)
        try:
            Examination(judged, candidate, run, outcome).conduct()
        finally:
            request.node.user_properties.append(("conformance", outcome.as_dict()))
        if outcome.verdict == NOT_PROVIDED:
            pytest.skip(f"{judged.op} is not provided")
        if outcome.verdict in (BREAKS, ERROR):
            pytest.fail(outcome.detail, pytrace=False)

    test.__name__ = f"test_{judged.op}_{judged.clause.replace('-', '_')}"
    test.__doc__ = CLAUSES[judged.clause].sentence
    test.conformance = judged
    return test


for _judged in PROPERTIES:
    _one = as_test(_judged)
    globals()[_one.__name__] = _one
del _one

"""Telling: what a report says of a dense port with faulty functions."""

from __future__ import annotations

from typing import Any

from conformance.calling.candidate import Candidate
from conformance.candidates.dense_numpy import DenseNumPy
from conformance.judging.verdicts import Outcome
from conformance.ops.spec import PROPERTIES
from conformance.suite.examination import Examination
from conformance.suite.run import settings
from refimpl import YOLOV8


def told(clause: str, op: str, dtype: str, event: str, **faults: Any) -> str:
    """What is said of a clause that a candidate with these faulty functions breaks, looked at quickly under one event."""
    judged = next(one for one in PROPERTIES if (one.clause, one.op) == (clause, op))
    run = settings(profile="quick", seed=None, dtype=dtype, only=None)
    outcome = Outcome(clause, op, dtype, event)

    Examination(judged, Candidate(type("Faulty", (DenseNumPy,), faults), YOLOV8, "faulty"), run, outcome).conduct()

    assert outcome.verdict == "BREAKS"
    return outcome.detail

"""Putting a tiny candidate through one test of the suite, without pytest around it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Callable

import pytest

import refimpl
from conformance.calling.candidate import Candidate
from conformance.clauses import as_test
from conformance.clauses import test_iou_IOU_1 as IOU
from conformance.ops.spec import PROPERTIES, Property
from conformance.cases.case import Cases
from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR, NOT_PROVIDED, Outcome
from refimpl import YOLOV8, Dialect

__all__ = ["IOU", "candidate", "examined", "property_of", "right", "wrong"]


PROBED = next(one.cases for one in PROPERTIES if (one.clause, one.op) == ("IOU-1", "iou"))
"""The cases of `iou`, as the suite draws them."""


def right(boxes1: Any, boxes2: Any) -> Any:
    """An `iou` that conforms."""
    return refimpl.iou(boxes1, boxes2, dialect=YOLOV8)


def wrong(boxes1: Any, boxes2: Any) -> Any:
    """An `iou` that does not."""
    return refimpl.giou(boxes1, boxes2, dialect=YOLOV8)


def candidate(preset: Dialect = YOLOV8, **ops: Callable) -> Candidate:
    """A candidate with these ops for any dialect."""
    return Candidate(lambda dialect: SimpleNamespace(**ops), preset, "word")


def property_of(body: Callable, cases: Cases = PROBED) -> Callable:
    """A test of the suite with a body of its own."""
    return as_test(Property("IOU-1", "iou", body, cases))


def examined(test: Callable, judged: Candidate, run: Any, event: str = "real", dtype: str = "float32") -> Outcome:
    """The outcome of one test, which must pass, fail or be skipped as its verdict says."""
    request = SimpleNamespace(node=SimpleNamespace(user_properties=[]))
    ended = CONFORMS
    try:
        test(judged, run, dtype, event, request)
    except pytest.fail.Exception as failure:
        ended = str(failure)
    except pytest.skip.Exception:
        ended = NOT_PROVIDED
    ((name, properties),) = request.node.user_properties
    outcome = Outcome(**properties)
    assert name == "conformance"
    assert ended == (outcome.detail if outcome.verdict in (BREAKS, ERROR) else outcome.verdict)
    return outcome

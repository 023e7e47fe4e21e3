"""The same seed draws the same, whatever files a process has loaded."""

import importlib
import sys
from dataclasses import replace

import pytest

from conformance.judging.rounding import FLOAT64
from conformance.ops.spec import PROPERTIES
from conformance.suite.run import settings
from conformance.trial.examples import drawn
from refimpl import YOLOV8

RUN = replace(settings(profile="standard", seed=1, dtype="float64", only=None), examples=9)
NUMBERS = "\n".join(f"x{n} = {n}.4321; y{n} = {n + 100}" for n in range(200))
"""A file of the user's own, full of numbers that Hypothesis would mix in."""


def everything(op):
    cases = next(judged.cases for judged in PROPERTIES if judged.op == op)
    possible = [event for event in cases.events if cases.possible(event, FLOAT64, (YOLOV8,))]
    return [repr(case.arguments) for event in possible for case in drawn(RUN, op, event, "float64", cases, (YOLOV8,))]


@pytest.mark.parametrize("op", ["ema_decay", "lr_factor"])
def test_a_file_that_is_loaded_changes_no_draw(tmp_path, monkeypatch, op):
    before = everything(op)
    (tmp_path / f"numbers_beside_{op}.py").write_text(NUMBERS)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module(f"numbers_beside_{op}")

    assert len(before) > 30 and everything(op) == before
    del sys.modules[f"numbers_beside_{op}"]

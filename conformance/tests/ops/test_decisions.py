"""Under every value of every decision the reference is right by its own measure."""

from dataclasses import replace

import numpy as np
import pytest

from conformance.calling.candidate import Candidate
from conformance.candidates import reference32
from conformance.cases.protocol import OPS, fields_read
from conformance.judging.rounding import FLOAT32
from conformance.ops.spec import PROPERTIES
from conformance.suite.run import settings
from conformance.trial.examples import drawn
from conformance.trial.trial import trial
from refimpl import DECISIONS, YOLOV8

RUN = replace(settings(profile="quick", seed=5, dtype="float32", only=None), examples=2)
WHOLE = ("assign", "detection_loss", "end_to_end_loss", "alignment_metric")
"""Ops of which the presets, and the matrix of dialects, tell as much."""

VALUES = [(d.field, value.value) for d in DECISIONS.values() for value in d.values if value.value != getattr(YOLOV8, d.field)]

SHARE = 3
"""Each value is tried on one of so many events, and the next value on others."""


@pytest.mark.parametrize("at, field, value", [(at, *value) for at, value in enumerate(VALUES)])
def test_the_reference_conforms_under_every_value_of_every_decision(at, field, value):
    dialect = replace(YOLOV8, name="OWN", **{field: value})
    candidate = Candidate(reference32.factory, dialect, "reference32")
    reading = {judged.op: judged.cases for judged in PROPERTIES if judged.op not in WHOLE and field in fields_read(OPS[judged.op])}

    for op, cases in reading.items():
        for event in [*cases.events][at % SHARE :: SHARE]:
            if event in cases.large | cases.few or not cases.possible(event, FLOAT32, candidate.served):
                continue
            case = drawn(RUN, op, event, "float32", cases, candidate.served)[-1]
            for judged in PROPERTIES:
                if judged.op == op and judged.cases is cases:
                    with np.errstate(all="ignore"):
                        found = trial(judged, candidate, case, FLOAT32)
                    assert not found.fails, f"{judged.clause} {op}, {event}: {found}"

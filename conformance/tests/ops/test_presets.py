"""Under every preset each event that can be drawn is: a run that misses one ends without a verdict."""

import dataclasses

import pytest

from conformance.cases.by_seed import by_seed_alone
from conformance.cases.protocol import OPS, fields_read
from conformance.cases.sizes import variants
from conformance.judging.rounding import FLOAT64
from conformance.tests.drawn import DRAWN, never_seen
from refimpl import PRESETS, YOLOV8


def concerned(preset):
    """What is drawn for ops that read a field in which a preset is not YOLOV8."""
    differs = {field for field, value in dataclasses.asdict(preset).items() if value != getattr(YOLOV8, field)}
    return [name for name in DRAWN if name in OPS and differs & set(fields_read(OPS[name]))]


@pytest.mark.parametrize("name", sorted(set(PRESETS) - {"YOLOV8"}))
@by_seed_alone()
def test_each_event_occurs_under_each_preset(name):
    preset = PRESETS[name]
    missing = {op: never_seen(op, (preset, *variants(preset)), FLOAT64) for op in concerned(preset)}

    assert {op: events for op, events in missing.items() if events} == {}

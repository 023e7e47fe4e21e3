"""Fields: a dialect nobody has a name for is found by the fields in which it differs, and a bug beside it shows by itself."""

import pytest

from conformance.calling.candidate import Candidate
from conformance.explaining.elsewhere import neighbours
from conformance.explaining.fields import differing
from conformance.judging.rounding import PRECISIONS
from conformance.judging.verdicts import Outcome
from conformance.ops.spec import PROPERTIES
from conformance.suite import hooks as suite
from conformance.tests.explaining.ports import PORTS, only
from refimpl import YOLOV8


def diagnosed(factory, op, clause, seed, dtype="float64"):
    """The fields found from fresh examples of every event."""
    judged = next(one for one in PROPERTIES if (one.op, one.clause) == (op, clause))
    run = suite.settings(profile="quick", seed=seed, dtype=dtype, only=None)
    outcome = Outcome(clause, op, dtype, judged.events[0])
    seen = neighbours(judged, Candidate(factory, YOLOV8, "mine"), run, outcome)
    return differing(judged, YOLOV8, PRECISIONS[dtype], [one.example for one in seen])


@pytest.mark.parametrize("port", PORTS, ids=lambda port: port.__name__)
def test_exactly_the_fields_that_differ_are_named(port):
    found = diagnosed(only(port, "assign"), "assign", "TAL-5", seed=911)

    assert found.changes == tuple(sorted(port.FIELDS.items()))
    assert found.left == 0 and found.preset == ""

"""Fields: a dialect nobody has a name for is found by the fields in which it differs, and a bug beside it shows by itself."""

from dataclasses import replace

import numpy as np
import pytest

from conformance.calling.candidate import Candidate
from conformance.explaining.elsewhere import neighbours
from conformance.explaining.fields import differing
from conformance.judging.rounding import PRECISIONS
from conformance.judging.verdicts import Outcome
from conformance.ops.spec import PROPERTIES
from conformance.suite.run import settings
from conformance.candidates.dense_numpy import DenseNumPy
from conformance.tests.explaining.ports import (
    PORTS, Claimants, LabelsFrom1, OneClaimMore, PlainIou, RoughScores, both, only,
)  # fmt: skip
from conformance.trial.asking import ask
from conformance.trial.examples import drawn
from conformance.trial.trial import Example
from refimpl import YOLOV8


def diagnosed(factory, op, clause, seed, dtype="float64"):
    """The fields found from fresh examples: a few of every event, and some more of one of them."""
    judged, mine = next(one for one in PROPERTIES if (one.op, one.clause) == (op, clause)), Candidate(factory, YOLOV8, "mine")
    run = settings(profile="quick", seed=seed, dtype=dtype, only=None)
    seen = [one.example for one in neighbours(judged, mine, run, Outcome(clause, op, dtype, judged.events[0]))]
    for case in drawn(replace(run, examples=8), op, "owner that did not claim", dtype, judged.cases, mine.served):
        seen.append(Example(case, ask(mine, op, case, PRECISIONS[dtype], False), {}, {}))
    return differing(judged, YOLOV8, PRECISIONS[dtype], seen)


@pytest.mark.parametrize("port", PORTS, ids=lambda port: port.__name__)
def test_exactly_the_fields_that_differ_are_named(port):
    found = diagnosed(only(port, "assign"), "assign", "TAL-5", seed=911)

    assert found.changes == tuple(sorted(port.FIELDS.items()))
    assert found.left == 0 and found.preset == ""


@pytest.mark.parametrize("convention, bug", [(PlainIou, RoughScores), (Claimants, LabelsFrom1)])
def test_a_convention_is_named_and_the_bug_beside_it_shows_by_itself(convention, bug):
    found = diagnosed(only(both(convention, bug), "assign"), "assign", "TAL-5", seed=912)

    assert found.changes == tuple(convention.FIELDS.items())
    assert found.left and found.still == (bug.BREAKS,) and found.rest.startswith(bug.BREAKS)
    assert "that no field explains: " + found.rest in str(found)


def test_a_bug_is_no_dialect():
    assert diagnosed(only(both(DenseNumPy, OneClaimMore), "assign"), "assign", "TAL-5", seed=913) is None


class NoNumber(PlainIou):
    """And NaN where the metric of a box is 0, which a dialect without ε in its sides has for boxes without area."""

    def assign(self, *arguments):
        labels, boxes, scores, *rest = super().assign(*arguments)
        return (labels, boxes, np.where(scores.any(axis=-1, keepdims=True) | ~rest[0][..., np.newaxis], scores, np.nan), *rest)


def test_what_is_no_number_is_explained_by_no_field():
    found = diagnosed(only(NoNumber, "assign"), "assign", "TAL-5", seed=914)

    assert found.changes == tuple(PlainIou.FIELDS.items())
    assert found.left and "got nan" in found.rest

"""The shapes an answer must have are those of the reference's."""

import numpy as np
import pytest

from conformance.cases.protocol import OPS
from conformance.judging.rounding import FLOAT64
from conformance.cases.shapes import SHAPES
from conformance.tests.drawn import FUNCTIONS, sampled


def test_every_op_has_shapes():
    assert set(SHAPES) == set(OPS)


@pytest.mark.parametrize("name, op", [(name, op) for name, functions in FUNCTIONS.items() for op in functions if op in OPS and op != "pad_targets"])
def test_expected_shapes_are_those_of_the_reference(name, op):
    for case, event in sampled(name, FLOAT64):
        results = OPS[op].function(**case.arguments, dialect=case.dialect)
        results = results if isinstance(results, tuple) else (results,)
        assert [tuple(shape) for shape in SHAPES[op](case)] == [np.shape(result) for result in results], event
        assert len(results) == len(OPS[op].returns)


def test_padded_targets_are_left_to_their_clauses_since_more_slots_are_legal():
    assert all(SHAPES["pad_targets"](case) is None for case, _ in sampled("pad_targets", FLOAT64))

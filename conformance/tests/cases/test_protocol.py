"""The protocol is what the reference offers."""

import inspect
import sys

import numpy as np
import pytest

from conformance.cases.protocol import OPS
from conformance.judging.rounding import FLOAT64
from conformance.tests.drawn import FUNCTIONS, sampled
from refimpl.protocol import shapes

OWN_SIZES = [op for op, signature in OPS.items() if any("?" in operand.axes for operand in signature.gives)]
"""The ops that alone know a size of what they return: there, clauses look at it."""


def _result_type(function):
    name = function.__annotations__["return"]
    return getattr(sys.modules[function.__module__], name, None)


@pytest.mark.parametrize("op", OPS)
def test_the_arguments_of_an_op_are_those_of_the_reference(op):
    """What the reference takes beside them is for some dialects only, and may be left out."""
    arguments = inspect.signature(OPS[op].function).parameters
    beside = [one for name, one in arguments.items() if name not in OPS[op].arguments]

    assert tuple(arguments)[: len(OPS[op].arguments)] == OPS[op].arguments
    assert all(one.default is None or one.name == "dialect" for one in beside)


@pytest.mark.parametrize("op", OPS)
def test_the_results_of_an_op_are_the_fields_of_the_references_tuple(op):
    fields = getattr(_result_type(OPS[op].function), "_fields", None)

    assert fields == (OPS[op].returns if len(OPS[op].returns) > 1 else None)


@pytest.mark.parametrize("name, op", [(name, op) for name, functions in FUNCTIONS.items() for op in functions if op in OPS])
def test_the_shapes_of_an_op_are_those_of_the_references_results(name, op):
    for case, event in sampled(name, FLOAT64):
        expected = shapes(OPS[op], case.arguments, case.dialect)
        if op in OWN_SIZES:
            assert expected is None
            continue
        results = OPS[op].function(**case.arguments, dialect=case.dialect)
        results = results if isinstance(results, tuple) else (results,)
        assert [tuple(shape) for shape in expected] == [np.shape(result) for result in results], event

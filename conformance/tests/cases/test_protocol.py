"""The protocol is what the reference offers."""

import inspect
import sys

import pytest

import refimpl
from conformance.cases.protocol import OPS


def _result_type(function):
    name = function.__annotations__["return"]
    return getattr(sys.modules[function.__module__], name, None)


@pytest.mark.parametrize("op", OPS)
def test_the_arguments_of_an_op_are_those_of_the_reference(op):
    arguments = inspect.signature(OPS[op].function).parameters

    assert (*OPS[op].arguments, "dialect") == tuple(arguments)


@pytest.mark.parametrize("op", OPS)
def test_the_results_of_an_op_are_the_fields_of_the_references_tuple(op):
    fields = getattr(_result_type(OPS[op].function), "_fields", None)

    assert fields == (OPS[op].returns if len(OPS[op].returns) > 1 else None)

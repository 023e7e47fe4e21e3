"""The protocol is what the reference offers."""

import inspect
import sys

import pytest

import refimpl
from conformance.cases.protocol import PROTOCOL


def _result_type(function):
    name = function.__annotations__["return"]
    return getattr(sys.modules[function.__module__], name, None)


@pytest.mark.parametrize("op", PROTOCOL)
def test_the_arguments_of_an_op_are_those_of_the_reference(op):
    arguments = inspect.signature(getattr(refimpl, op)).parameters

    assert (*PROTOCOL[op].arguments, "dialect") == tuple(arguments)


@pytest.mark.parametrize("op", PROTOCOL)
def test_the_results_of_an_op_are_the_fields_of_the_references_tuple(op):
    fields = getattr(_result_type(getattr(refimpl, op)), "_fields", None)

    assert fields == (PROTOCOL[op].returns if len(PROTOCOL[op].returns) > 1 else None)

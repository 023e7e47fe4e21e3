"""No raw error of Python or NumPy reaches a user: malformed calls, generated from the signatures, are answered by name."""

import warnings

import pytest

import refimpl
from refimpl import YOLOV8, ContractError
from refimpl.protocol import OPS
from refimpl.tests.malformed import calls, well_formed

EACH = [(name, gradient) for name, op in OPS.items() for gradient in (False, True) if op.vjp or not gradient]


def function(name, gradient):
    return OPS[name].vjp if gradient else OPS[name].function


@pytest.mark.parametrize("name", OPS)
def test_what_is_spoilt_was_right_before(name):
    OPS[name].function(**well_formed(name), dialect=YOLOV8)


@pytest.mark.parametrize("name, gradient", EACH)
def test_a_malformed_call_is_answered_with_the_name_of_the_argument(name, gradient):
    wrong = []
    for call in calls(name, gradient):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                function(name, gradient)(**call.arguments, dialect=call.dialect)
            wrong.append((call.name, call.how, "no error"))
        except ContractError as error:
            if not str(error).startswith(call.name):
                # A spoilt argument may bind a letter that the next one then does not fit, and is said to have bound it.
                said = f"from {call.name}" in str(error)
                wrong += [] if said else [(call.name, call.how, str(error))]
        except Exception as error:
            wrong.append((call.name, call.how, repr(error)))

    assert wrong == []


def test_hundreds_of_calls_are_malformed():
    assert sum(1 for each in EACH for _ in calls(*each)) >= 200


@pytest.mark.parametrize("name", [name for name in refimpl.__all__ if hasattr(getattr(refimpl, name), "__wrapped__")])
def test_every_function_says_which_argument_is_missing(name):
    with pytest.raises(ContractError, match=rf"^{name}\("):
        getattr(refimpl, name)()

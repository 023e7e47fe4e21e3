"""How far a right answer may lie from the expected value: the bounds of the suite, rounded up to six significant bits.

Derived bounds are computed in float64 and may differ in their last bits from one machine to the next; so coarse a grid
hides that.
"""

from __future__ import annotations

from typing import Any, Dict, Mapping

import numpy as np

from conformance.cases.case import Case
from conformance.cases.protocol import OPS, vjp
from conformance.cases.stored import UNJUDGED
from conformance.judging.rounding import PRECISIONS, Precision
from conformance.ops import family
from conformance.ops.bodies import is_exact, licensed_forms
from golden.rules import by_name, op_of
from refimpl import Dialect

SIGNIFICANT_BITS = 6
NUDGE = 1 + 2.0**-20
"""Moves bounds that are exactly on the grid, as many are, away from the place where they would be rounded to the next value."""

Arguments = Mapping[str, Any]
Errors = Dict[str, np.ndarray]


def bounds(op: str, arguments: Arguments, dialect: Dialect, expected: Mapping[str, np.ndarray]) -> Errors:
    """`<output>.bound32` and `<output>.bound64` of every output that is a value, inf where nothing is asked.

    Parameters
    ----------
    arguments : by name, as `rules.arguments` gives them
    expected : all outputs, by name
    """
    found = {}
    for dtype, precision in PRECISIONS.items():
        for name, error in derived(op, arguments, dialect, expected, precision).items():
            found[f"{name}.{dtype.replace('float', 'bound')}"] = upward(error)
    return {name: found[name] for name in sorted(found)}


def derived(op: str, arguments: Arguments, dialect: Dialect, expected: Any, precision: Precision) -> Errors:
    """Bounds before rounding, by output."""
    special = family.of(op_of(op), "golden bounds", op)
    case = as_case(arguments, dialect)
    errors = special(case, expected, precision) if special else of_reference(op, case, expected, precision)
    for name, error in errors.items():
        if not (np.isfinite(error) | (error == UNJUDGED) & bool(special)).all():
            raise ValueError(f"{name}: expected a finite bound in {precision.dtype}, got {error}")
    return errors


def upward(error: np.ndarray) -> np.ndarray:
    """The next number up with six significant bits; 0 and inf stay what they are."""
    significand, exponent = np.frexp(error * NUDGE)
    return np.ldexp(np.ceil(significand * 2.0**SIGNIFICANT_BITS), exponent - SIGNIFICANT_BITS)


def as_case(arguments: Arguments, dialect: Dialect) -> Case:
    """The arguments in float64, as the suite keeps them."""
    return Case.of(dialect, {name: _float64(value) for name, value in arguments.items()})


def _float64(value: Any) -> Any:
    if isinstance(value, list):
        return [_float64(item) for item in value]
    return value.astype(np.float64) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value


def of_reference(function: str, case: Case, expected: Any, precision: Precision) -> Errors:
    """The widest bound of the reference and of the licensed forms: they run on error-carrying numbers as they stand.

    Forms are equal in exact arithmetic wherever a case is stored. What is no float is a decision, and has no bound.
    """
    op, values = op_of(function), [name for name, array in expected.items() if array.dtype.kind == "f"]
    if is_exact(op) or not values:
        return {name: np.zeros_like(expected[name]) for name in values}
    gradient = function == vjp(op)
    own = OPS[op].vjp if gradient else OPS[op].function
    arguments = case.rounded(precision)
    forms = [by_name(function, form(**arguments, dialect=case.dialect)) for form in (own, *licensed_forms(op, gradient))]
    return {name: np.maximum.reduce([form[name].error for form in forms]) for name in values}

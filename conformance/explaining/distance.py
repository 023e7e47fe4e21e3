"""Distance: how far an answer is from what the reference says under another dialect, cheaply and without judging it.

A decision shows in many numbers at once. To count those that differ takes a fiftieth of the time of a verdict, so that
every field can be tried; the verdict then decides.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any, Dict, Tuple

import numpy as np

from conformance.cases.case import Call, Case
from conformance.cases.protocol import OPS, by_reference
from conformance.judging.rounding import Precision
from conformance.ops import family
from conformance.trial.trial import Example
from refimpl import Dialect
from refimpl.errors import ContractError

NEAR = 256
"""Roundings within which two numbers are taken for the same."""

Changes = Dict[str, Any]
"""Fields of a dialect with the values they have instead."""


class Untold(ValueError):
    """A case does not say what another dialect would read."""


def under(op: str, case: Case, changes: Changes) -> Case:
    """The case with fields of its dialect changed, and with what the changed dialect reads besides.

    Raises
    ------
    Untold
        If that cannot be told from the case. ContractError if there is no such dialect.
    """
    if not changes:
        return case
    return replace(case, calls=tuple(_under(op, call, changes) for call in case.calls))


def _under(op: str, call: Call, changes: Changes) -> Call:
    changed = call._replace(dialect=_changed(call.dialect, tuple(changes.items())))
    besides = _besides(op)
    found = besides(changed) if besides else {}
    if found is None:
        raise Untold(f"{op}: what the dialect reads cannot be told from the arguments")
    return changed.having(**found)


@functools.lru_cache(maxsize=4096)
def _changed(dialect: Dialect, changes: Tuple[Tuple[str, Any], ...]) -> Dialect:
    return replace(dialect, **dict(changes))


@functools.lru_cache(maxsize=None)
def _besides(op: str) -> Any:
    return family.of(op, "optional arguments")


def distance(op: str, gradient: bool, example: Example, changes: Changes, precision: Precision) -> float:
    """The share of numbers, 0 … 1, in which the answer differs from the reference's under a changed dialect."""
    case = under(op, example.case, changes)
    pairs = zip(case.calls, example.answer) if case.every else [(case.last, example.answer)]
    return float(np.mean([_of_call(op, gradient, call, answer, precision) for call, answer in pairs]))


def _of_call(op: str, gradient: bool, call: Call, answer: Any, precision: Precision) -> float:
    with np.errstate(all="ignore"):
        try:
            results = by_reference(op, gradient, call)
        except ContractError:
            return 1.0
    where = {operand.name: operand.where for operand in OPS[op].gives}
    shares = [_differing(getattr(answer, name), results[name], results.get(where.get(name, ""), True), precision) for name in answer._fields]
    return float(np.mean(shares))


def _differing(got: Any, expected: Any, read: Any, precision: Precision) -> float:
    """The share of differing numbers of one result, where it is read."""
    if isinstance(expected, list):
        return float(np.mean([_differing(*pair, True, precision) for pair in zip(got, expected)]))
    got, expected = np.asarray(got, np.float64), np.asarray(expected, np.float64)
    if got.shape != expected.shape or not got.size:
        return float(got.shape != expected.shape)
    with np.errstate(invalid="ignore"):
        apart = np.abs(got - expected) > NEAR * precision.u * np.maximum(np.abs(expected), 2.0**-20)
    apart |= np.isnan(got) != np.isnan(expected)
    read = np.asarray(read, bool)
    return float((apart & read).mean()) if read.shape in ((), apart.shape) else float(apart.mean())

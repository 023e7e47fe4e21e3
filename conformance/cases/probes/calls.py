"""Probes of calls: memory laid out otherwise, a call that is not the only one, and a number that is none."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Sequence, Tuple

import numpy as np
from hypothesis import strategies as st

from conformance.cases.axes import length, letters, taken
from conformance.cases.case import Call, Case, always
from conformance.cases.draws import in_precision
from conformance.cases.probes.ends import ending_otherwise
from conformance.cases.probes.lengths import tells
from conformance.cases.probes.probe import Probe
from conformance.judging.rounding import Precision
from refimpl.protocol import Op
from refimpl.signature import Operand

KEPT, ASKED_OFTEN, NOT_FINITE = "kept while asked again", "asked often", "not finite"
BETWEEN, END_CHANGED = "another call before the gradient", "asked before with an end changed"
"""Manners of a call; of "not finite", one number that is read is not a number, and no plausible answer may come of it."""

OFTEN = 250
"""Calls before the one that is looked at."""

PLAIN_LAYOUT = ("transposed in memory", "every second element", "each second transposed in memory")


def of_calls(op: Op, gradient: bool) -> Dict[str, Probe]:
    """Memory laid out otherwise, and calls that are not the only one."""
    arrays = sum(bool(operand.axes) and not operand.plain for operand in op.given)
    layouts = PLAIN_LAYOUT[: 1 if gradient else 2 if arrays == 1 else 3] if arrays else ()
    found = {name: _laid_out(op, name) for name in layouts}
    found.update({KEPT: _with_another(op, KEPT), END_CHANGED: _after_other_ends(op)})
    if not gradient:
        poisoned = _poisonable(op)
        found.update({NOT_FINITE: _poisoned(poisoned)} if poisoned else {})
        return {**found, ASKED_OFTEN: _often(op)}
    found["expanded"] = Probe(_expand, lambda case: case.manner == "expanded")
    if len(op.wrt) > 1 or any(operand.many and operand.differentiable for operand in op.given):
        found["one argument alone"] = _in_manner("one argument alone")
    found[BETWEEN] = _with_another(op, BETWEEN)
    return {**found, "backward twice": _in_manner("backward twice")}


def _in_manner(name: str) -> Probe:
    """The case as it is, asked for in another way."""
    return Probe(lambda draw, case, precision: case.in_manner(name), lambda case: case.manner == name)


def _often(op: Op) -> Probe:
    """The case after itself, again and again; once if it tells nothing, since an answer of zeros stays one."""

    def make(draw: Any, case: Case, precision: Precision) -> Case:
        return case.in_manner(ASKED_OFTEN).after(case.last) if tells(op, case) else case

    return Probe(make, always)


def _after_other_ends(op: Op) -> Probe:
    """Calls that differ from it in the end of one argument come before it: what is remembered by less is stale."""

    def make(draw: Any, case: Case, precision: Precision) -> Case:
        others = list(ending_otherwise(op, case.last, precision))
        return case.after(*draw(st.permutations(others), label="before"))

    return Probe(make, always)


def _laid_out(op: Op, name: str) -> Probe:
    """With three rows and images at least: the numbers of one lie in the same order either way."""

    of_any_shape = [operand.name for operand in op.given if operand.axes == ("...",)]

    def make(draw: Any, case: Case, precision: Precision) -> Case:
        flat = [name for name in (*of_any_shape, *op.cotangents) if of_any_shape and np.ndim(case.arguments.get(name)) == 1]
        case = case.having(**{name: np.stack([case.arguments[name]] * 2, axis=-1) for name in flat})  # A row has one order only.
        for letter in [letter for letter in letters(op) if letter in ("N", "B", "...")]:
            own = length(op, case.arguments, letter)
            if 0 < own < 3 and all(letter in operand.axes for operand in op.gives):
                case = case.having(**taken(op, case.arguments, letter, np.arange(3) % own))
        return case.in_manner(name)

    return Probe(make, lambda case: case.manner == name)


def _poisonable(op: Op) -> List[Operand]:
    """The arguments each number of which every op of this form must pass on: results are numbers, row by row or summed."""
    if any(operand.kind in ("mask", "index", "label", "targets", "image") for operand in op.gives):
        return []
    if any(operand.plain and operand.axes for operand in op.given):
        return []  # An op that samples a grid of a given size need not pass on where its samples lie.
    masked = any(operand.kind == "mask" for operand in op.given)
    whole = ("index", "image")
    passed_on = [o for o in op.given if not o.plain and not o.many and o.axes and o.kind not in whole]
    results = {letter for operand in op.gives for letter in operand.letters}
    if results or not masked:
        return [o for o in passed_on if {*o.letters} - {"R"} <= results and not masked]
    return [operand for operand in passed_on if operand.where and operand.kind != "label"]


def _poisoned(operands: Sequence[Operand]) -> Probe:
    """One number that is read is not a number; infinity would be passed on by some right forms and not by others."""

    def make(draw: Any, case: Case, precision: Precision) -> Case:
        operand = draw(st.sampled_from(list(operands)), label="argument")
        value = case.arguments[operand.name].copy()
        read = np.ones(value.shape, bool)
        if operand.where:
            mask = np.asarray(case.arguments[operand.where], bool)
            read &= mask.reshape(mask.shape + (1,) * (value.ndim - mask.ndim))
        places = np.flatnonzero(read)
        if not len(places):
            return case
        value.flat[places[draw(st.integers(0, len(places) - 1), label="place")]] = np.nan
        return case.having(**{operand.name: value}).in_manner(NOT_FINITE)

    return Probe(make, always)


def _with_another(op: Op, manner: str) -> Probe:
    """Another call of the same shapes and of other numbers comes before its answer, or its gradient, is asked for."""

    def make(draw: Any, case: Case, precision: Precision) -> Case:
        for operand in op.given:
            if operand.kind == "shape":
                case = case.having(**{operand.name: _each(operand, case.arguments[operand.name], lambda h, w: (h, w + 1))})
        return case.in_manner(manner).after(_other(op, case.last, precision))

    return Probe(make, lambda case: case.manner == manner)


def _each(operand: Operand, value: Any, change: Callable[[int, int], Tuple[int, int]]) -> Any:
    """The shape, or every shape of the list, changed."""
    return [change(*shape) for shape in value] if operand.many else change(*value)


def _other(op: Op, call: Call, precision: Precision) -> Call:
    """The same call with other numbers, as legal as these, in the first argument that holds any but labels and masks."""
    for operand in op.given:
        value = call.arguments.get(operand.name)
        if operand.kind == "shape":
            return call.having(**{operand.name: _each(operand, value, lambda h, w: (w, h))})
        if not operand.plain and operand.kind not in ("targets", "label", "index", "mask", "image"):
            each = [in_precision(x / 2 + 0.25, precision) for x in (value if operand.many else [value])]
            return call.having(**{operand.name: each if operand.many else each[0]})
    return call


def _expand(draw: Any, case: Case, precision: Precision) -> Case:
    """Every cotangent 1, as a sum hands it back."""
    ones = {name: np.ones_like(x) for name, x in case.arguments.items() if name.startswith("cotangent")}
    return case.having(**ones).in_manner("expanded")

"""The events that every op has, derived from its signature alone, so that an op nobody thought of has them too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable, List, Mapping, Sequence, Tuple

import numpy as np
from hypothesis import strategies as st

from conformance.cases.axes import LETTERS, letters
from conformance.cases.case import Case, Cases, always
from conformance.cases.draws import composite
from conformance.cases.probes.calls import of_calls
from conformance.cases.probes.ends import along_classes, has_labels, last_bin, last_classes
from conformance.cases.probes.lengths import BEHIND, alike, apart, of_lengths, tells
from conformance.cases.probes.masks import of_masks
from conformance.cases.probes.numbers import of_numbers
from conformance.cases.probes.probe import Probe
from conformance.cases.probes.shapes import of_long_maps, of_shapes
from conformance.cases.probes.signs import of_signs
from conformance.cases.protocol import fields_read
from conformance.cases.sizes import ODD, SIZES, odd
from conformance.judging.rounding import Precision
from refimpl import Dialect
from refimpl.protocol import Op

TRIES = 6
"""Plain cases drawn until one tells something: an answer of zeros is the same with most faults."""

ONE_ANCHOR = f"one {LETTERS['A']}"

SEARCHED = 8
"""Plain cases drawn until an odd number shows in one."""


def probed(op: Op, cases: Cases, gradient: bool) -> Cases:
    """Cases of an op, or of its gradient, with the events that follow from its signature.

    Raises
    ------
    ValueError
        If an event of its own bears the name of one of these: it would be drawn no more.
    """
    plain = next(iter(cases.events))
    own = _own_numbers(op)
    long = {f"many {LETTERS[letter]}s": letter for letter in letters(op)}
    untyped = {**of_calls(op, gradient), **of_lengths(op, gradient), **of_masks(op), **of_long_maps(op)}
    probes = {**untyped, **of_numbers(op), **of_signs(op), **of_shapes(op)}
    taken = [event for event in cases.events if event in probes or event in own]
    if taken:
        raise ValueError(f"{op.name}: events {', '.join(taken)} bear the names of probes")

    def drawn(event: str, precision: Precision, served: Sequence[Dialect]) -> st.SearchStrategy[Case]:
        if event in ODD:
            found = _showing(op, cases, precision, event, served)
            return found.map(lambda case: _at_its_ends(op, case, ODD[event].fields))
        ordinary = _ordinary(served)
        if event in long and has_labels(op):
            ordinary = [dialect for dialect in ordinary if dialect.num_classes > 1] or ordinary
        if event == ONE_ANCHOR:
            ordinary = _content_with_one_anchor(op, ordinary)
        if event in probes:
            return _probe(op, cases, probes[event], precision, ordinary)
        return cases.draw(event, precision, ordinary)

    def possible(event: str, precision: Precision, served: Sequence[Dialect]) -> bool:
        if event in ODD:
            fitting = _of_event(event, served)
            return bool(fitting) and cases.possible(plain, precision, fitting)
        if event not in cases.events and not cases.possible(plain, precision, served):
            return False
        if event == ONE_ANCHOR and not _content_with_one_anchor(op, _ordinary(served)):
            return False
        if event == BEHIND:
            return not apart(op, "A", cases, plain)
        if event in probes:
            return event not in long or apart(op, long[event], cases, plain)
        return cases.possible(event, precision, served)

    events = {**cases.events, **{name: probe.occurs for name, probe in probes.items()}, **dict.fromkeys(own, always)}
    events.update({name: events.pop(name) for name in cases.events if name in cases.large})  # Last: what shows on less is found on less.
    few, alike = cases.few | {*probes, *own}, frozenset(untyped)
    return cases._replace(events=events, draw=drawn, possible=possible, few=few, alike=alike)


@composite
def _telling(draw: Any, op: Op, cases: Cases, precision: Precision, served: Sequence[Dialect]) -> Case:
    plain = cases.draw(next(iter(cases.events)), precision, served)
    return _first(draw, plain, TRIES, lambda case: tells(op, case))


@composite
def _showing(draw: Any, op: Op, cases: Cases, precision: Precision, event: str, served: Sequence[Dialect]) -> Case:
    """A case of an odd dialect that is answered otherwise with the usual numbers; one that tells, where sizes are odd."""
    odd_ones, usual = _of_event(event, served), next((dialect for dialect in served if not odd(dialect)), served[0])
    numbers = {name: getattr(usual, name) for name in ODD[event].fields if name not in SIZES}
    if not numbers:
        return draw(_telling(op, cases, precision, odd_ones))
    plain = cases.draw(next(iter(cases.events)), precision, odd_ones)
    return _first(draw, plain, SEARCHED, lambda case: tells(op, case) and not alike(op, case, case.under(replace(case.dialect, **numbers))))


def _first(draw: Any, plain: st.SearchStrategy[Case], tries: int, told: Callable[[Case], bool]) -> Case:
    """The first case that tells, of so many; of an example that is as simple as can be, all are the same."""
    case = draw(plain)
    for _ in range(tries - 1):
        if told(case):
            break
        before, case = case, draw(plain)
        if _same(before, case):
            break
    return case


def _same(one: Case, other: Case) -> bool:
    """Whether two cases are the same call."""
    return one.dialect == other.dialect and all(_equal(value, other.arguments[name]) for name, value in one.arguments.items())


def _equal(value: Any, other: Any) -> bool:
    if isinstance(value, list):
        return len(value) == len(other) and all(map(_equal, value, other))
    return np.array_equal(value, other)


@composite
def _probe(draw: Any, op: Op, cases: Cases, probe: Probe, precision: Precision, served: Sequence[Dialect]) -> Case:
    return probe.make(draw, draw(_telling(op, cases, precision, served)).alone(), precision)


def _ordinary(served: Sequence[Dialect]) -> Sequence[Dialect]:
    """The dialects without odd hyperparameters; all of them if there is none."""
    return [dialect for dialect in served if not odd(dialect)] or served


def _content_with_one_anchor(op: Op, served: Sequence[Dialect]) -> List[Dialect]:
    """The dialects in which an op may be given a single anchor: most implementations raise where a box claims more than there are."""
    enough = [dialect for dialect in served if dialect.topk == 1 or dialect.fewer_anchors_than_topk]
    return enough if "topk" in fields_read(op) else list(served)


def _of_event(event: str, served: Sequence[Dialect]) -> List[Dialect]:
    """The dialects whose odd hyperparameters are the event."""
    return [dialect for dialect in served if odd(dialect) == event]


def _at_its_ends(op: Op, case: Case, fields: Mapping[str, Any]) -> Case:
    """The case with what lies at the end of the axes that these fields make long: the last classes, the last bin."""
    case = last_classes(op, case) if "num_classes" in fields else case
    return last_bin(op, case) if "reg_max" in fields else case


def _own_numbers(op: Op) -> Tuple[str, ...]:
    """The events with odd hyperparameters that can show in an op: those one of whose fields the reference reads in it.

    Where the classes are an axis, or labels are given, their number shows, read or not.
    """
    classes = has_labels(op) or any(along_classes(operand) for operand in op.given)
    read = {*fields_read(op), *(("num_classes",) if classes else ())}
    return tuple(name for name, one in ODD.items() if set(one.fields) & read)

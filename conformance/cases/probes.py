"""Probes: events that every op has, derived from its signature alone, so that an op nobody thought of has them too.

What a table of hard cases forgets always lies in the same classes: many rows, numbers far from where they are drawn,
memory laid out otherwise, what is masked away, and a call that is not the first.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any, Callable, Dict, List, Mapping, Sequence, Tuple

import numpy as np
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st

from conformance.cases.axes import LETTERS, axis_of, length, letters, taken
from conformance.cases.case import Call, Case, Cases, always
from conformance.cases.draws import in_precision
from conformance.cases.ends import AHEAD, along_classes, behind_many, ending_otherwise, has_labels, last_classes
from conformance.cases.number_probes import of_numbers
from conformance.cases.probe import Probe
from conformance.cases.protocol import fields_read
from conformance.cases.sizes import ODD, odd
from conformance.judging.rounding import FLOAT64, Precision
from refimpl import YOLOV8, Dialect
from refimpl.protocol import Op
from refimpl.signature import Operand

LENGTHS = {"B": (131, 37), "G": (307, 37), "": (70003, 8407, 1549, 257, 37)}
"""Lengths of an axis, none a multiple of anything, by its letter; the first that is affordable is taken."""

NUMBERS = 150_000
"""Numbers that the arguments of a long case hold at most."""

JUNK = (113.0, -7.0, 0.0)
"""What stands where nothing is read."""

TRIES = 6
"""Plain cases drawn until one tells something: an answer of zeros is the same with most faults."""

OFTEN = 250
"""Calls before the one that is looked at."""

KEPT, ASKED_OFTEN, NOT_FINITE = "kept while asked again", "asked often", "not finite"
BETWEEN, END_CHANGED, BEHIND = "another call before the gradient", "asked before with an end changed", "behind many others"
"""Manners of a call; of the last, one number that is read is not a number, and no plausible answer may come of it."""

PLAIN_LAYOUT = ("transposed in memory", "every second element")


_FINDING = settings(
    max_examples=2000, database=None, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck)
)


def probed(op: Op, cases: Cases, gradient: bool) -> Cases:
    """Cases of an op, or of its gradient, with the events that follow from its signature."""
    plain = next(iter(cases.events))
    own = _own_numbers(op)
    long = {f"many {LETTERS[letter]}s": letter for letter in letters(op)}
    probes = {**_of_calls(op, gradient), **_of_lengths(op, gradient), **of_numbers(op), **_of_masks(op)}

    @st.composite
    def telling(draw: Any, precision: Precision, served: Sequence[Dialect]) -> Case:
        for _ in range(TRIES):
            case = draw(cases.draw(plain, precision, served))
            if _telling(op, case):
                break
        return case

    @st.composite
    def draw_probe(draw: Any, event: str, precision: Precision, served: Sequence[Dialect]) -> Case:
        return probes[event].make(draw, draw(telling(precision, served)).alone(), precision)

    def drawn(event: str, precision: Precision, served: Sequence[Dialect]) -> st.SearchStrategy[Case]:
        if event in ODD:
            usual = telling(precision, [dialect for dialect in served if odd(dialect) == event])
            return usual.map(lambda case: last_classes(op, case)) if "num_classes" in ODD[event].fields else usual
        ordinary = [dialect for dialect in served if not odd(dialect)] or served
        if event in long and has_labels(op):
            ordinary = [dialect for dialect in ordinary if dialect.num_classes > 1] or ordinary
        return (draw_probe if event in probes else cases.draw)(event, precision, ordinary)

    def possible(event: str, precision: Precision, served: Sequence[Dialect]) -> bool:
        if event in ODD:
            return any(odd(dialect) == event for dialect in served)
        if event == BEHIND:
            return not apart(op, "A", cases, plain)
        if event in probes:
            return event not in long or apart(op, long[event], cases, plain)
        return cases.possible(event, precision, served)

    events = {**cases.events, **{name: probe.occurs for name, probe in probes.items()}, **dict.fromkeys(own, always)}
    return Cases(events, drawn, possible, frozenset((*probes, *own)))


def _own_numbers(op: Op) -> Tuple[str, ...]:
    """The events with odd hyperparameters that can show in an op: those one of whose fields the reference reads in it.

    Where the classes are an axis, or labels are given, their number shows, read or not.
    """
    classes = has_labels(op) or any(along_classes(operand) for operand in op.given)
    read = {*fields_read(op), *(("num_classes",) if classes else ())}
    return tuple(name for name, one in ODD.items() if set(one.fields) & read)


def _in_manner(name: str, before: bool = False) -> Probe:
    """The case as it is, asked for in another way; `before`, after itself."""

    def make(draw: Any, case: Case, precision: Precision) -> Case:
        return case.in_manner(name).after(*((case.last,) if before else ()))

    return Probe(make, lambda case: case.manner == name)


def _of_calls(op: Op, gradient: bool) -> Dict[str, Probe]:
    """Memory laid out otherwise, and calls that are not the only one."""
    found = {name: _laid_out(op, name) for name in PLAIN_LAYOUT[: 1 if gradient else 2]}
    found.update({KEPT: _with_another(op, KEPT), END_CHANGED: _after_other_ends(op)})
    if not gradient:
        poisoned = _poisonable(op)
        found.update({NOT_FINITE: _poisoned(poisoned)} if poisoned else {})
        return {**found, ASKED_OFTEN: _in_manner(ASKED_OFTEN, before=True)}
    found["expanded"] = Probe(_expand, lambda case: case.manner == "expanded")
    if len(op.wrt) > 1 or any(operand.many and operand.differentiable for operand in op.given):
        found["one argument alone"] = _in_manner("one argument alone")
    found[BETWEEN] = _with_another(op, BETWEEN)
    return {**found, "backward twice": _in_manner("backward twice")}


def _after_other_ends(op: Op) -> Probe:
    """Calls that differ from it in the end of one argument come before it: what is remembered by less is stale."""

    def make(draw: Any, case: Case, precision: Precision) -> Case:
        others = list(ending_otherwise(op, case.last, precision))
        return case.after(*draw(st.permutations(others), label="before"))

    return Probe(make, always)


def _laid_out(op: Op, name: str) -> Probe:
    """With three rows and images at least: the numbers of one lie in the same order either way."""

    def make(draw: Any, case: Case, precision: Precision) -> Case:
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


def _of_lengths(op: Op, gradient: bool) -> Dict[str, Probe]:
    """Each axis along which the op treats every element alike, long."""
    there = [x for x in letters(op) if all(x in operand.axes or not operand.axes for operand in op.gives)]
    found = {f"many {LETTERS[letter]}s": _long(op, letter) for letter in there}
    if not gradient and "A" in there and any(operand.kind == "xy" for operand in op.given):
        made = Probe(lambda draw, case, precision: behind_many(op, case, "A"), lambda case: length(op, case.arguments, "A") > AHEAD)
        found[BEHIND] = made
    return found


_APART: Dict[Tuple[str, str], bool] = {}


def apart(op: Op, letter: str, cases: Cases, plain: str) -> bool:
    """Whether the elements along a letter do not look at each other: the reference answers some of them as among all.

    An op that chooses among them, as the top k do, has no such axis: copies would only be ties.
    """
    key = op.name, letter
    if key not in _APART:
        strategy = cases.draw(plain, FLOAT64, [replace(YOLOV8, topk=1, num_classes=2, reg_max=4, strides=(8,))])
        found = find(strategy, lambda case: _telling(op, case), settings=_FINDING, random=Random(1))
        arguments = {name: found.arguments[name] for name in op.arguments}
        picks = np.arange(length(op, arguments, letter)).repeat(3)
        whole, part = (_results(op, found.dialect, x) for x in (arguments, taken(op, arguments, letter, picks)))
        _APART[key] = all(_repeats(operand, letter, picks, w, p) for operand, w, p in zip(op.gives, whole, part))
    return _APART[key]


def _repeats(result: Operand, letter: str, picks: np.ndarray, once: np.ndarray, thrice: np.ndarray) -> bool:
    """Whether a result of everything three times is that of once: the same for each copy, or three times the sum."""
    if letter in result.axes:
        return np.array_equal(np.take(once, picks, axis=axis_of(result.axes, letter)), thrice)
    return not result.axes and bool(np.isclose(thrice, 3 * once, rtol=1e-9))


def _telling(op: Op, case: Case) -> bool:
    """Whether every axis has two elements, and every result some that are not 0."""
    arguments = {operand.name: case.arguments[operand.name] for operand in op.takes if operand.name in case.arguments}
    if any(length(op, arguments, letter) < 2 for letter in letters(op)):
        return False
    return all(np.any(x) for x in _results(op, case.dialect, arguments))


def _results(op: Op, dialect: Dialect, arguments: Mapping[str, Any]) -> Tuple[np.ndarray, ...]:
    found = op.function(**arguments, dialect=dialect)
    return found if isinstance(found, tuple) else (found,)


def _long(op: Op, letter: str) -> Probe:
    def make(draw: Any, case: Case, precision: Precision) -> Case:
        own = length(op, case.arguments, letter)
        if not own:
            return case
        share = max(case.amount, 1) / own
        lengths = LENGTHS.get(letter, LENGTHS[""])
        many = next((n for n in lengths if n * share <= NUMBERS), lengths[-1])
        # Not each in its turn: an element that reads its neighbour's numbers, or those of one further on, is to differ.
        picks = np.random.default_rng(many).integers(0, own, many)
        elements = taken(op, case.arguments, letter, picks)
        return case.having(**varied(op, elements, letter, precision, case.dialect.num_classes))

    return Probe(make, lambda case: length(op, case.arguments, letter) >= LENGTHS[""][-1])


def varied(op: Op, arguments: Dict[str, Any], letter: str, precision: Precision, classes: int = 1) -> Dict[str, Any]:
    """The arguments with other numbers in each element of a letter, as legal as before: none is another's copy.

    Coordinates are moved together by a step of their own, so that what lies inside what remains as it is.
    """
    steps = np.random.default_rng(1).integers(0, 64, length(op, arguments, letter)) / 4
    found = dict(arguments)
    for operand in op.given:
        if operand.name not in arguments or operand.many or operand.plain or letter not in operand.axes:
            continue
        value, place = arguments[operand.name], axis_of(operand.axes, letter)
        step = steps.reshape([-1 if axis == place % value.ndim else 1 for axis in range(value.ndim)])
        if operand.kind in ("xyxy", "xy"):
            found[operand.name] = in_precision(value + step, precision)
        if operand.kind in ("logit", "ltrb", "number"):
            found[operand.name] = in_precision(value + step / 16, precision)
        if operand.kind in ("probability", "nonnegative"):
            found[operand.name] = in_precision(value * (1 - step / 32), precision)
        if operand.kind == "label":
            found[operand.name] = (value + (4 * step).astype(np.int64)) % max(classes, 1 + value.max(initial=0))
    return found


def _of_masks(op: Op) -> Dict[str, Probe]:
    """Other numbers where a mask says that nothing is read; targets and padding may be none at all, predictions never are."""
    hidden = [operand for operand in op.given if operand.where and operand.kind not in ("label", "index", "mask")]
    if not hidden:
        return {}
    masks = {operand.name: operand for operand in op.given}
    given = [operand for operand in hidden if not operand.differentiable]
    return {
        "junk where masked": _filled(hidden, masks, JUNK),
        **({"nothing finite where masked": _filled(given, masks, (np.nan, np.inf, -np.inf))} if given else {}),
    }


def _filled(hidden: Sequence[Operand], masks: Mapping[str, Operand], junk: Tuple[float, ...]) -> Probe:
    def make(draw: Any, case: Case, precision: Precision) -> Case:
        for name in {operand.where for operand in hidden}:
            case = case.having(**{name: _with_an_element_less(draw, case.arguments[name])})
        other = {o.name: filled(o, masks[o.where], case.arguments, junk) for o in hidden}
        return case.having(**other)

    return Probe(make, always)


def _with_an_element_less(draw: Any, mask: np.ndarray) -> np.ndarray:
    """The mask with one of its true elements false, if it has more than one."""
    found = np.array(mask)
    true = np.flatnonzero(found)
    if len(true) > 1:
        found.flat[draw(st.sampled_from(true.tolist()), label="masked")] = 0
    return found


def filled(operand: Operand, mask: Operand, arguments: Mapping[str, Any], junk: Tuple[float, ...]) -> np.ndarray:
    """An argument with other numbers wherever its mask is false throughout."""
    value, shown = arguments[operand.name], np.asarray(arguments[mask.name], bool)
    for place, axis in reversed(list(enumerate(mask.axes))):
        if axis not in operand.axes:
            shown = shown.any(axis=place)
    kept = [axis for axis in mask.axes if axis in operand.axes]
    shown = shown.reshape([np.shape(value)[i] if axis in kept else 1 for i, axis in enumerate(operand.axes)])
    return np.where(shown, value, np.resize(np.array(junk), value.shape))

"""Probes of lengths: each axis along which an op treats every element alike, long.

The reference shows by a small case whether it does: the elements of such an axis do not look at each other.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any, Dict, Mapping, Tuple

import numpy as np
from hypothesis import HealthCheck, Phase, find, settings

from conformance.cases.axes import LETTERS, axis_of, length, letters, taken
from conformance.cases.by_seed import by_seed_alone
from conformance.cases.case import Case, Cases
from conformance.cases.draws import in_precision
from conformance.cases.probes.ends import AHEAD, MASKED, behind_many, behind_masked
from conformance.cases.probes.probe import Probe
from conformance.judging.rounding import FLOAT64, Precision
from refimpl import YOLOV8, Dialect
from refimpl.protocol import Op
from refimpl.signature import Operand

LENGTHS = {"B": (131, 37), "G": (307, 37), "K": (37,), "D": (131, 37), "": (70003, 8407, 1549, 257, 37)}
"""Lengths of an axis, none a multiple of anything, by its letter; the first that is affordable is taken."""

NUMBERS = 150_000
"""Numbers that the arguments of a long case hold at most."""

BEHIND = "behind many others"

_FINDING = settings(
    max_examples=2000, database=None, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck)
)

_APART: Dict[Tuple[str, str], bool] = {}


def of_lengths(op: Op, gradient: bool) -> Dict[str, Probe]:
    """Each axis along which the op treats every element alike, long; and each axis of one element."""
    there = [x for x in letters(op) if all(x in operand.axes or not operand.axes for operand in op.gives)]
    found = {f"many {LETTERS[letter]}s": _long(op, letter) for letter in there}
    found.update({f"one {LETTERS[letter]}": _single(op, letter) for letter in letters(op)})
    if all(operand.axes == ("...",) for operand in op.takes):
        found["no axis"] = Probe(lambda draw, case, precision: _scalars(case), lambda case: all(np.ndim(x) == 0 for x in case.arguments.values()))
    if not gradient and "A" in there and any(operand.kind == "xy" for operand in op.given):
        made = Probe(lambda draw, case, precision: behind_many(op, case, "A"), lambda case: length(op, case.arguments, "A") > AHEAD)
        found[BEHIND] = made
    if not gradient and "G" in letters(op) and "G" not in there:
        masked = Probe(lambda draw, case, precision: behind_masked(op, case), lambda case: length(op, case.arguments, "G") > MASKED)
        found["behind many ground truths"] = masked
    return found


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


def _single(op: Op, letter: str) -> Probe:
    """One element alone, so that an axis of one is not taken for none; the first that is answered by any but zeros."""

    def make(draw: Any, case: Case, precision: Precision) -> Case:
        for i in range(length(op, case.arguments, letter)):
            alone = case.having(**taken(op, case.arguments, letter, np.array([i])))
            if any(np.any(x) for x in _results(op, case.dialect, op.among(alone.arguments))):
                return alone
        return case.having(**taken(op, case.arguments, letter, np.arange(1))) if length(op, case.arguments, letter) else case

    return Probe(make, lambda case: length(op, case.arguments, letter) <= 1)


def _scalars(case: Case) -> Case:
    """Every array by its first number, which has no axis."""
    if not all(np.size(x) for x in case.arguments.values()):
        return case
    return case.having(**{name: np.ravel(x)[0:1].reshape(()) for name, x in case.arguments.items()})


def varied(op: Op, arguments: Dict[str, Any], letter: str, precision: Precision, classes: int = 1) -> Dict[str, Any]:
    """The arguments with other numbers in each element of a letter, as legal as before: none is another's copy.

    Coordinates are moved together by a step of their own, so that what lies inside what remains as it is. Regions
    of a map stay where they are: moved, they would have samples at its limits, which count or not.
    """
    steps = np.random.default_rng(1).integers(0, 64, length(op, arguments, letter)) / 4
    found = dict(arguments)
    for operand in op.given:
        if operand.name not in arguments or operand.many or operand.plain or letter not in operand.axes:
            continue
        value, place = arguments[operand.name], axis_of(operand.axes, letter)
        step = steps.reshape([-1 if axis == place % value.ndim else 1 for axis in range(value.ndim)])
        if operand.kind in ("xyxy", "xy") and letter != "K":
            found[operand.name] = in_precision(value + step, precision)
        if operand.kind in ("logit", "ltrb", "number"):
            found[operand.name] = in_precision(value + step / 16, precision)
        if operand.kind in ("probability", "nonnegative"):
            found[operand.name] = in_precision(value * (1 - step / 32), precision)
        if operand.kind == "label":
            found[operand.name] = (value + (4 * step).astype(np.int64)) % max(classes, 1 + value.max(initial=0))
    return found


def apart(op: Op, letter: str, cases: Cases, plain: str) -> bool:
    """Whether the elements along a letter do not look at each other: the reference answers some of them as among all.

    An op that chooses among them, as the top k do, has no such axis: copies would only be ties.
    """
    key = op.name, letter
    if key not in _APART:
        strategy = cases.draw(plain, FLOAT64, [replace(YOLOV8, topk=1, num_classes=2, reg_max=4, strides=(8,))])
        with by_seed_alone():
            found = find(strategy, lambda case: tells(op, case), settings=_FINDING, random=Random(1))
        arguments = op.among(found.arguments)
        picks = np.arange(length(op, arguments, letter)).repeat(3)
        whole, part = (_results(op, found.dialect, x) for x in (arguments, taken(op, arguments, letter, picks)))
        _APART[key] = all(_repeats(operand, letter, picks, w, p) for operand, w, p in zip(op.gives, whole, part))
    return _APART[key]


def _repeats(result: Operand, letter: str, picks: np.ndarray, once: np.ndarray, thrice: np.ndarray) -> bool:
    """Whether a result of everything three times is that of once: the same for each copy, or three times the sum."""
    if letter in result.axes:
        return np.array_equal(np.take(once, picks, axis=axis_of(result.axes, letter)), thrice)
    return not result.axes and bool(np.isclose(thrice, 3 * once, rtol=1e-9))


def tells(op: Op, case: Case) -> bool:
    """Whether every axis has two elements, and every result some that are not 0."""
    arguments = op.among(case.arguments)
    if any(length(op, arguments, letter) < 2 for letter in letters(op)):
        return False
    return all(np.any(x) for x in _results(op, case.dialect, arguments))


def alike(op: Op, case: Case, other: Case) -> bool:
    """Whether the reference answers two cases alike."""
    found, there = (_results(op, one.dialect, op.among(one.arguments)) for one in (case, other))
    return all(np.array_equal(x, y) for x, y in zip(found, there))


def _results(op: Op, dialect: Dialect, arguments: Mapping[str, Any]) -> Tuple[np.ndarray, ...]:
    found = op.function(**arguments, dialect=dialect)
    return found if isinstance(found, tuple) else (found,)

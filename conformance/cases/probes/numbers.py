"""Probes of numbers: far, tiny, of every magnitude, hardly apart, at odd values and at none, as their kinds allow."""

from __future__ import annotations

import itertools
from typing import Any, Callable, Dict, Sequence

import numpy as np
from hypothesis import strategies as st

from conformance.cases.axes import axis_of
from conformance.cases.case import Case, always
from conformance.cases.draws import in_precision
from conformance.cases.probes.probe import Probe, if_legal, legal
from conformance.judging.rounding import FLOAT32, Precision
from refimpl.protocol import Op
from refimpl.signature import Operand

FAR = 4096.0
"""px or cells by which everything is moved: float32 still has 1/1024 of it, half precision not one."""

SMALL = 2.0**-12
"""By which everything is made smaller, so that an ε beside a side or an area is no longer lost in rounding."""

LARGE = 16384
"""Times which everything is as large: 4 px become more than 16 bits count, and a square of them more than 32."""

HARDLY = {True: (6, 18), False: (6, 30)}
"""Powers of a half by which two boxes are apart, of a side, in float32 and in float64."""


MANY = 17
"""Bins of a side that hardly anybody asks for."""

_NEXT = st.integers(10, 20).map(lambda power: 2.0**-power)
"""What a share is off by that is nearly none or nearly all."""

_RANKED = ("probability", "nonnegative")
"""Kinds by which an op may choose, and any number that a row has one of."""


def of_numbers(op: Op) -> Dict[str, Probe]:
    """Coordinates far from the origin, and large; probabilities, weights, sums and labelled boxes of every magnitude."""
    placed = [operand.name for operand in op.given if operand.kind in ("xyxy", "xy") and not operand.many]
    sized = placed + [operand.name for operand in op.given if operand.kind in ("xywh", "unbounded")]
    scaled = {operand.name: operand for operand in op.given if _has_a_magnitude(operand)}
    found = {}
    if placed:
        found["far from the origin"] = Probe(
            lambda draw, case, precision: _changed(case, placed, lambda x: in_precision(x + FAR, precision)),
            lambda case: all(np.abs(case.arguments[name]).max(initial=FAR) >= FAR / 2 for name in placed),
        )
    if sized:
        found["in miniature"] = if_legal(op, {name: lambda draw, x: x * SMALL for name in sized})
    measured = [operand.name for operand in op.given if operand.kind in ("size", "natural", "index") and operand.unit == "px"]
    pooled = any("H" in operand.axes and not operand.many for operand in op.given)  # It samples as many cells as a region covers.
    if (sized or measured) and not pooled:
        found["16384 times as large"] = if_legal(op, {name: _enlarged for name in (*sized, *measured)})
    if scaled:

        def make(draw: Any, case: Case, precision: Precision) -> Case:
            return case.having(**{name: _scattered(draw, o, case.arguments[name], precision) for name, o in scaled.items()})

        found["of every magnitude"] = Probe(make, always)
    return {**found, **_of_ranks(op), **_of_pairs(op), **_of_plain_numbers(op)}


def _enlarged(draw: Any, x: Any) -> Any:
    """Coordinates, and the sizes of images, as many times as large."""
    return tuple(LARGE * side for side in x) if isinstance(x, tuple) else LARGE * x


def _of_ranks(op: Op) -> Dict[str, Probe]:
    """Numbers by which an op may choose, in pairs of which the second is a hair more: who takes them for equal takes the first."""
    chooses = any(operand.kind in ("mask", "index", "label") or "?" in operand.axes for operand in op.gives)
    ranked = [o for o in op.given if o.letters and not o.many and (o.kind in _RANKED or o.kind == "number" and len(o.axes) == 1)]
    if not chooses or not ranked:
        return {}

    def make(draw: Any, case: Case, precision: Precision) -> Case:
        return case.having(**{operand.name: _hardly_rising(operand, case.arguments[operand.name], precision) for operand in ranked})

    return {"a hair apart": Probe(make, always)}


def _hardly_rising(operand: Operand, x: np.ndarray, precision: Precision) -> np.ndarray:
    """Along the anchors, or the last axis that has a letter."""
    letters = [axis for axis in operand.axes if axis in operand.letters]
    along = axis_of(operand.axes, "A" if "A" in letters else letters[-1])
    found = np.moveaxis(x.astype(precision.dtype), along, 0).copy()
    second = found[1::2]
    found[: 2 * len(second) : 2] = np.nextafter(second, 0, dtype=precision.dtype)
    return np.moveaxis(found, 0, along).astype(np.float64)


def _of_pairs(op: Op) -> Dict[str, Probe]:
    """Two boxes of a row, or two numbers of one place, that are hardly apart: what gives way near a kink gives way here."""
    alike = [operand for operand in op.given if operand.kind in ("xyxy", "number") and operand.axes and not operand.many]
    pairs = ((a, b) for a, b in itertools.combinations(alike, 2) if (a.axes, a.kind) == (b.axes, b.kind))
    pair = next(pairs, None)
    if pair is None:
        return {}
    one, other = pair

    def make(draw: Any, case: Case, precision: Precision) -> Case:
        random = np.random.default_rng(draw(st.integers(0, 2**16), label="seed"))
        x = case.arguments[one.name]
        side = np.tile(np.abs(x[..., 2:] - x[..., :2]), 2) if one.kind == "xyxy" else np.where(x == 0, 1, np.abs(x))
        steps = random.permutation(np.linspace(*HARDLY[precision is FLOAT32], x.size).round()).reshape(x.shape)
        off = random.choice([-1, 0, 1] if one.kind == "xyxy" else [-1, 1], x.shape) * side * np.exp2(-steps)
        return case.having(**{other.name: in_precision(x + off, precision)})

    return {"hardly apart": Probe(make, always)}


def _of_plain_numbers(op: Op) -> Dict[str, Probe]:
    """Ratios and thresholds at values that no half and no quarter is, float32 though; and none of what is counted."""
    plain = [operand for operand in op.given if operand.plain and not operand.many]
    found = {}
    ratios = [operand for operand in plain if operand.kind in ("share", "real") and not operand.axes]
    if ratios:
        found["odd ratios"] = if_legal(op, {operand.name: _odd(operand) for operand in ratios})
    for operand in plain:
        if operand.kind in ("count", "share") and not operand.axes:
            none = 0 if operand.kind == "count" else 0.0
            found[f"{operand.name} of 0"] = if_legal(op, {operand.name: lambda draw, x, none=none: none})
        if operand.kind == "natural" and not operand.unit and operand.axes:
            found[f"{operand.name} of {MANY}"] = _of_many(op, operand)
        if operand.kind == "share":
            found[f"{operand.name} next to 0"] = if_legal(op, {operand.name: lambda draw, x: draw(_NEXT)})
            found[f"{operand.name} next to 1"] = if_legal(op, {operand.name: lambda draw, x: 1 - draw(_NEXT)})
    return found


def _of_many(op: Op, operand: Operand) -> Probe:
    """A number of bins, and cotangents of as many, in turn those there were."""

    def make(draw: Any, case: Case, precision: Precision) -> Case:
        made: Dict[str, Any] = {operand.name: MANY}
        for name, result in zip(op.cotangents, [o for o in op.gives if o.differentiable]):
            value = case.arguments.get(name)
            for axis in (axis for axis, letter in enumerate(result.axes) if value is not None and letter in operand.axes):
                value = np.take(value, np.arange(MANY) % value.shape[axis], axis=axis)
            made.update({name: value} if value is not None else {})
        return legal(op, case, case.having(**made))

    return Probe(make, always)


def _odd(operand: Operand) -> Callable[[Any, Any], float]:
    """A share anew, or a number times what is no power of two."""
    anew = operand.kind == "share"

    def value(draw: Any, x: float) -> float:
        factor = draw(st.integers(1, 999) if anew else st.integers(600, 1700), label=operand.name) / 1000
        return float(np.float32(factor if anew else x * factor))

    return value


def _has_a_magnitude(operand: Operand) -> bool:
    """Whether each number of it times a power of two is as legal."""
    if operand.many or operand.plain:
        return False
    if operand.kind in ("probability", "nonnegative", "targets"):
        return True
    return bool(operand.letters) if operand.kind == "number" else operand.kind == "positive" and not operand.axes


def _scattered(draw: Any, operand: Operand, x: np.ndarray, precision: Precision) -> np.ndarray:
    """Each number times a power of two from 2⁻²⁸ on, any number from 2⁻⁵⁶ on, those at one place of the last axis by
    similar ones; a box in fractions of the image as a whole; weights up to 2¹⁶, too."""
    random = np.random.default_rng(draw(st.integers(0, 2**16), label="seed"))
    if operand.kind == "targets":
        return np.concatenate([x[:, :2], in_precision(x[:, 2:] * np.exp2(-random.integers(0, 13, (len(x), 1))), precision)], axis=1)
    common = random.integers(-52 if operand.kind == "number" else -24, 1, np.shape(x)[-1:])
    if operand.kind == "nonnegative" and operand.axes:
        common[::2] = random.integers(5, 17, common[::2].shape)
    return in_precision(x * np.exp2(common - random.integers(0, 5, np.shape(x))), precision)


def _changed(case: Case, names: Sequence[str], change: Callable[[np.ndarray], np.ndarray]) -> Case:
    return case.having(**{name: change(case.arguments[name]) for name in names})

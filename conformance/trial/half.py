"""Half precision: what can be decided of an answer in float16 or bfloat16.

Arguments are drawn as in float32 and moved to numbers of the type. Every number is to be finite where the exact one can be
held; an op from numbers to numbers is held to its bound besides, wherever that says something. Decisions, and losses that
sum over them, are not: at 8 or 11 bits nearly every one of them is open.
"""

from __future__ import annotations

from typing import Any, List

import numpy as np

from conformance.cases.case import Call, Case
from conformance.cases.protocol import OPS
from conformance.judging.finding import Broken
from conformance.judging.judge import Judge
from refimpl.precision import LARGEST

DISCRETE = ("mask", "label", "index")

DIGITS = {"float32": 23, "float16": 10, "bfloat16": 7}
"""Bits after the first of a number."""


def stored(case: Case, dtype: str, op: str) -> Case:
    """The case with each float argument moved to the nearest number of the type, at most its largest."""
    rows = {operand.name for operand in OPS[op].takes if operand.kind == "targets"}

    def moved(name: str, value: Any) -> Any:
        if isinstance(value, list):
            return [moved(name, item) for item in value]
        if not isinstance(value, np.ndarray) or value.dtype != np.float64:
            return value
        found = nearest(value, dtype)
        if name in rows:
            found[:, :2] = _counted(value[:, :2], dtype)
        return found

    calls = [Call(c.dialect, {name: moved(name, value) for name, value in c.arguments.items()}, c.manner) for c in case.calls]
    return Case(tuple(calls), case.every)


def _counted(numbers: np.ndarray, dtype: str) -> np.ndarray:
    """Images and classes, which are whole numbers, as the largest of the type that are not beyond them: no class past the last."""
    size = np.maximum(np.nan_to_num(np.abs(numbers)), 1)
    step = np.maximum(2.0 ** (np.floor(np.log2(size)) - DIGITS[dtype]), 1)
    return np.trunc(numbers / step) * step


def nearest(array: np.ndarray, dtype: str) -> np.ndarray:
    """The nearest numbers of the type, ties to even, as float64; what is not a number stays so."""
    largest = LARGEST.get(dtype, np.inf)
    array = np.asarray(np.clip(array, -largest, largest))
    if dtype != "bfloat16":
        return array.astype(dtype).astype(np.float64)
    bits = np.ascontiguousarray(array, np.float32).view(np.uint32).astype(np.uint64)
    rounded = ((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000).astype(np.uint32).view(np.float32)
    return np.where(np.isnan(array), np.nan, rounded.reshape(array.shape)).astype(np.float64)


def decidable(op: str) -> bool:
    """Whether an op takes numbers to numbers, without a mask, a decision or a sum over many of them."""
    found = OPS[op]
    return not any(o.many or o.kind in DISCRETE for o in (*found.takes, *found.gives)) and not any(o.plain for o in found.takes)


def nothing(answer: Any, case: Case, judge: Judge) -> None:
    """A body that asks for no more."""


def finite(answer: Any, case: Case, judge: Judge, dtype: str, gradient: bool) -> None:
    """Each number is finite where the exact one can be held.

    Raises
    ------
    Broken
        If one is not: it says where, and why that is likely.
    """
    op = OPS[judge.op]
    function = op.vjp if gradient else op.function
    answers = answer if case.every else [answer]
    for call, one in zip(case.calls if case.every else [case.last], answers):
        if not all(np.isfinite(x).all() for value in call.arguments.values() for x in _numbers(value)):
            continue  # Where a mask hides what is not finite, an answer that the mask hides may be so, too.
        exact = function(**call.arguments, dialect=call.dialect)
        names = one._fields
        for name, got, expected in zip(names, one, exact if len(names) > 1 else (exact,)):
            for got_, expected_ in zip(_listed(got), _listed(expected)):
                _finite(name, got_, expected_, call, dtype)


def _listed(value: Any) -> List[np.ndarray]:
    return [np.asarray(x, np.float64) for x in value] if isinstance(value, list) else [np.asarray(value, np.float64)]


def _finite(name: str, got: np.ndarray, expected: np.ndarray, call: Call, dtype: str) -> None:
    if got.shape != expected.shape:
        return
    bad = ~np.isfinite(got) & (np.abs(expected) <= LARGEST[dtype])
    if not bad.any():
        return
    at = tuple(int(i) for i in np.argwhere(bad)[0])
    largest = max((float(np.abs(x).max(initial=0)) for value in call.arguments.values() for x in _numbers(value)), default=0.0)
    place = f"{name}[{', '.join(map(str, at))}]" if at else name
    raise Broken(f"{place} is {got[at]} in {dtype}, where the exact value is {expected[at]:.6g}: {_why(largest, dtype)}")


def _numbers(value: Any) -> List[np.ndarray]:
    values = value if isinstance(value, list) else [value]
    return [x for x in values if isinstance(x, np.ndarray) and x.dtype == np.float64]


def _why(largest: float, dtype: str) -> str:
    """What the likely cause is, by the size of the arguments."""
    limit = LARGEST[dtype]
    if largest**2 > limit:
        edge = f"{np.sqrt(limit):.4g}"
        return (
            f"overflow: a square passes {limit:.6g}, the largest {dtype}, from {edge} on (ρ² = (x1 + x2 − x1' − x2')²/4 where "
            f"centres are {np.sqrt(limit) / 2:.4g} px apart); arguments reach {largest:.4g}; compute it in float32"
        )
    return f"0/0 or overflow: an ε below {2.0**-24 if dtype == 'float16' else 1e-38:.2g} is 0 in {dtype}; compute it in float32"

"""Ends: what only the last class, the last element or the last of many anchors shows."""

from __future__ import annotations

from typing import Any, Dict, Iterator

import numpy as np

from conformance.cases.axes import axis_of, length, taken
from conformance.cases.case import Call, Case
from conformance.cases.draws import in_precision
from conformance.cases.logits import HUGE
from conformance.judging.rounding import Precision
from refimpl.protocol import Op
from refimpl.signature import Operand

AHEAD = 1201
"""Elements that nothing chooses, put ahead of those it chooses among."""

MASKED = 263
"""Ground truths that are masked, or claim nothing, put ahead of the others: eight bits count no further."""

OUTSIDE = 2.0**14
"""px or cells by which they are moved away: no box reaches so far."""


LABELLED = ("label", "targets")
"""Kinds that name classes."""


def has_labels(op: Op) -> bool:
    """Whether an op is given labels."""
    return any(operand.kind in LABELLED for operand in op.given)


def along_classes(operand: Operand) -> bool:
    """Whether the classes are an axis of it."""
    return any(axis.endswith("C") for axis in operand.axes)


def last_classes(op: Op, case: Case) -> Case:
    """The case with its classes renumbered, so that its labels are the last ones; where it has none, the likeliest classes."""
    classes = case.dialect.num_classes
    labels = [_labels(operand, case.arguments[operand.name]) for operand in op.given if operand.kind in LABELLED]
    if not has_labels(op):
        labels = [_likeliest(operand, case.arguments[operand.name], classes) for operand in op.given if _holds_classes(operand)]
    used = np.unique(np.concatenate(labels)) if labels else np.arange(0)
    order = np.concatenate([np.setdiff1d(np.arange(classes), used), used])
    number = np.argsort(order)
    found: Dict[str, Any] = {}
    for operand in op.given:
        value = case.arguments.get(operand.name)
        if operand.kind == "label":
            found[operand.name] = number[value.astype(np.int64)]
        elif operand.kind == "targets":
            own = number[value[:, 1].astype(np.int64)].astype(np.float64)
            found[operand.name] = np.concatenate([value[:, :1], own[:, np.newaxis], value[:, 2:]], axis=1)
        elif along_classes(operand):
            found[operand.name] = [_in_order(operand, x, order) for x in value] if operand.many else _in_order(operand, value, order)
    return case.having(**found)


def last_bin(op: Op, case: Case) -> Case:
    """The case with the last bin of the first side far ahead of all others: who looks at fewer bins than there are misses it."""
    for operand in op.given:
        if operand.axes[-1:] == ("4R",) and not operand.many and not operand.where:
            logits = case.arguments[operand.name].copy()
            logits.reshape(-1)[case.dialect.reg_max - 1 : case.dialect.reg_max] = HUGE[0]
            case = case.having(**{operand.name: logits})
    return case


def _labels(operand: Operand, value: np.ndarray) -> np.ndarray:
    return (value[:, 1] if operand.kind == "targets" else value).astype(np.int64).ravel()


def _holds_classes(operand: Operand) -> bool:
    return along_classes(operand) and not operand.many


def _likeliest(operand: Operand, value: np.ndarray, classes: int) -> np.ndarray:
    """The classes that are anywhere the largest along their axis."""
    along = np.moveaxis(value, axis_of(operand.axes, next(axis for axis in operand.axes if axis.endswith("C"))), 0)
    return np.unique(along[len(along) - classes :].argmax(axis=0)) if along.size else np.arange(0)


def _in_order(operand: Operand, value: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The numbers of the classes, at the end of their axis, in another order."""
    axis = next(i for i, name in enumerate(operand.axes) if name.endswith("C"))
    before = value.shape[axis] - len(order)
    return np.take(value, np.concatenate([np.arange(before), before + order]), axis=axis)


def ending_otherwise(op: Op, call: Call, precision: Precision) -> Iterator[Call]:
    """The call with other numbers at the end of one argument, for each that holds numbers or a mask."""
    for operand in op.given:
        value = call.arguments.get(operand.name)
        if operand.plain or operand.many or operand.kind in ("targets", "label", "index", "image") or not np.ndim(value):
            continue
        changed = value.copy()
        end = (..., -1, slice(None)) if value.ndim > 1 else (-1,)
        if 0 in value.shape:
            continue
        changed[end] = False if operand.kind == "mask" else in_precision(value[end] / 2 + 0.25, precision)
        yield call.having(**{operand.name: changed})


def behind_many(op: Op, case: Case, letter: str) -> Case:
    """The case with many elements ahead of its own, each a copy of one of them, moved to where no box is."""
    own = length(op, case.arguments, letter)
    ahead = np.random.default_rng(own).integers(0, own, AHEAD) if own else np.arange(0)
    found = taken(op, case.arguments, letter, np.concatenate([ahead, np.arange(own)]))
    for operand in op.given:
        if operand.kind == "xy":
            moved = found[operand.name].copy()
            place = axis_of(operand.axes, letter) % moved.ndim
            np.moveaxis(moved, place, 0)[: len(ahead)] += OUTSIDE
            found[operand.name] = moved
    return case.having(**found)


def behind_masked(op: Op, case: Case) -> Case:
    """The case with many ground truths ahead of its own that are masked, or claim nothing and overlap nothing so much."""
    own = length(op, case.arguments, "G")
    if not own:
        return case
    found = taken(op, case.arguments, "G", np.concatenate([np.zeros(MASKED, int), np.arange(own)]))
    for operand in op.given:
        if "G" in operand.axes and operand.kind in ("mask", "number"):
            value = found[operand.name].copy()
            ahead = np.moveaxis(value, axis_of(operand.axes, "G"), 0)[:MASKED]
            ahead[...] = 0 if operand.kind == "mask" else value.min() - 1
            found[operand.name] = value
    return case.having(**found)

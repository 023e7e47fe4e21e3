"""Axes: the arguments of an op with other elements along one letter of its signature."""

from __future__ import annotations

from typing import Any, Dict, Tuple

import numpy as np

from refimpl.protocol import Op

LETTERS = {"N": "row", "B": "image", "G": "ground truth", "A": "anchor", "...": "element", "K": "region", "D": "channel"}
"""The letters along which a call may be made longer and shorter, and the word for one element."""


def length(op: Op, arguments: Dict[str, Any], letter: str) -> int:
    """How many elements the arguments have along a letter; 0 if none has it."""
    for operand in op.takes:
        if operand.kind == "count" and letter in operand.axes:
            return int(arguments[operand.name])
        if letter in operand.axes and operand.name in arguments:
            shape = np.shape(arguments[operand.name][0] if operand.many else arguments[operand.name])
            return shape[axis_of(operand.axes, letter)] if shape else 0
    return 0


def letters(op: Op) -> Tuple[str, ...]:
    """The letters of an op along which elements may be taken: whole axes of its arguments.

    Any number of axes, `...`, is one where it is all that an argument has: the first of them is meant.
    """
    own = [x for o in op.takes for x in o.axes if x in LETTERS and (x != "..." or o.axes == ("...",))]
    listed = {axis for operand in op.takes if operand.many for axis in operand.axes} - {"B"}
    return tuple(letter for letter in dict.fromkeys(own) if letter not in listed)


def taken(op: Op, arguments: Dict[str, Any], letter: str, picks: np.ndarray) -> Dict[str, Any]:
    """The arguments with the elements of a letter picked, in their order; the same may be picked more than once."""
    found = dict(arguments)
    for operand in op.takes:
        if operand.name not in arguments:
            continue
        value = arguments[operand.name]
        if operand.kind == "count" and letter in operand.axes:
            found[operand.name] = len(picks)
        elif operand.kind == "targets" and letter == "B":
            found[operand.name] = _targets_of(value, picks)
        elif letter in operand.axes:
            axis = axis_of(operand.axes, letter)
            each = [np.take(x, picks, axis=axis) for x in (value if operand.many else [value])]
            found[operand.name] = each if operand.many else each[0]
    for name, result in zip(op.cotangents, [operand for operand in op.gives if operand.differentiable]):
        if letter in result.axes and name in arguments:
            found[name] = np.take(arguments[name], picks, axis=axis_of(result.axes, letter))
    return found


def _targets_of(rows: np.ndarray, picks: np.ndarray) -> np.ndarray:
    """The rows (N, 6) of the images that are picked, which get new numbers."""
    kept = [rows[rows[:, 0] == image] for image in picks]
    numbered = [np.concatenate([np.full((len(own), 1), float(b)), own[:, 1:]], axis=1) for b, own in enumerate(kept)]
    return np.concatenate([rows[:0], *numbered])


def axis_of(axes: Tuple[str, ...], letter: str) -> int:
    """The axis of a letter, counted from the end: behind a leading `...` it is the same for any number of axes."""
    return 0 if letter == "..." else axes.index(letter) - len(axes)

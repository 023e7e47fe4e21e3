"""Quantities: the numbers of a case that something may be divided by, in every stage of a whole.

How many are true of each mask, the sum of all scores, and each plain number that an op is given, as it is and held at 1;
by the signatures.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, Tuple

import numpy as np

from conformance.cases.axes import LETTERS, length, letters
from conformance.cases.case import Case
from conformance.cases.protocol import OPS
from conformance.ops.made_of import of_reference, whole


HELD = " held at 1 or more"


def quantities(op: str, case: Case) -> Dict[str, float]:
    """The quantities of a case by their words; what is none, or not above 0, counts as 1, as whoever divides by it does."""
    made = whole(op)
    stages = made.stages(case, of_reference(case.dialect)) if made else [(op, case.arguments)]
    found: Dict[str, float] = {}
    for stage, arguments in stages:
        for words, value in _of_stage(stage, arguments):
            found.setdefault(words, value if np.isfinite(value) and value > 0 else 1.0)
    return found


def _of_stage(op: str, arguments: Dict[str, Any]) -> Iterator[Tuple[str, float]]:
    signature = OPS[op]
    for operand in signature.takes:
        value = arguments.get(operand.name)
        if value is None or operand.many:
            continue
        if operand.kind == "mask":
            yield f"how many are true in {operand.name}", float(np.sum(value))
        elif operand.kind == "probability" and operand.axes:
            yield from _held_or_not(f"the sum of {operand.name}", float(np.sum(value)))
        elif operand.kind in ("real", "positive", "nonnegative", "count") and np.shape(value) == ():
            yield from _held_or_not(operand.name, float(value))
    for letter in letters(signature):
        yield f"the number of {LETTERS[letter]}s", float(length(signature, arguments, letter))


def _held_or_not(words: str, value: float) -> Iterator[Tuple[str, float]]:
    yield words, value
    yield words + HELD, max(value, 1.0)

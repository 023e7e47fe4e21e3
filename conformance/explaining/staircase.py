"""Staircase: what is rounded on the way moves in steps while its arguments move, where an ε or a clamp moves smoothly.

The candidate is asked again with its arguments hardly moved, far less than float32 can tell: rounded to it, they are the
same, and so is the answer, or it jumps. Moved by many such steps, it follows again; what is clamped does not.
"""

from __future__ import annotations

from typing import Any, Dict, Tuple

import numpy as np

from conformance.cases.case import Case
from conformance.cases.protocol import OPS, by_reference
from conformance.calling.errors import CandidateError, NotServed
from conformance.judging.rounding import Precision
from conformance.ops.spec import CLAUSES, Property
from conformance.trial.asking import ask
from conformance.trial.trial import Example
from refimpl.errors import ContractError
from refimpl.signature import Operand

HARDLY, FAR = 2.0**-33, 2.0**-12
"""Shares by which arguments are moved: 1/512 of what float32 can tell, and 4096 times that."""

WRONG = 2.0**-48
"""Of an answer, the least error that counts: of less any float64 is."""

FOLLOWS = 0.5
"""How far what an answer moves by may be from what it should, as a share; and the share of wrong numbers that must say so."""

_MOVED = ("number", "unbounded", "xyxy", "xywh", "ltrb", "xy", "logit", "positive", "nonnegative", "probability")
"""Kinds of array whose elements can be moved by a small share of themselves; probabilities and weights downwards."""


def in_steps(judged: Property, candidate: Any, precision: Precision, example: Example) -> bool:
    """Whether the wrong numbers of an answer stand still, or jump, where the reference moves by a little, and follow far moves."""
    try:
        expected, got = _numbers(judged, example.case, example.answer)
        wrong = np.abs(got - expected) > WRONG * np.abs(expected)
        follows = [_follows(judged, candidate, precision, example.case, expected, got, share)[wrong] for share in (HARDLY, FAR)]
    except (CandidateError, NotServed, ContractError, ValueError, TypeError):
        return False
    hardly, far = (np.mean(told[told >= 0]) if (told >= 0).any() else np.nan for told in follows)
    return bool(hardly < FOLLOWS <= far)


def _follows(
    judged: Property, candidate: Any, precision: Precision, case: Case, expected: np.ndarray, got: np.ndarray, share: float
) -> np.ndarray:
    """For each number of an answer 1 where it moves as it should, 0 where it does not, −1 where it should not move."""
    moved = _moved(judged.op, case, share)
    answer = ask(candidate, judged.op, moved, precision, CLAUSES[judged.clause].gradient)
    then, now = _numbers(judged, moved, answer)
    asked, came = then - expected, now - got
    follows = (np.abs(came - asked) <= FOLLOWS * np.abs(asked)).astype(int)
    return np.where(np.abs(asked) > WRONG * np.abs(expected), follows, -1)


def _numbers(judged: Property, case: Case, answer: Any) -> Tuple[np.ndarray, np.ndarray]:
    """All numbers that are expected, and that came, in a row."""
    expected = by_reference(judged.op, CLAUSES[judged.clause].gradient, case.last)
    return tuple(np.concatenate([_flat(each[name]) for name in expected]) for each in (expected, answer._asdict()))


def _flat(value: Any) -> np.ndarray:
    return np.concatenate([np.ravel(x) for x in value]).astype(float) if isinstance(value, list) else np.ravel(value).astype(float)


def _moved(op: str, case: Case, share: float) -> Case:
    random = np.random.default_rng(0)

    def anew(operand: Operand, value: Any) -> Any:
        if isinstance(value, list):
            return [anew(operand, x) for x in value]
        least = 0 if operand.kind in ("probability", "nonnegative") else -1
        return value * (1 - share * random.uniform(least, 1, np.shape(value)))

    made: Dict[str, Any] = {
        operand.name: anew(operand, case.arguments[operand.name])
        for operand in OPS[op].given
        if operand.kind in _MOVED and not operand.plain and operand.name in case.arguments
    }
    return case.having(**made)

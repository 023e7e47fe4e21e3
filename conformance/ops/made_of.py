"""What an op is made of: the ops that a whole calls, in their order, each with its arguments.

What an op passes on to those after it is answered by the reference or by a candidate.
"""

from __future__ import annotations

import functools
from typing import Any, Callable, Dict, Iterator, NamedTuple, Tuple

import numpy as np

from conformance.ops import family
from conformance.calling.candidate import Candidate
from conformance.calling.errors import CandidateError, NotServed
from conformance.cases.protocol import OPS
from conformance.judging.rounding import Precision
from conformance.cases.case import Case
from refimpl import Dialect

Answer = Callable[..., Any]
"""`(op, *arguments)` to what the op returns, as the reference returns it."""

Stages = Iterator[Tuple[str, Dict[str, Any]]]
"""Ops with their arguments by name."""


def of_reference(dialect: Dialect) -> Answer:
    """Every op is answered by the reference."""
    return lambda op, *values: OPS[op].function(*values, dialect=dialect)


def of_candidate(candidate: Candidate, dialect: Dialect, precision: Precision) -> Answer:
    """The ops the candidate offers are answered by itself, the others, and what it cannot answer, by the reference."""
    reference = of_reference(dialect)

    def answer(op: str, *values: Any) -> Any:
        expected = reference(op, *values)
        if op not in candidate.ops:
            return expected
        try:
            got = candidate.call(op, dialect, [held(x, precision) for x in values], precision)
        except (CandidateError, NotServed):
            return expected
        if not isinstance(expected, tuple):
            return got[0].astype(expected.dtype)
        return type(expected)(*(x.astype(like.dtype) for x, like in zip(got, expected)))

    return answer


def held(value: Any, precision: Precision) -> Any:
    """Floats as the precision can hold them."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.astype(precision.dtype).astype(np.float64)
    return value


def named(op: str, *values: Any) -> Tuple[str, Dict[str, Any]]:
    return op, dict(zip(OPS[op].parameters, values))


class Whole(NamedTuple):
    """What an op is made of.

    Attributes
    ----------
    calls : the ops that it calls itself.
    stages : from a case of it, and what ops answer, those it is made of, with arguments.
    scale : of a candidate and the arguments, px per cell of each anchor (A, 1); None where nothing tells.
    """

    calls: Tuple[str, ...]
    stages: Callable[[Case, Answer], Stages]
    scale: Callable[..., np.ndarray] | None = None


def whole(op: str) -> Whole | None:
    """What an op is made of; None if of no other ops."""
    return family.of(op, "made of")


def largest() -> str:
    """The op that calls most others: the whole loss of one head."""
    return max(OPS, key=lambda op: len(whole(op).calls) if whole(op) else 0)


@functools.lru_cache(maxsize=None)
def parts(op: str) -> Tuple[str, ...]:
    """All ops in which a fault of an op may sit, itself the first."""
    found = [op]
    for one in found:
        made = whole(one)
        found += [called for called in (made.calls if made else ()) if called not in found]
    return tuple(found)

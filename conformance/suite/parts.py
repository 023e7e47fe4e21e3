"""Parts: the ops of a run, dealt out to several processes or machines.

An op is judged in one part alone and whole, so that what is said of it does not depend on how many parts there are.
"""

from __future__ import annotations

import re
from typing import Any, List, NamedTuple, Sequence, Tuple

from conformance.cases.protocol import OPS, fields_read
from conformance.ops.spec import CLAUSES, PROPERTIES

EXAMPLE = 10
"""What any example costs, in fields of the dialect that an op reads."""

_WORD = re.compile(r"([1-9]\d*)/([1-9]\d*)")


class PartError(ValueError):
    """A word that names no part of a run."""


class Part(NamedTuple):
    """One of several parts, counted from 1."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def read(word: str) -> Part:
    """The part that a word such as 3/8 names.

    Raises
    ------
    PartError
        If it names none.
    """
    found = _WORD.fullmatch(word)
    if found is None or int(found[1]) > int(found[2]):
        raise PartError(f"shard: expected 1/8 … 8/8 or the like, got {word!r}")
    return Part(int(found[1]), int(found[2]))


def all_of(count: int) -> List[Part]:
    """A run in as many parts."""
    return [Part(number, count) for number in range(1, count + 1)]


def dealt(ops: Sequence[str], part: Part, candidate: Any) -> Tuple[str, ...]:
    """The ops of one part, about as much work as those of each other; none where there are more parts than ops.

    The costliest goes first, each to the part that has the least to do.
    """
    hands: List[List[str]] = [[] for _ in range(part.of)]
    work = [0] * part.of
    for op in sorted(ops, key=lambda op: -cost(op, candidate)):
        least = min(range(part.of), key=lambda i: (work[i], len(hands[i])))
        hands[least].append(op)
        work[least] += cost(op, candidate)
    return tuple(op for op in ops if op in hands[part.number - 1])


def cost(op: str, candidate: Any) -> int:
    """The events of what a candidate offers of an op, each drawn once for all clauses, by how much there is to decide in one."""
    events = set()
    for one in PROPERTIES:
        gradient = CLAUSES[one.clause].gradient
        if one.op == op and op in (candidate.differentiable if gradient else candidate.ops):
            events.update((event, gradient) for event in one.events)
    return len(events) * (EXAMPLE + len(fields_read(OPS[op])))

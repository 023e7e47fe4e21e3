"""Wiring: right parts put together wrongly, in every way that the signatures of the parts allow.

Each part that a whole calls, and each that those call, is given one argument otherwise: in the other unit, without its
mask, in another's place. The whole so wired is a fault that stands in no list.
"""

from __future__ import annotations

import functools
import itertools
from typing import Any, Callable, Dict, Iterator, NamedTuple, Tuple

import numpy as np

from conformance.cases.protocol import OPS
from conformance.explaining.otherwise import alike, otherwise
from conformance.ops.made_of import parts, whole
from conformance.ops.mutant import Mutant
from conformance.ops.mutant_parts import having
from conformance.ops.right import Right
from refimpl.protocol import Op

COORDINATES = ("xyxy", "xy")


class Change(NamedTuple):
    """Words for it, and what becomes of the arguments of a part, by name; `scale` turns cells into px, anchor by anchor."""

    words: str
    make: Callable[[Dict[str, Any], np.ndarray | None], Dict[str, Any]]


@functools.lru_cache(maxsize=None)
def miswired(op: str) -> Tuple[Mutant, ...]:
    """An op with one of its parts given one thing otherwise, for each part and thing; none where it has no parts."""
    found = []
    for part in parts(op)[1:]:
        for change in changes(OPS[part]):
            sentence = f"{part} is given {change.words}"
            found.append(Mutant(f"{op}: {sentence}", sentence, "", (), op, _factory(op, part, change), "", False, ""))
    return tuple(found)


def _factory(op: str, part: str, change: Change) -> type:
    names = OPS[part].parameters

    def method(self: Right, *arguments: Any) -> Any:
        scale = whole(op).scale and whole(op).scale(self, *arguments)

        def step(right: Callable[..., Any], *given: Any) -> Any:
            return right(*change.make(dict(zip(names, given)), scale).values())

        return getattr(having(self, **{part: step}), op)(*arguments)

    return type("Miswired", (Right,), {op: method})


def changes(op: Op) -> Iterator[Change]:
    """Every way to give a part its arguments otherwise."""
    yield from _in_the_other_unit(op)
    for operand in op.takes:
        if operand.kind in ("probability", "nonnegative") and operand.where:
            yield Change(f"for each row the sum of {operand.name} over all rows: N × N for N", _of_all(operand.name, operand.where))
        yield from (Change(f"{operand.name} {way.words}", _of(operand.name, way.make)) for way in otherwise(operand))
    for a, b in alike(op.takes):
        yield Change(f"{a} and {b} in each other's place", _swapping(a, b))


def _in_the_other_unit(op: Op) -> Iterator[Change]:
    """One, several or all of the coordinates of anchors in px for cells, or in cells for px."""
    names = [operand.name for operand in op.takes if operand.kind in COORDINATES and "A" in operand.axes]
    for count in range(1, len(names) + 1):
        for some in itertools.combinations(names, count):
            in_cells = all(operand.unit == "grid" for operand in op.takes if operand.name in some)
            words = "in px, not in cells" if in_cells else "in cells, not in px"
            yield Change(f"{', '.join(some)} {words}", _scaling(some, 1 if in_cells else -1))


def _scaling(names: Tuple[str, ...], power: int) -> Callable[..., Dict[str, Any]]:
    def make(given: Dict[str, Any], scale: np.ndarray | None) -> Dict[str, Any]:
        if scale is None:
            return given
        return {**given, **{name: given[name] * scale.astype(given[name].dtype) ** power for name in names}}

    return make


def _of_all(name: str, mask: str) -> Callable[..., Dict[str, Any]]:
    def make(given: Dict[str, Any], scale: np.ndarray | None) -> Dict[str, Any]:
        x, read = given[name], np.asarray(given[mask], bool)
        return {**given, name: np.broadcast_to(x[read].sum(axis=0), x.shape)}

    return make


def _of(name: str, change: Callable[[Any], Any]) -> Callable[..., Dict[str, Any]]:
    return lambda given, scale: {**given, name: change(given[name])} if name in given else given


def _swapping(a: str, b: str) -> Callable[..., Dict[str, Any]]:
    return lambda given, scale: {**given, a: given[b], b: given[a]} if b in given else given

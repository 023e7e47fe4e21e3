"""In common: what all wrong numbers of a break share, on the counterexample and on the examples beside it."""

from __future__ import annotations

import math
import re
from typing import Iterator, NamedTuple, Sequence, Tuple

from conformance.cases.axes import LETTERS, length
from conformance.cases.case import Case
from conformance.cases.protocol import OPS
from conformance.judging.finding import Finding
from refimpl.signature import Operand

ENOUGH = 8
"""Wrong numbers, and half as many examples with some, before what they share is no chance."""

COLUMNS = {"xyxy": ("x1", "y1", "x2", "y2"), "ltrb": ("left", "top", "right", "bottom"), "xy": ("x", "y")}
"""What stands in the columns of an operand, by its kind."""

DECIDED = ("mask", "index", "label")
"""Kinds whose numbers are names or choices: that they are alike tells nothing."""


class Seen(NamedTuple):
    """What is wrong with the answer to a case."""

    case: Case
    finding: Finding


def in_common(op: str, gradient: bool, seen: Sequence[Seen]) -> str:
    """What all wrong numbers of one result share; "" if nothing, or if they are too few to tell.

    Parameters
    ----------
    seen : the counterexample, and other examples that break
    """
    seen = [one for one in seen if one.finding.all_wrong is not None]
    name = _named(seen[0].finding)[0] if seen else ""
    same = [one for one in seen if _named(one.finding)[0] == name]
    if sum(one.finding.wrong for one in same) < ENOUGH or len(same) < ENOUGH // 2:
        return ""
    operand = next((o for o in (OPS[op].given if gradient else OPS[op].gives) if o.name == name), None)
    return ", ".join([*_constant(operand, gradient, same), *(_places(op, operand, same) if operand else ())])


def _named(finding: Finding) -> Tuple[str, Tuple[int, ...]]:
    """The result a finding is about, and the place in it that is looked at."""
    name, _, place = finding.name.replace("gradient by ", "").partition("[")
    return name.split(" ")[0], tuple(map(int, re.findall(r"\d+", place)))


def _constant(operand: Operand | None, gradient: bool, seen: Sequence[Seen]) -> Iterator[str]:
    """One number stands in place of all."""
    wrong = [one.finding.all_wrong for one in seen]
    got, sides = {x for one in wrong for x in one.got}, {x > one.got[0] for one in wrong for x in one.expected}
    if len(got) > 1 or not math.isfinite(min(got)) or (operand is not None and operand.kind in DECIDED and not gradient):
        return
    how = "" if len(sides) > 1 else ": more is expected" if sides == {True} else ": less is expected"
    yield f"each wrong number is {min(got) + 0.0:g}{': nothing flows there' if gradient and got == {0} else how}"


def _places(op: str, operand: Operand, seen: Sequence[Seen]) -> Iterator[str]:
    """Where along each axis the wrong numbers lie, and never do."""
    along = [[(place,) for place in _named(one.finding)[1]] + [*one.finding.all_wrong.along] for one in seen]
    if any(len(axes) != len(operand.axes) for axes in along):
        return
    for axis, letter in enumerate(operand.axes):
        if letter.isdigit():
            names, some = COLUMNS.get(operand.kind, ()), {place for axes in along for place in axes[axis]}
            yield from [f"only in {', '.join(names[i] for i in sorted(some))}"] if len(some) < len(names) else ()
        elif letter in LETTERS:
            sizes = [length(OPS[op], one.case.arguments, letter) for one in seen]
            several = [(axes[axis], size) for axes, size in zip(along, sizes) if size > 1]
            if len(several) >= ENOUGH // 2:
                yield from _along(letter, several)


def _along(letter: str, wrong: Sequence[Tuple[Tuple[int, ...], int]]) -> Iterator[str]:
    """At which end of an axis the wrong places of each example lie."""
    if all(places == (size - 1,) for places, size in wrong) and max(size for _, size in wrong) > 2:
        yield f"only in the last {LETTERS[letter]}"
    elif all(places == (0,) for places, _ in wrong):
        yield f"only in the first {LETTERS[letter]}"
    elif all(places[0] > 0 for places, _ in wrong) and letter != "A":  # The first anchor lies in a corner, where few boxes are.
        yield f"never in the first {LETTERS[letter]}"

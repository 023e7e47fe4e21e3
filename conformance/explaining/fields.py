"""Fields: the dialect under which a candidate that breaks conforms, found field by field.

Most who differ do so on purpose, in one to nine decisions at once. Each preset and every other value of each decision is
tried, those first that bring the reference nearest to the answers, alone or, where no one helps, in pairs; whatever lets
more examples conform is kept. What no field explains is a bug, and is shown by itself.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any, Dict, Iterator, List, NamedTuple, Sequence, Tuple

from conformance.explaining.distance import Changes, Untold, distance, under
from conformance.judging.rounding import Precision
from conformance.ops.made_of import parts
from conformance.ops.spec import CLAUSES, PROPERTIES, Property
from conformance.trial.trial import Example, Trial, verdict
from refimpl import PRESETS, Dialect
from refimpl.decisions import DECISIONS, NUMBERS
from refimpl.errors import ContractError

MOST = 10
"""Steps taken at most."""

JUDGED = 5
"""Of the ways that bring the reference nearer, so many are judged in one step."""

MARGIN = 0.2
"""What a field must explain besides, where something is left: a bug comes nearer to the reference by chance, too."""

STILL = 0.7
"""Of what breaks, the share that may be left for fields to be told at all."""

LOOKED_AT, PAIRED = 16, 3
"""Examples that break, the farthest, on which a way must help to be tried on all, alone and in pairs."""

ROUNDS = 2
"""Searches: what turned out to be needless may have stood in the way of a field."""

AMOUNT = 20_000
"""Numbers that all examples hold at most."""

WRITTEN = (*DECISIONS, "topk2", *(name for name in NUMBERS if name.endswith("_eps")))
"""Fields that code has written into it; other numbers are drawn, and to be followed."""


class Found(NamedTuple):
    """What explains breaks.

    Attributes
    ----------
    changes : the fields that differ, with their values.
    preset : that has just these among the fields that were looked at; "" if there is none.
    broken, left : examples that broke, and that still do.
    rest : what still breaks, by itself; "" if nothing does.
    """

    changes: Tuple[Tuple[str, Any], ...]
    preset: str
    broken: int
    left: int
    rest: str = ""

    def __str__(self) -> str:
        """A line for the user: what to judge by, and the bug that is left."""
        told = ", ".join(f"{field}={value!r}" for field, value in self.changes)
        by = f"; --dialect {self.preset} judges by it" if self.preset else ""
        rest = f"; {self.left} of {self.broken} breaks are left that no field explains: {self.rest}" if self.left else ""
        return f"another dialect: {'conforms' if not self.left else 'breaks less'} with {told}{by}{rest}"


def differing(
    judged: Property, dialect: Dialect, precision: Precision, examples: Sequence[Example], start: Changes | None = None
) -> Found | None:
    """The fields under which the clauses that look at these answers hold; None if no field helps.

    Parameters
    ----------
    dialect : the preset that was asked for
    examples : answers of the candidate, the broken ones among them
    start : fields that explained other breaks of the same candidate
    """
    jury = Jury(judged, dialect, precision, examples)
    if not jury.broken({}):
        return None
    begin = {name: value for name, value in (start or {}).items() if name in jury.fields}
    changes = begin if jury.weight(begin) < jury.weight({}) else {}
    for _ in range(ROUNDS):
        changes = jury.without_the_needless(_nearest(jury, changes))
        if not changes or not jury.broken(changes):
            break
    if not changes or jury.weight(changes) > STILL * jury.weight({}):
        return None
    left = jury.broken(changes)
    rest = jury.told(min(left, key=lambda i: jury.examples[i].case.amount), changes) if left else ""
    return Found(tuple(sorted(changes.items())), jury.preset_of(changes), len(jury.broken({})), len(left), rest)


def explained(judged: Property, example: Example, precision: Precision, found: Found) -> bool:
    """Whether an example holds under the fields that were found."""
    try:
        case = under(judged.op, example.case, dict(found.changes))
        return verdict(judged, Example(case, example.answer, {}, {}), precision).holds
    except (ContractError, ValueError, TypeError):
        return False


class Jury:
    """All clauses that look at the same answers, over the same examples."""

    def __init__(self, judged: Property, dialect: Dialect, precision: Precision, examples: Sequence[Example]) -> None:
        self.op, self.gradient = judged.op, CLAUSES[judged.clause].gradient
        self.properties = [one for one in PROPERTIES if one.op == judged.op and one.cases is judged.cases]
        self.dialect, self.precision = dialect, precision
        ops = parts(judged.op)
        touched = {one.clause for one in PROPERTIES if one.op in ops}
        self.fields = [name for name in WRITTEN if touched & {*{**DECISIONS, **NUMBERS}[name].clauses}]
        self.examples = [example for example in _affordable(examples) if not example.case.manner and self._told(example)]
        self._distances: Dict[Any, float] = {}
        self._verdicts: Dict[Any, List[Trial]] = {}

    def _told(self, example: Example) -> bool:
        """Whether the case tells what any other dialect reads."""
        for field, value in self.values():
            try:
                under(self.op, example.case, {field: value})
            except Untold:
                return False
            except (ContractError, ValueError, TypeError):
                continue
        return True

    def values(self) -> Iterator[Tuple[str, Any]]:
        """Every other value of every field that touches one of the clauses; of numbers, those of a preset."""
        for field in self.fields:
            known = [v.value for v in DECISIONS[field].values] if field in DECISIONS else [getattr(p, field) for p in PRESETS.values()]
            for value in dict.fromkeys(known):
                if value != getattr(self.dialect, field):
                    yield field, value

    def presets(self) -> Iterator[Changes]:
        """Of each preset the fields in which it differs."""
        for preset in PRESETS.values():
            changes = {name: getattr(preset, name) for name in self.fields if getattr(preset, name) != getattr(self.dialect, name)}
            if changes:
                yield changes

    def far(self, changes: Changes, among: Sequence[int] | None = None) -> float:
        """How far the answers are from the reference's under changed fields; ∞ if such a dialect does not exist."""
        return sum(self._far(i, changes) for i in (range(len(self.examples)) if among is None else among))

    def _far(self, i: int, changes: Changes) -> float:
        key = (i, *sorted(changes.items(), key=repr))
        if key not in self._distances:
            try:
                self._distances[key] = distance(self.op, self.gradient, self.examples[i], changes, self.precision)
            except (ContractError, ValueError, TypeError):
                self._distances[key] = math.inf
        return self._distances[key]

    def farthest(self, changes: Changes, count: int) -> List[int]:
        """The examples that break most, and whose answers are farthest from the reference's."""
        return sorted(self.broken(changes), key=lambda i: (-self._weight(i, changes), -self._far(i, changes)))[:count]

    def broken(self, changes: Changes) -> List[int]:
        """Which examples break some clause under changed fields."""
        return [i for i in self._doubtful(changes) if self._failing(i, changes)]

    def weight(self, changes: Changes, at_most: float = math.inf) -> float:
        """How much breaks; more than `at_most` is not judged to the end. A clause weighs half of the one before it,
        without which it is not looked at."""
        total = 0.0
        for i in sorted(self._doubtful(changes), key=lambda i: -self._far(i, changes)):
            total += self._weight(i, changes)
            if total > at_most:
                break
        return total

    def _weight(self, i: int, changes: Changes) -> float:
        order = [one.clause for one in self.properties]
        return sum(0.5 ** order.index(one.counted.clause) for one in self._failing(i, changes))

    def _doubtful(self, changes: Changes) -> List[int]:
        """The examples that may break: what did not and is near the reference does not."""
        if not changes:
            return list(range(len(self.examples)))
        broke = set(self.broken({}))
        return [i for i in range(len(self.examples)) if i in broke or self._far(i, changes) > 0]

    def _failing(self, i: int, changes: Changes) -> List[Trial]:
        key = (i, *sorted(changes.items(), key=repr))
        if key not in self._verdicts:
            asked = Example(under(self.op, self.examples[i].case, changes), self.examples[i].answer, {}, {})
            tried = (verdict(one, asked, self.precision) for one in self.properties)
            self._verdicts[key] = [one for one in tried if one.broken]
        return self._verdicts[key]

    def clauses(self, changes: Changes) -> Tuple[str, ...]:
        """The clauses that break on some example under changed fields."""
        broken = {one.counted.clause for i in self._doubtful(changes) for one in self._failing(i, changes)}
        return tuple(one.clause for one in self.properties if one.clause in broken)

    def told(self, i: int, changes: Changes) -> str:
        """The clause an example breaks under changed fields, and why."""
        failing = self._failing(i, changes)[0]
        return f"{failing.counted.clause}, {str(failing.error).splitlines()[0]}"

    def without_the_needless(self, changes: Changes) -> Changes:
        """The changes without those that nothing needs."""
        for field in list(changes):
            fewer = {name: value for name, value in changes.items() if name != field}
            least = self.weight(changes) + (MARGIN if self.broken(changes) else 0)
            if self.weight(fewer, least) <= least:
                changes = fewer
        return changes

    def preset_of(self, changes: Changes) -> str:
        """The preset that has these fields and differs from the dialect in no other that was looked at; "" if there is none."""
        wanted = replace(self.dialect, **changes)
        for name, preset in PRESETS.items():
            if name != self.dialect.name and all(getattr(preset, field) == getattr(wanted, field) for field in self.fields):
                return name
        return ""


def _affordable(examples: Sequence[Example]) -> List[Example]:
    """The counterexample, which is the first, and the smallest of the others, as many as `AMOUNT` allows."""
    sizes = sorted(((example.case.amount, i) for i, example in enumerate(examples) if i))
    within = itertools.accumulate(amount for amount, _ in sizes)
    return [examples[i] for i in [0, *sorted(i for (_, i), total in zip(sizes, within) if total <= AMOUNT)]]


def _nearest(jury: Jury, changes: Changes) -> Changes:
    """Fields changed one after another, or two where no one helps, until nothing breaks or nothing helps."""
    for _ in range(MOST):
        if not jury.broken(changes):
            break
        step = _best(jury, changes, [*([] if changes else jury.presets()), *_singly(jury, changes)])
        step = step or _best(jury, changes, _in_pairs(jury, changes))
        if step is None:
            break
        changes = step
    return changes


def _best(jury: Jury, changes: Changes, ways: Sequence[Changes]) -> Changes | None:
    """Of the ways that bring the reference nearer, the nearest after which no more breaks than before."""
    now, weight, some = jury.far(changes), jury.weight(changes), jury.farthest(changes, LOOKED_AT)
    helping = [way for way in ways if jury.far(way, some) < jury.far(changes, some)]
    nearer = sorted((way for way in helping if jury.far(way) < now), key=jury.far)
    return next((way for way in nearer[:JUDGED] if jury.weight(way, weight) <= weight), None)


def _singly(jury: Jury, changes: Changes) -> List[Changes]:
    return [{**changes, field: value} for field, value in jury.values() if changes.get(field) != value]


def _in_pairs(jury: Jury, changes: Changes) -> List[Changes]:
    """Two decisions changed at once, one of which tells alone, as far as they help where the answers are farthest."""
    some, values = jury.farthest(changes, PAIRED), [one for one in jury.values() if one[0] in DECISIONS]
    now = jury.far(changes, some)
    telling = {one: jury.far({**changes, one[0]: one[1]}, some) != now for one in values}
    pairs = [pair for pair in itertools.combinations(values, 2) if pair[0][0] != pair[1][0] and (telling[pair[0]] or telling[pair[1]])]
    ways = ({**changes, **dict(pair)} for pair in pairs)
    return sorted((way for way in ways if jury.far(way, some) < now), key=lambda way: jury.far(way, some))[: 4 * JUDGED]

"""A jury: all clauses that look at the same answers, over the same examples, under whatever fields of a dialect."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import replace
from typing import Any, Dict, Iterator, List, Sequence, Tuple

import numpy as np

from conformance.cases.case import Case
from conformance.cases.protocol import by_reference
from conformance.explaining.distance import Changes, Untold, distance, under
from conformance.explaining.nearness import Nearness
from conformance.judging.rounding import Precision
from conformance.ops.made_of import parts
from conformance.ops.spec import CLAUSES, PROPERTIES, Property
from conformance.trial.trial import Example, Trial, verdict
from refimpl import PRESETS, Dialect
from refimpl.decisions import DECISIONS, FIELDS, NUMBERS
from refimpl.errors import ContractError

AMOUNT = 20_000
"""Numbers that all examples hold at most."""

MARGIN = 0.2
"""What a field must explain besides, where something is left: a bug comes nearer to the reference by chance, too."""

WRITTEN = (*DECISIONS, "topk2", *(name for name in NUMBERS if name.endswith("_eps")))
"""Fields that code has written into it; other numbers are drawn, and to be followed."""


class Jury:
    """All clauses that look at the same answers, over the same examples; `far` says how far these are under changed fields."""

    def __init__(self, judged: Property, dialect: Dialect, precision: Precision, examples: Sequence[Example]) -> None:
        self.op, self.clause, self.gradient = judged.op, judged.clause, CLAUSES[judged.clause].gradient
        self.properties = [one for one in PROPERTIES if one.op == judged.op and one.cases is judged.cases]
        self.dialect, self.precision = dialect, precision
        ops = parts(judged.op)
        touched = {one.clause for one in PROPERTIES if one.op in ops}
        self.fields = [name for name in WRITTEN if touched & {*FIELDS[name].clauses}]
        self.examples = [example for example in _affordable(examples) if not example.case.manner and self._told(example)]
        self._nearness = Nearness(
            len(self.examples), lambda i, changes: distance(self.op, self.gradient, self.examples[i], changes, precision)
        )
        self.far = self._nearness.far
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
        yield from filter(None, map(self._changes_of, PRESETS.values()))

    def _changes_of(self, preset: Dialect) -> Changes:
        return {name: getattr(preset, name) for name in self.fields if getattr(preset, name) != getattr(self.dialect, name)}

    def farthest(self, changes: Changes, count: int) -> List[int]:
        """The examples that break most, and whose answers are farthest from the reference's: in turn one of those that break
        the same clauses, for a bug may break so much that a decision shows only where it does not."""
        alike: Dict[Any, List[int]] = {}
        for i in sorted(self.broken(changes), key=lambda i: (-self._weight(i, changes), -self._nearness.of(i, changes))):
            alike.setdefault(tuple(one.counted.clause for one in self._failing(i, changes)), []).append(i)
        turns = itertools.zip_longest(*alike.values())
        return [i for turn in turns for i in turn if i is not None][:count]

    def broken(self, changes: Changes) -> List[int]:
        """Which examples break some clause under changed fields."""
        return [i for i in self._doubtful(changes) if self._failing(i, changes)]

    def weight(self, changes: Changes, at_most: float = math.inf) -> float:
        """How much breaks; more than `at_most` is not judged to the end. A clause weighs half of the one before it,
        without which it is not looked at."""
        total = 0.0
        for i in sorted(self._doubtful(changes), key=lambda i: -self._nearness.of(i, changes)):
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
        return [i for i in range(len(self.examples)) if i in broke or self._nearness.of(i, changes) > 0]

    def _failing(self, i: int, changes: Changes) -> List[Trial]:
        key = (i, *sorted(changes.items(), key=repr))
        if key not in self._verdicts:
            asked = Example(under(self.op, self.examples[i].case, changes), self.examples[i].answer, {}, {})
            if changes and any(map(_not_finite, self._failing(i, {}))) and self._expects_numbers(asked.case):
                return self._failing(i, {})
            tried = (verdict(one, asked, self.precision) for one in self.properties)
            self._verdicts[key] = [one for one in tried if one.broken]
        return self._verdicts[key]

    def _expects_numbers(self, case: Case) -> bool:
        """Whether the reference answers a case with numbers alone."""
        with np.errstate(all="ignore"):
            answers = [by_reference(self.op, self.gradient, call) for call in case.calls]
        return all(np.isfinite(x).all() for answer in answers for x in answer.values())

    def clauses(self, changes: Changes) -> Tuple[str, ...]:
        """The clauses that break on some example under changed fields."""
        broken = self.counts(changes)
        return tuple(one.clause for one in self.properties if broken[one.clause])

    def counts(self, changes: Changes) -> Counter[str]:
        """On how many examples each clause breaks under changed fields."""
        return Counter(one.counted.clause for i in self._doubtful(changes) for one in self._failing(i, changes))

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

    def presets_as_good_as(self, changes: Changes) -> Tuple[str, ...]:
        """The presets under which no more breaks than under changed fields, whether these show all that they change or not."""
        most = self.weight(changes)
        return tuple(name for name, preset in PRESETS.items() if self.weight(self._changes_of(preset), most) <= most)


def _not_finite(failing: Trial) -> bool:
    """Whether what breaks is infinite or no number where a number is expected: that is nobody's decision."""
    finding = getattr(failing.error, "finding", None)
    return finding is not None and any(math.isfinite(one.expected) and not math.isfinite(one.got) for one in finding.values)


def _affordable(examples: Sequence[Example]) -> List[Example]:
    """The counterexample, which is the first, and the smallest of the others, as many as `AMOUNT` allows."""
    sizes = sorted(((example.case.amount, i) for i, example in enumerate(examples) if i))
    within = itertools.accumulate(amount for amount, _ in sizes)
    return [examples[i] for i in [0, *sorted(i for (_, i), total in zip(sizes, within) if total <= AMOUNT)]]

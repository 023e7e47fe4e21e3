"""Fields: the dialect under which a candidate that breaks conforms, found field by field.

Most who differ do so on purpose, in one to nine decisions at once. Of every decision each other value is tried, alone,
in pairs, then greedily more: whatever lets most examples conform is kept. What no field explains is a bug.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any, Dict, Iterator, List, NamedTuple, Sequence, Tuple

from conformance.judging.rounding import Precision
from conformance.ops.made_of import parts
from conformance.ops.spec import PROPERTIES, Property
from conformance.trial.trial import Example, verdict
from refimpl import PRESETS, Dialect
from refimpl.decisions import DECISIONS
from refimpl.errors import ContractError

MOST = 6
"""Fields in which a dialect that is found differs at most."""

PAIRED = 40
"""Values of which pairs are tried at most."""

Change = Tuple[str, Any]
"""A field and the value it has instead."""


class Found(NamedTuple):
    """The fields that differ, with their values; the preset that has just these, or ""; examples that broke, and still do."""

    changes: Tuple[Change, ...]
    preset: str
    broken: int
    left: int

    def __str__(self) -> str:
        """A line for the user: what to judge by, and whether a bug is left."""
        told = ", ".join(f"{field}={value!r}" for field, value in self.changes)
        by = f"; --dialect {self.preset} judges by it" if self.preset else "; --dialect FILE.py:NAME judges by a dialect of one's own"
        rest = f"; {self.left} of {self.broken} breaks are left that no field explains" if self.left else ""
        return f"another dialect: {'conforms' if not self.left else 'breaks less'} with {told}{rest}{by}"


def differing(judged: Property, dialect: Dialect, precision: Precision, examples: Sequence[Example]) -> Found | None:
    """The fields under which the clauses that look at these answers hold; None if no field helps.

    Parameters
    ----------
    dialect : the preset that was asked for
    examples : answers of the candidate, the broken ones among them
    """
    jury = _Jury(judged, precision, examples)
    broken = jury.broken({})
    changes, left = _greedily(jury, dialect, broken)
    if not changes:
        return None
    changes = _without_the_needless(jury, changes, len(left))
    return Found(tuple(sorted(changes.items())), preset_of(dialect, changes), len(broken), len(left))


class _Jury:
    """All clauses that look at the same answers, over the same examples."""

    def __init__(self, judged: Property, precision: Precision, examples: Sequence[Example]) -> None:
        self.properties = [one for one in PROPERTIES if one.op == judged.op and one.cases is judged.cases]
        self.precision, self.examples = precision, list(examples)
        self.known: Dict[Tuple[Change, ...], List[int]] = {}
        ops = parts(judged.op)
        self.touched = {one.clause for one in PROPERTIES if one.op in ops}

    def broken(self, changes: Dict[str, Any], among: Sequence[int] | None = None) -> List[int] | None:
        """Which examples break some clause under changed fields; None if such a dialect does not exist."""
        key = tuple(sorted(changes.items(), key=repr))
        if among is not None or key not in self.known:
            found: List[int] = []
            for i in range(len(self.examples)) if among is None else among:
                try:
                    if self._breaks(self.examples[i], changes):
                        found.append(i)
                except (ContractError, ValueError, TypeError):
                    return None
            if among is not None:
                return found
            self.known[key] = found
        return self.known[key]

    def _breaks(self, example: Example, changes: Dict[str, Any]) -> bool:
        case = example.case.under(replace(example.case.dialect, **changes)) if changes else example.case
        asked = Example(case, example.answer, {}, {})
        return any(verdict(one, asked, self.precision).broken for one in self.properties)


def _greedily(jury: _Jury, dialect: Dialect, broken: List[int]) -> Tuple[Dict[str, Any], List[int]]:
    """Fields added one by one, or two where no one helps, until nothing breaks; and what breaks still."""
    changes: Dict[str, Any] = {}
    while broken and len(changes) < MOST:
        values = list(_values(jury, dialect, changes))
        step = _best(jury, [dict(changes, **{field: value}) for field, value in values], broken)
        if step is None and len(values) <= PAIRED:
            pairs = [dict(changes, **dict(pair)) for pair in itertools.combinations(values, 2) if pair[0][0] != pair[1][0]]
            step = _best(jury, [pair for pair in pairs if jury.broken(pair, broken[:1]) == []], broken)
        if step is None:
            break
        changes, broken = step
    return changes, broken


def _best(jury: _Jury, ways: Sequence[Dict[str, Any]], broken: List[int]) -> Tuple[Dict[str, Any], List[int]] | None:
    """The way that leaves fewest examples broken, if fewer than now; the broken ones are tried first."""
    best = None
    for changes in ways:
        fewest = len(broken) if best is None else len(best[1])
        left = jury.broken(changes, broken)
        if left is None or len(left) >= fewest:
            continue
        whole = jury.broken(changes)
        if whole is not None and len(whole) < fewest:
            best = changes, whole
    return best


def _values(jury: _Jury, dialect: Dialect, changes: Dict[str, Any]) -> Iterator[Change]:
    """Every other value of every decision that touches one of the clauses."""
    for field, decision in DECISIONS.items():
        if field not in changes and set(decision.clauses) & jury.touched:
            for one in decision.values:
                if one.value != getattr(dialect, field):
                    yield field, one.value


def _without_the_needless(jury: _Jury, changes: Dict[str, Any], left: int) -> Dict[str, Any]:
    """The changes without those that nothing needs."""
    for field in list(changes):
        fewer = {name: value for name, value in changes.items() if name != field}
        found = jury.broken(fewer) if fewer else None
        if found is not None and len(found) <= left:
            changes = fewer
    return changes


def preset_of(dialect: Dialect, changes: Dict[str, Any]) -> str:
    """The preset that has these fields and differs from the dialect in nothing that was looked at; "" if there is none."""
    wanted = replace(dialect, **changes)
    for name, preset in PRESETS.items():
        differing_in = {field for field in DECISIONS if getattr(preset, field) != getattr(wanted, field)}
        if name != dialect.name and not differing_in:
            return name
    return ""

"""Fields: the dialect under which a candidate that breaks conforms, found field by field.

Most who differ do so on purpose, in one to nine decisions at once. Each preset and every other value of each decision is
tried, those first that bring the reference nearest to the answers, alone or, where no one helps, in pairs; whatever lets
more examples conform is kept. What no field explains is a bug, and is shown by itself.
"""

from __future__ import annotations

import itertools
from typing import Any, List, NamedTuple, Sequence, Tuple

from conformance.explaining.distance import Changes, under
from conformance.explaining.jury import Jury
from conformance.judging.rounding import Precision
from conformance.ops.spec import Property
from conformance.trial.trial import Example, Trial, verdict
from refimpl import Dialect
from refimpl.decisions import DECISIONS, NUMBERS
from refimpl.errors import ContractError

MOST = 10
"""Steps taken at most."""

JUDGED = 5
"""Of the ways that bring the reference nearer, so many are judged in one step."""

STILL, ENOUGH = 0.7, 3
"""Of what breaks, the share that may be left for fields to be told at all; more, where so many breaks of a clause were all
that it had: a bug beside them may break everything."""

LOOKED_AT, PAIRED = 16, 3
"""Examples that break, the farthest, on which a way must help to be tried on all, alone and in pairs."""

ROUNDS = 2
"""Searches: what turned out to be needless may have stood in the way of a field."""

class Found(NamedTuple):
    """What explains breaks.

    Attributes
    ----------
    changes : the fields that differ, with their values.
    preset : that has just these among the fields that were looked at; "" if there is none.
    broken, left : examples that broke, and that still do.
    rest : what still breaks, by itself; "" if nothing does.
    presets : under which no more breaks; they may differ in fields that do not show here.
    still : the clauses that still break.
    """

    changes: Tuple[Tuple[str, Any], ...]
    preset: str
    broken: int
    left: int
    rest: str = ""
    presets: Tuple[str, ...] = ()
    still: Tuple[str, ...] = ()

    def __str__(self) -> str:
        """A line for the user: what else is decided, and the bug that is left. By which dialect to judge is said at the end,
        where all breaks are known."""
        told = ", ".join(in_words(field, value) for field, value in self.changes)
        rest = f"; {self.left} of {self.broken} breaks are left that no field explains: {self.rest}" if self.left else ""
        return f"another dialect: {'conforms' if not self.left else 'breaks less'} with {told}: a bug, unless it is meant{rest}"


def in_words(field: str, value: Any) -> str:
    """A field with its value, and what that means."""
    if field not in DECISIONS:
        return f"{field}={value!r} ({NUMBERS[field].meaning})"
    meaning = next((known.meaning for known in DECISIONS[field].values if known.value == value), "")
    return f"{field}={value!r} ({DECISIONS[field].question}: {meaning})"


def differing(
    judged: Property, dialect: Dialect, precision: Precision, examples: Sequence[Example], start: Changes | None = None, bug: bool = False
) -> Found | None:
    """The fields under which the clauses that look at these answers hold; None if no field helps.

    Parameters
    ----------
    dialect : the preset that was asked for
    examples : answers of the candidate, the broken ones among them
    start : fields that explained other breaks of the same candidate
    bug : whether a known bug explains the breaks: what is told besides is the one field that explains all of them
    """
    jury = Jury(judged, dialect, precision, examples)
    if not jury.broken({}):
        return None
    if bug:
        changes = min(_singly(jury, {}), key=jury.far, default={})
        return _found(jury, changes) if changes and not jury.broken(changes) else None
    begin = {name: value for name, value in (start or {}).items() if name in jury.fields}
    changes = begin if jury.weight(begin) < jury.weight({}) else {}
    for _ in range(ROUNDS):
        changes = jury.without_the_needless(_nearest(jury, changes))
        if not changes or not jury.broken(changes):
            break
    return _found(jury, changes) if changes and _tell(jury, changes) else None


def _found(jury: Jury, changes: Changes) -> Found:
    left = jury.broken(changes)
    rest = jury.told(min(left, key=lambda i: jury.examples[i].case.amount), changes) if left else ""
    presets = jury.presets_as_good_as(changes)
    told = tuple(sorted(changes.items())), jury.preset_of(changes), len(jury.broken({})), len(left), rest
    return Found(*told, presets, jury.clauses(changes))


def _tell(jury: Jury, changes: Changes) -> bool:
    """Whether fields explain enough: most of what breaks, or all that breaks of some clause, and some of the one that is judged."""
    before, after = jury.counts({}), jury.counts(changes)
    if before[jury.clause] and after[jury.clause] >= before[jury.clause]:
        return False
    whole = any(count >= ENOUGH and not after[clause] for clause, count in before.items())
    return jury.weight(changes) <= (1 if whole else STILL) * jury.weight({})


def explained(judged: Property, example: Example, precision: Precision, found: Found) -> bool:
    """Whether an example holds under the fields that were found."""
    tried = with_fields(judged, example, precision, dict(found.changes))
    return tried is not None and tried.holds


def with_fields(judged: Property, example: Example, precision: Precision, changes: Changes) -> Trial | None:
    """The verdict on an answer under changed fields; None if the case does not tell what these read."""
    try:
        case = under(judged.op, example.case, changes)
        return verdict(judged, Example(case, example.answer, {}, {}), precision)
    except (ContractError, ValueError, TypeError):
        return None


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

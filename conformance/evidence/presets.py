"""Presets, judged by each other: the clauses that break are those of the fields in which they differ, or follow from them.

`python -m conformance.evidence.presets` judges the reference under each preset by YOLOV8, and under YOLOV8 by each preset,
and writes a page; with names of presets for arguments, those by each other.
"""

from __future__ import annotations

import itertools
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Dict, Iterator, NamedTuple, Sequence, Set, Tuple

from conformance.evidence.dialects import FLOAT64, Examples, answers, following
from conformance.explaining.jury import Jury
from conformance.ops.made_of import parts
from conformance.ops.spec import CLAUSES, PROPERTIES
from conformance.paper.markdown import table
from conformance.paper.nearest import did_you_mean
from refimpl import NUMBERS, PRESETS, YOLOV8, Dialect
from refimpl.decisions import FIELDS

PAGE = Path(__file__).parents[2] / "docs" / "preset_matrix.md"

SIZES = frozenset(field for field, number in NUMBERS.items() if number.whole)
"""Fields that stay as they are: what is drawn depends on them."""


class Pair(NamedTuple):
    """A preset judged by another: the fields in which they differ; the clauses that broke; of these, what none of them explains."""

    candidate: str
    judge: str
    fields: Tuple[str, ...]
    breaks: Tuple[str, ...]
    beyond: Tuple[str, ...]


def pairs(names: Sequence[Tuple[str, str]]) -> Iterator[Pair]:
    """Each of some presets, judged by another: (candidate, judge)."""
    for judge, of_judge in itertools.groupby(names, key=lambda pair: pair[1]):
        examples = Examples(PRESETS[judge])
        for candidate, _ in of_judge:
            yield _pair(candidate, judge, examples)


def _pair(candidate: str, judge: str, examples: Examples) -> Pair:
    changes = _changes(PRESETS[candidate], PRESETS[judge])
    touched = {clause for field in changes for clause in FIELDS[field].clauses}
    through = {(one.op, id(one.cases)): one for one in PROPERTIES if one.clause in touched}
    breaks: Set[str] = set()
    for judged in through.values():
        breaks.update(Jury(judged, PRESETS[judge], FLOAT64, answers(judged, examples.of(judged), changes)).clauses({}))
    expected = touched | {clause for one in through.values() for clause in following_of(one.op, changes, touched)}
    broken = tuple(clause for clause in CLAUSES if clause in breaks)
    return Pair(candidate, judge, tuple(changes), broken, tuple(clause for clause in broken if clause not in expected))


def following_of(op: str, changes: Sequence[str], touched: Set[str]) -> Set[str]:
    """Clauses of an op that see what fields have made of its steps: all of them, if a step's own clause is not judged through it."""
    of_steps = {clause for step in parts(op)[1:] for clause in _judged(step)}
    if touched & of_steps - _judged(op):
        return _judged(op)
    return {clause for field in changes for clause in following(field, op)}


def _judged(op: str) -> Set[str]:
    return {clause for clause, one in CLAUSES.items() if op in one.judged}


def _changes(own: Dialect, judging: Dialect) -> Dict[str, Any]:
    """What one dialect has in place of another's, sizes aside."""
    theirs = asdict(judging)
    return {field: value for field, value in asdict(own).items() if field in FIELDS.keys() - SIZES and value != theirs[field]}


def _told(clauses: Sequence[str], none: str) -> str:
    return ", ".join(clauses) or none


def text(found: Sequence[Pair], made: str) -> str:
    """The page."""
    rows = [
        [one.candidate, one.judge, ", ".join(f"`{field}`" for field in one.fields), _told(one.breaks, "–"), _told(one.beyond, "–")]
        for one in found
    ]
    return "\n\n".join([
        "# Presets, judged by each other",
        "The reference under one preset, judged by another, sizes aside: the fields in which the two differ, the clauses that break, "
        "and those of them that neither a field touches nor follow from what it touches. Written by "
        f"`make dialects`, {made}; [decisions one by one](dialect_matrix.md).",
        table(["candidate", "judge", "differ in", "breaks", "besides"], rows),
    ]) + "\n"  # fmt: skip


def main(names: Sequence[str]) -> int:
    """Judge, write, and say what broke. Returns 1 if anything broke besides."""
    chosen = names or [name for name in PRESETS if name != YOLOV8.name]
    against = names or [YOLOV8.name]
    asked = {(a, b) for a, b in itertools.product(chosen, against) if a != b}
    asked |= {(b, a) for a, b in asked}
    found, order = [], list(PRESETS)
    for pair in pairs(sorted(asked, key=lambda pair: (order.index(pair[1]), order.index(pair[0])))):
        told = f"breaks {_told(pair.breaks, 'nothing')}; besides: {_told(pair.beyond, 'nothing')}"
        print(f"{pair.candidate} by {pair.judge}: {told}", flush=True)
        found.append(pair)
    made = time.strftime("%Y-%m-%d", time.gmtime())
    PAGE.write_text(text(found, made), encoding="utf-8")
    return 1 if any(one.beyond for one in found) else 0


if __name__ == "__main__":
    for name in sys.argv[1:]:
        if name not in PRESETS:
            sys.exit(f"presets: expected names among {', '.join(PRESETS)}, got {name!r}.{did_you_mean(name, PRESETS)}")
    sys.exit(main(sys.argv[1:]))

"""The matrix of dialects: the reference under each other value of each decision, judged by YOLOV8.

Of each value: the clauses that break, beside those that the table of decisions says it touches; and whether the
diagnosis finds that field and no other. `make dialects` writes it, as JSON and as a page, and says what breaks besides;
with fields for arguments the module measures these anew and keeps the others.
"""

from __future__ import annotations

import collections
import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Sequence, Tuple

import numpy as np

from conformance.calling.candidate import Candidate
from conformance.candidates import reference32
from conformance.cases.protocol import by_reference
from conformance.explaining.distance import under
from conformance.explaining.fields import differing
from conformance.explaining.jury import Jury
from conformance.judging.rounding import PRECISIONS
from conformance.ops.made_of import whole
from conformance.ops.spec import CLAUSES, PROPERTIES, Property
from conformance.paper.markdown import table
from conformance.suite.run import settings
from conformance.trial.examples import drawn
from conformance.trial.trial import Example
from refimpl import YOLOV8, Dialect
from refimpl.decisions import DECISIONS, FIELDS
from refimpl.decisions_beyond import ROWS

STORED = Path(__file__).with_suffix(".json")
PAGE = Path(__file__).parents[2] / "docs" / "dialect_matrix.md"
SEED = 1000033
"""Of the examples, used for nothing else."""

FLOAT64 = PRECISIONS["float64"]

HEAD = tuple(field for field in DECISIONS if field not in {row[0] for row in ROWS})
"""The decisions of the head; those of the ops around it are judged by their mutants."""


class Row(NamedTuple):
    """A value of a decision through one op: clauses it touches, that follow, and that broke; the fields that were found."""

    field: str
    value: Any
    op: str
    says: Tuple[str, ...]
    follow: Tuple[str, ...]
    breaks: Tuple[str, ...]
    found: Tuple[Tuple[str, Any], ...]

    @property
    def alone(self) -> bool:
        """Whether exactly this field was named."""
        return [tuple(change) for change in self.found] == [(self.field, self.value)]

    @property
    def beyond(self) -> Tuple[str, ...]:
        """Clauses that broke though the value neither touches them nor comes before them."""
        return tuple(clause for clause in self.breaks if clause not in self.says + self.follow)


class Examples:
    """The examples of each op for one dialect, so many of an event, drawn once, answered by the reference under any dialect."""

    def __init__(self, dialect: Dialect = YOLOV8, each: int = 5) -> None:
        self._kept: Dict[Any, List[Example]] = {}
        self._run = replace(settings(profile="quick", seed=SEED, dtype="float64", only=None), examples=each)
        self._served = Candidate(reference32.factory, dialect, "reference").served

    def of(self, judged: Property) -> List[Example]:
        """Examples of every event of what a clause judges, but for those that are asked in a manner of their own."""
        key = judged.op, id(judged.cases)
        if key not in self._kept:
            small = [event for event in judged.events if event not in judged.cases.large]  # The jury looks at nothing larger.
            events = [event for event in small if judged.cases.possible(event, FLOAT64, self._served)]
            seen = (case for event in events for case in drawn(self._run, judged.op, event, "float64", judged.cases, self._served))
            self._kept[key] = [Example(case, None, {}, {}) for case in seen if not case.manner and not case.every]
        return self._kept[key]


def answered(judged: Property, example: Example, changes: Dict[str, Any]) -> Example:
    """The example with the answer of the reference under a changed dialect."""
    with np.errstate(all="ignore"):
        found = by_reference(judged.op, CLAUSES[judged.clause].gradient, under(judged.op, example.case, changes))
    return example._replace(answer=collections.namedtuple("Answer", found)(**found))


def rows(fields: Sequence[str] = HEAD) -> Iterator[Row]:
    """Each other value of some decisions, through each op whose clauses it touches."""
    examples = Examples()
    for field in fields:
        decision = DECISIONS[field]
        through = {(one.op, id(one.cases)): one for one in PROPERTIES if one.clause in decision.clauses}
        for value in decision.values:
            if value.value != getattr(YOLOV8, field):
                for judged in through.values():
                    yield _row(judged, field, value.value, examples.of(judged))


def following(field: str, op: str) -> Tuple[str, ...]:
    """The clauses of later steps of an op that are judged by its results: they see what a decision has made of earlier ones."""
    made, touches = whole(op), FIELDS[field].clauses
    steps = made.calls if made else ()
    first = next((i for i, step in enumerate(steps) if any(step in CLAUSES[clause].judged for clause in touches)), len(steps))
    later = {clause for step in steps[first + 1 :] for clause, one in CLAUSES.items() if {step, op} <= {*one.judged}}
    return tuple(clause for clause in CLAUSES if clause in later and clause not in touches)


def _row(judged: Property, field: str, value: Any, examples: Sequence[Example]) -> Row:
    said = tuple(clause for clause in DECISIONS[field].clauses if judged.op in CLAUSES[clause].judged)
    others = answers(judged, examples, {field: value})
    jury = Jury(judged, YOLOV8, FLOAT64, others)
    breaks = jury.clauses({})
    found = differing(judged, YOLOV8, FLOAT64, others) if breaks else None
    return Row(field, value, judged.op, said, following(field, judged.op), breaks, found.changes if found else ())


def answers(judged: Property, examples: Sequence[Example], changes: Dict[str, Any]) -> List[Example]:
    """What the reference answers under the changes, where they can be told."""
    found = []
    for example in examples:
        try:
            found.append(answered(judged, example, changes))
        except (ValueError, TypeError):
            continue
    return found


def text(found: Sequence[Row], made: str) -> str:
    """The page."""
    shown = [
        [f"`{x}`" for x in (one.field, repr(one.value), one.op)]
        + [", ".join(one.says), ", ".join(one.follow), ", ".join(one.breaks) or "–", _named(one)]
        for one in found
    ]
    return "\n\n".join([
        "# Decisions, judged",
        "The reference under each other value of each decision, judged by `YOLOV8`: the clauses that the table of decisions says "
        "it touches through an op, those of later steps of the op, which may follow, those that break, and the fields that the "
        f"diagnosis names; “–” is a value that does not show in the op alone. Written by `make dialects`, {made}.",
        table(["field", "value", "op", "touches", "may follow", "breaks", "named"], shown),
    ]) + "\n"  # fmt: skip


def _named(row: Row) -> str:
    if not row.breaks:
        return ""
    return "it alone" if row.alone else ", ".join(f"{field}={value!r}" for field, value in row.found) or "nothing"


def _besides(row: Row) -> str:
    return f"; {', '.join(row.beyond)} should not" if row.beyond else ""


def stored() -> List[Row]:
    """The rows as they were kept."""
    rows = json.loads(STORED.read_text(encoding="utf-8"))["rows"]
    return [Row(**{name: _hashable(value) for name, value in row.items()}) for row in rows]


def _hashable(value: Any) -> Any:
    return tuple(map(_hashable, value)) if isinstance(value, list) else value


def main(fields: Sequence[str]) -> int:
    """Measure some fields, or all, write, and say what broke and what was named.

    Returns 1 if anything was named otherwise, or broke besides.
    """
    begun = time.perf_counter()
    found = [row for row in stored() if row.field not in fields] if fields else []
    for row in rows(fields or HEAD):
        found.append(row)
        told = f"breaks {', '.join(row.breaks) or 'nothing'}; {_named(row)}{_besides(row)}"
        print(f"{row.field}={row.value!r} {row.op}: {told}", flush=True)
    found.sort(key=lambda row: HEAD.index(row.field))
    made = time.strftime("%Y-%m-%d", time.gmtime())
    kept = {"made": made, "seconds": round(time.perf_counter() - begun), "rows": [one._asdict() for one in found]}
    STORED.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(text(found, made), encoding="utf-8")
    return 0 if all(one.alone and not one.beyond for one in found if one.breaks) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Comparison: two candidates, or two versions of one, clause by clause."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Tuple

from conformance.paper.markup import Markup, tag
from conformance.reporting.record import VERSION, candidates
from conformance.judging.verdicts import BREAKS, ERROR, KNOWN, NOT_PROVIDED

WRONG = (BREAKS, ERROR)
FAILS = (*WRONG, KNOWN)

NAMED = 4
"""Clauses named in a sentence at most."""

_COLUMNS = "{:17} {:7} {:12} {:12} {:>12} {:>12}"
_HEADINGS = ("op", "clause", "A", "B", "error/bound A", "B")


class NoReport(ValueError):
    """A file holds no report of one candidate."""


class Line(NamedTuple):
    """One clause of one op: its record for A and for B; None where it was not judged."""

    op: str
    clause: str
    a: Dict[str, Any] | None
    b: Dict[str, Any] | None

    @property
    def verdicts(self) -> Tuple[str, str]:
        """Of A and of B."""
        return tuple(NOT_PROVIDED if one is None else one["verdict"] for one in (self.a, self.b))


def saved(word: str) -> Dict[str, Any] | None:
    """The record of the one candidate of a saved report, a report.json or the folder of one; None if the word names none.

    Raises
    ------
    NoReport
        If the file is no report of this schema, or one of several candidates.
    """
    path = Path(word) / "report.json" if Path(word).is_dir() else Path(word)
    if path.suffix != ".json" or not path.is_file():
        return None
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
        version, found = run["schema_version"], candidates(run)
    except (ValueError, KeyError, TypeError) as error:
        raise NoReport(f"{path}: expected a report of one candidate, got {type(error).__name__}: {error}") from error
    if version != VERSION or len(found) != 1:
        raise NoReport(f"{path}: expected one candidate in schema {VERSION}, got {len(found)} in schema {version}")
    return found[0]


def lines(a: Dict[str, Any], b: Dict[str, Any]) -> List[Line]:
    """Every clause of every op that one of two candidates provides, in the order of A, then of B."""
    of_a, of_b = ({(c["op"], c["id"]): c for c in one["clauses"]} for one in (a, b))
    found = [Line(*key, of_a.get(key), of_b.get(key)) for key in dict.fromkeys([*of_a, *of_b])]
    return [line for line in found if set(line.verdicts) != {NOT_PROVIDED}]


def regressions(a: Dict[str, Any], b: Dict[str, Any]) -> List[Line]:
    """Where B is wrong and A does not fail, known or not."""
    return [line for line in lines(a, b) if line.verdicts[1] in WRONG and line.verdicts[0] not in FAILS]


def conclusion(a: Dict[str, Any], b: Dict[str, Any]) -> str:
    """What sets the two apart, in a sentence."""
    worse, better = regressions(a, b), regressions(b, a)
    both = sum(set(line.verdicts) <= set(FAILS) for line in lines(a, b))
    parts = [f"B alone breaks {_named(worse)}"] * bool(worse) + [f"A alone breaks {_named(better)}"] * bool(better)
    parts += [f"both break {both} clause{'s' * (both != 1)}"] * bool(both)
    return "; ".join(parts) or "neither breaks a clause"


def text(a: Dict[str, Any], b: Dict[str, Any]) -> str:
    """Both names, the table, at most 80 columns wide, with a sign where the verdicts differ, and the conclusion."""
    head = [f"A  {_about(a)}", f"B  {_about(b)}", ""]
    table = [_COLUMNS.format(*_HEADINGS)]
    for line in lines(a, b):
        sign = "≠" if line.verdicts[0] != line.verdicts[1] else ""
        table.append(_COLUMNS.format(line.op, line.clause, *line.verdicts, _worst(line.a), _worst(line.b)) + f" {sign}")
    return "\n".join([*head, *(row.rstrip() for row in table), "", conclusion(a, b)])


def compared(a: Dict[str, Any], b: Dict[str, Any]) -> Markup:
    """The same for the page; only where the verdicts differ, as the whole tables follow."""
    differing = [line for line in lines(a, b) if line.verdicts[0] != line.verdicts[1]]
    names = ("op", "clause", a["candidate"], b["candidate"])
    head = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in names)))
    rows = [
        tag("tr", tag("th", tag("code", line.op), scope="row"), tag("td", line.clause), *map(_cell, line.verdicts))
        for line in differing
    ]
    said = tag("p", f"A is {_about(a)}, B is {_about(b)}: {conclusion(a, b)}.")
    table = [tag("table", tag("caption", "Where their verdicts differ"), head, tag("tbody", *rows))] if rows else []
    return tag("section", tag("h2", "Side by side"), said, *table)


def _cell(verdict: str) -> Markup:
    return tag("td", verdict.lower(), class_="wrong" if verdict in WRONG else None)


def _worst(clause: Dict[str, Any] | None) -> str:
    if clause is None or clause["verdict"] == NOT_PROVIDED:
        return "-"
    return "not finite" if clause["worst"] is None else f"{clause['worst']:.2g}"


def _about(judged: Dict[str, Any]) -> str:
    return f"{judged['candidate']} ({judged['dialect'] or 'not judged'})"


def _named(found: List[Line]) -> str:
    """A few clauses by name; of many, how many they are."""
    return ", ".join(f"{line.op} {line.clause}" for line in found) if len(found) <= NAMED else f"{len(found)} clauses"

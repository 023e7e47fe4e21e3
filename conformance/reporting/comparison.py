"""Comparison: two candidates, two versions of one, or a run and the report of an earlier one, clause by clause."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Tuple

from conformance.judging.verdicts import BREAKS, ERROR, NOT_PROVIDED
from conformance.paper import numerals
from conformance.paper.markup import Markup, tag
from conformance.reporting import since
from conformance.reporting.record import VERSION, candidates

_COLUMNS = "{:17} {:6} {:12} {:12} {:>8} {:>8} {}"
_HEADINGS = ("op", "clause", "A", "B", "worst A", "worst B", "")


class NoReport(ValueError):
    """A file holds no report of one candidate."""


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


def baseline(word: str) -> Dict[str, Any]:
    """The record to compare a run with.

    Raises
    ------
    NoReport
        If there is no such file or it holds no report of one candidate.
    """
    found = saved(word)
    if found is None:
        raise NoReport(f"baseline: expected a report.json or the folder of one, got {word!r}")
    return found


def against(before: Dict[str, Any], after: Dict[str, Any]) -> Tuple[Dict[str, Any], int]:
    """The record of a run with its comparison, and the exit code: 1 only for what is new, 2 if a verdict is missing."""
    found = since.as_json(before, after)
    unfinished = bool(after["problems"]) or after["exit_code"] == 2
    return {**after, "comparison": found}, 1 if found[since.NEW] else 2 if unfinished else 0


def text(a: Dict[str, Any], b: Dict[str, Any]) -> str:
    """Both names, the table, at most 80 columns wide, with a word where one fails, and the conclusion."""
    head = [f"A  {_about(a)}", f"B  {_about(b)}", ""]
    table = [_COLUMNS.format(*_HEADINGS)]
    for line in since.lines(a, b):
        numbers = (_worst(line.a), _worst(line.b))
        table.append(_COLUMNS.format(line.op, line.clause, *line.verdicts, *numbers, line.word))
    return "\n".join([*head, *(row.rstrip() for row in table), "", since.sentence(since.as_json(a, b))])


def compared(a: Dict[str, Any], b: Dict[str, Any]) -> Markup:
    """The same for the page; only what fails in one of the two, as the whole tables follow."""
    names = ("op", "clause", f"A: {a['candidate']}", f"B: {b['candidate']}", "")
    rows = [_row(line.op, line.clause, *line.verdicts, line.word) for line in since.lines(a, b) if line.word]
    said = tag("p", f"A is {_about(a)}, B is {_about(b)}: {since.sentence(since.as_json(a, b))}.")
    return tag("section", tag("h2", "Side by side"), said, *_table("What fails in one of them", names, rows))


def since_baseline(judged: Dict[str, Any]) -> Markup:
    """The comparison of a run with its baseline for the page; nothing where there is none."""
    found = judged.get("comparison")
    if not found:
        return Markup("")
    rows = [_row(x["op"], x["id"], word, since.WORDS[word]) for word in since.WORDS for x in found[word]]
    said = tag("p", f"Compared with {found['with']}: {since.sentence(found)}.")
    names = ("op", "clause", "", "that is")
    return tag("section", tag("h2", "Since the baseline"), said, *_table("What failed or fails", names, rows))


def _table(caption: str, names: Tuple[str, ...], rows: List[Markup]) -> List[Markup]:
    head = tag("thead", tag("tr", *(tag("th" if name else "td", name, scope="col" if name else None) for name in names)))
    return [tag("table", tag("caption", caption), head, tag("tbody", *rows))] if rows else []


def _row(op: str, clause: str, *cells: str) -> Markup:
    wrong = (BREAKS, ERROR, since.NEW)
    told = (tag("td", cell.lower(), class_="wrong" if cell in wrong else None) for cell in cells)
    return tag("tr", tag("th", tag("code", op), scope="row"), tag("td", clause), *told)


def _worst(clause: Dict[str, Any] | None) -> str:
    if clause is None or clause["verdict"] == NOT_PROVIDED:
        return "-"
    return "infinite" if clause["worst"] is None else numerals.bound(clause["worst"])


def _about(judged: Dict[str, Any]) -> str:
    return f"{judged['candidate']} ({judged['dialect'] or 'not judged'})"

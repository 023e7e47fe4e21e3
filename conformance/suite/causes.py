"""Causes: the breaks of a run, each with those that follow from it.

A break follows from another where the first stage that diverges on its way is the other's op, where the same correction
undoes both, where the same known bug explains both, or where it is the gradient of a value that is wrong.
"""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

from conformance.judging.verdicts import BREAKS, ERROR, Row


class Cause(NamedTuple):
    """A break that stands by itself, and the rows that follow from it."""

    row: Row
    followers: Tuple[Row, ...]


def causes(rows: Sequence[Row]) -> List[Cause]:
    """The failing rows by cause, in the order of the table."""
    failing = [row for row in rows if row.verdict in (BREAKS, ERROR)]
    parents = {id(row): _parent(row, failing[:i], failing) for i, row in enumerate(failing)}
    followers: Dict[int, List[Row]] = {}
    for row in failing:
        root = _root(row, parents)
        if root is not row:
            followers.setdefault(id(root), []).append(row)
    roots = [row for row in failing if _root(row, parents) is row]
    return [Cause(row, tuple(followers.get(id(row), ()))) for row in roots]


def _parent(row: Row, before: Sequence[Row], failing: Sequence[Row]) -> Row | None:
    """The break that a row follows from; None if it stands by itself."""
    record = row.counterexample or {}
    stage = tuple(record.get("follows") or ())
    for other in failing:
        if (other.op, other.clause) == stage and other.op != row.op:
            return other
    for other in before:
        theirs = other.counterexample or {}
        same_bug = _ids(record) & _ids(theirs)
        if same_bug or set(record.get("hints", ())) & set(theirs.get("hints", ())):
            return other
    unexplained = not record.get("hints") and not record.get("bugs")
    value = (row.op, row.clause.rstrip("g"))
    if unexplained and row.clause.endswith("g"):
        return next((other for other in before if (other.op, other.clause) == value), None)
    return None


def _ids(record: Dict[str, Any]) -> set:
    return {bug["id"] for bug in record.get("bugs", ())}


def _root(row: Row, parents: Dict[int, Row | None]) -> Row:
    seen = {id(row)}
    while (parent := parents[id(row)]) is not None and id(parent) not in seen:
        seen.add(id(parent))
        row = parent
    return row

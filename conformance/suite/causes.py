"""Causes: the breaks of a run, each with those that follow from it.

A break follows from another where the first stage that diverges on its way is the other's op, where the same correction
undoes both, where the same known bug or the same fields of a dialect explain both, where it is the gradient of a value
that is wrong, or where nothing explains either and its counterexample breaks the other, too. It does not follow from a
difference of dialect under whose fields it breaks as well: that is a bug beside it.
"""

from __future__ import annotations

import collections
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

from conformance.cases.codec import case_of, complete, decoded, is_complete
from conformance.explaining.fields import with_fields
from conformance.judging.rounding import EVERY_PRECISION
from conformance.judging.verdicts import BREAKS, ERROR, Row
from conformance.ops.requirements import CLAUSES, is_value_of
from conformance.ops.spec import PROPERTIES, Property
from conformance.trial.trial import Example, verdict


class Cause(NamedTuple):
    """A break that stands by itself, and the rows that follow from it."""

    row: Row
    followers: Tuple[Row, ...]


def causes(rows: Sequence[Row]) -> List[Cause]:
    """The failing rows by cause, in the order of the table."""
    failing = [row for row in rows if row.verdict in (BREAKS, ERROR)]
    parents = {id(row): _parent(row, failing[:i], failing) for i, row in enumerate(failing)}
    fields = {name: value_of(value) for row in failing for name, value in fields_of(row.counterexample or {})}
    for row in failing:
        if _breaks_besides(row, _root(row, parents), fields):
            parents[id(row)] = None
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
        if same_bug or explained(row) and _within(fields_of(record), fields_of(theirs)) or set(record.get("hints", ())) & set(theirs.get("hints", ())):
            return other
    told = [field for other in before for field in fields_of(other.counterexample or {})]
    if explained(row) and _within(fields_of(record), told):
        return next(other for other in before if fields_of(record)[0] in fields_of(other.counterexample or {}))
    if not _explained_by_none(record) or row.clause not in CLAUSES:
        return None
    of_op = [other for other in before if other.op == row.op and other.clause in CLAUSES]
    if CLAUSES[row.clause].gradient:
        return next((other for other in of_op if is_value_of(other.clause, row.clause)), None)
    return next((other for other in of_op if _explained_by_none(other.counterexample or {}) and _breaks_there(row, other)), None)


def _within(fields: Sequence[Any], others: Sequence[Any]) -> bool:
    """Whether each of some fields is told already, with its value."""
    return all(field in others for field in fields)


def _explained_by_none(record: Dict[str, Any]) -> bool:
    """Whether nothing is known of what is wrong."""
    return not record.get("hints") and not record.get("bugs") and not fields_of(record)


def _breaks_there(row: Row, other: Row) -> bool:
    """Whether the case by which one clause breaks breaks another of its op as well: to mend that one may be enough."""
    seen, own, judged = _example(row), _judged(row), _judged(other)
    if seen is None or own is None or judged is None or judged.cases is not own.cases:
        return False
    return verdict(judged, seen, EVERY_PRECISION[row.counterexample["dtype"]]).broken


def _judged(row: Row) -> Property | None:
    return next((one for one in PROPERTIES if (one.op, one.clause) == (row.op, row.clause)), None)


def _example(row: Row) -> Example | None:
    """The counterexample as it was recorded; None where it is not, or not whole."""
    record = row.counterexample or {}
    if not record.get("answer") or record["every"] or not (is_complete(record) and complete(record["answer"])):
        return None
    answer = {name: decoded(value) for name, value in record["answer"].items()}
    return Example(case_of(record), collections.namedtuple("Answer", answer)(**answer), {}, {})


def _breaks_besides(row: Row, root: Row, fields: Dict[str, Any]) -> bool:
    """Whether a row that follows from a difference of dialect breaks by the rules of the dialect that was found, too, as it
    is recorded: by those of all fields, for each other may be what it shows. Not where the root is left with a bug itself."""
    record = row.counterexample or {}
    if root is row or not fields_of(root.counterexample or {}) or not record.get("answer") or record["every"]:
        return False
    if fields_of(record):
        return row.clause in record["differs"]["still"]
    return explained(root) and breaks_under(row, fields)


def breaks_under(row: Row, fields: Dict[str, Any]) -> bool:
    """Whether the answer that is recorded breaks the clause under changed fields; what is not recorded does not."""
    seen, judged = _example(row), _judged(row)
    if seen is None or judged is None:
        return False
    tried = with_fields(judged, seen, EVERY_PRECISION[row.counterexample["dtype"]], fields)
    return tried is not None and tried.broken


def explained(row: Row) -> bool:
    """Whether another dialect explains every break that was seen of a clause."""
    differs = (row.counterexample or {}).get("differs")
    return bool(differs) and row.clause not in differs["still"]


def value_of(value: Any) -> Any:
    """A value of a field, which JSON writes as a list where it is a pair."""
    return tuple(value) if isinstance(value, list) else value


def fields_of(record: Dict[str, Any]) -> List[Any]:
    """The fields of another dialect that explain a break, with their values."""
    return (record.get("differs") or {}).get("fields", [])


def _ids(record: Dict[str, Any]) -> set:
    return {bug["id"] for bug in record.get("bugs", ())}


def _root(row: Row, parents: Dict[int, Row | None]) -> Row:
    seen = {id(row)}
    while (parent := parents[id(row)]) is not None and id(parent) not in seen:
        seen.add(id(parent))
        row = parent
    return row

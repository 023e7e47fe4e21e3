"""Causes: the breaks of a run, each with those that follow from it.

A break follows from another where the first stage that diverges on its way is the other's op, where the same correction
undoes both, where the same known bug or the same fields of a dialect explain both, where it is the gradient of a value
that is wrong, or where nothing explains either and its counterexample breaks the other, too. It does not follow from a
difference of dialect under whose fields it breaks as well: that is a bug beside it.
"""

from __future__ import annotations

import collections
from typing import Any, Collection, Dict, List, NamedTuple, Sequence, Tuple

from conformance.cases.codec import case_of, complete, decoded, is_complete
from conformance.explaining.fields import with_fields
from conformance.judging.rounding import EVERY_PRECISION
from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR, Row
from conformance.ops.requirements import CLAUSES, is_value_of
from conformance.ops.spec import PROPERTIES, Property
from conformance.trial.trial import Example, verdict
from refimpl import PRESETS, YOLOV8
from refimpl.decisions import FIELDS


class Cause(NamedTuple):
    """A break that stands by itself, and the rows that follow from it."""

    row: Row
    followers: Tuple[Row, ...]


def causes(rows: Sequence[Row]) -> List[Cause]:
    """The failing rows by cause, in the order of the table."""
    failing = [row for row in rows if row.verdict in (BREAKS, ERROR)]
    parents = {id(row): _parent(row, failing[:i], failing) for i, row in enumerate(failing)}
    for row in failing:
        if _breaks_besides(row, _root(row, parents)):
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
        same_fields = explained(row) and _fields(record) == _fields(theirs)
        if same_bug or same_fields or set(record.get("hints", ())) & set(theirs.get("hints", ())):
            return other
    if not _explained_by_none(record) or row.clause not in CLAUSES:
        return None
    of_op = [other for other in before if other.op == row.op and other.clause in CLAUSES]
    if CLAUSES[row.clause].gradient:
        return next((other for other in of_op if is_value_of(other.clause, row.clause)), None)
    return next((other for other in of_op if _explained_by_none(other.counterexample or {}) and _breaks_there(row, other)), None)


def _explained_by_none(record: Dict[str, Any]) -> bool:
    """Whether nothing is known of what is wrong."""
    return not record.get("hints") and not record.get("bugs") and not _fields(record)


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


def _breaks_besides(row: Row, root: Row) -> bool:
    """Whether a row that follows from a difference of dialect breaks by the rules of that dialect, too, as it is recorded."""
    record, fields = row.counterexample or {}, _fields(root.counterexample or {})
    if root is row or not fields or not record.get("answer") or record["every"]:
        return False
    if _fields(record):
        return row.clause in record["differs"]["still"]
    seen = _example(row)
    if seen is None:
        return False
    tried = with_fields(_judged(row), seen, EVERY_PRECISION[record["dtype"]], {name: _value(value) for name, value in fields})
    return tried is not None and tried.broken


def explained(row: Row) -> bool:
    """Whether another dialect explains every break that was seen of a clause."""
    differs = (row.counterexample or {}).get("differs")
    return bool(differs) and row.clause not in differs["still"]


def as_another(rows: Sequence[Row], preset: str) -> str:
    """How the candidate does as the dialect that its breaks point to: a line, and what is left; "" if they point to none."""
    roots = [cause.row for cause in causes(rows)]
    pointing = [row for row in roots if _fields(row.counterexample or {}) and not _obeyed(row, rows)]
    if not pointing:
        return ""
    fields = {name: value for row in pointing for name, value in _fields(row.counterexample)}
    name, unexplained = _preset(pointing, rows, preset), [(row.op, row.clause) for row in roots if not explained(row)]
    # What breaks by the other rules may be right by those asked for: it has no row of its own.
    unexplained += [(row.op, clause) for row in pointing for clause in row.counterexample["differs"]["still"]]
    left = [" ".join(pair) for pair in dict.fromkeys(unexplained)]
    held = "conforms on all that was looked at" if not left else f"is left with {', '.join(left)}, which no field explains"
    if name:
        return f"as {name} it {held}; as {preset} it differs in {', '.join(fields)}; --dialect {name} judges by it"
    told = ", ".join(f"{field}={_value(value)!r}" for field, value in fields.items())
    own = f"--dialect FILE.py:OWN judges by it, with OWN = dataclasses.replace({preset}, name='OWN', {told})"
    return f"as a dialect of its own it {held}; as {preset} it differs in {', '.join(fields)}; {own}"


def _obeyed(row: Row, rows: Sequence[Row]) -> bool:
    """Whether the value obeys what the fields of a gradient's break decide otherwise: the gradient is then not of another dialect."""
    conforming = {other.clause for other in rows if other.op == row.op and other.verdict == CONFORMS}
    fields = [name for name, _ in _fields(row.counterexample or {}) if name in FIELDS]
    return row.clause in CLAUSES and CLAUSES[row.clause].gradient and all(conforming & {*FIELDS[name].clauses} for name in fields)


def _preset(pointing: Sequence[Row], rows: Sequence[Row], asked: str) -> str:
    """The preset that has the fields; or else, where nothing is left, that of all that explain as much which differs least
    from the one asked for: beside a bug any may. None that decides otherwise where the candidate conforms."""
    told = [row.counterexample["differs"] for row in pointing]
    fields = {name for one in told for name, _ in one["fields"]}
    sound = {name for name in PRESETS if not _contradicted(name, asked, fields, rows)}
    exact = {one["preset"] for one in told}
    if len(exact) == 1 and exact <= sound:
        return exact.pop()
    if any(one["still"] for one in told):
        return ""
    common = set.intersection(sound, *({*one.get("presets", ())} for one in told)) - {asked}
    usual = vars(PRESETS.get(asked, YOLOV8))
    return min(common, key=lambda name: (sum(value != usual[field] for field, value in vars(PRESETS[name]).items()), name), default="")


def _contradicted(name: str, asked: str, explaining: Collection[str], rows: Sequence[Row]) -> bool:
    """Whether a preset decides otherwise, beyond the fields that explain breaks, what is seen in an op that conforms."""
    failing = {row.op for row in rows if row.verdict in (BREAKS, ERROR)}
    conforming = {row.clause for row in rows if row.verdict == CONFORMS and row.op not in failing}
    usual = vars(PRESETS.get(asked, YOLOV8))
    other = {field for field, value in vars(PRESETS[name]).items() if value != usual[field]} - {*explaining}
    return any(conforming & {*FIELDS[field].clauses} for field in other if field in FIELDS)


def _value(value: Any) -> Any:
    """A value of a field, which JSON writes as a list where it is a pair."""
    return tuple(value) if isinstance(value, list) else value


def _fields(record: Dict[str, Any]) -> List[Any]:
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

"""Another dialect: how a candidate does by the rules that its breaks point to, and which dialect has these.

A field that was found is sure; a preset is a claim about more: its other fields must not be refuted by what conforms,
nor by what breaks.
"""

from __future__ import annotations

from typing import Collection, Sequence

from conformance.explaining.jury import WRITTEN
from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR, Row
from conformance.ops.requirements import CLAUSES
from conformance.suite.causes import breaks_under, causes, explained, fields_of, value_of
from refimpl import PRESETS, YOLOV8
from refimpl.decisions import FIELDS


def as_another(rows: Sequence[Row], preset: str) -> str:
    """How the candidate does as the dialect that its breaks point to: a line, and what is left; "" if they point to none."""
    roots = [cause.row for cause in causes(rows)]
    pointing = [row for row in roots if fields_of(row.counterexample or {}) and not _obeyed(row, rows)]
    if not pointing:
        return ""
    fields = {name: value for row in pointing for name, value in fields_of(row.counterexample)}
    unexplained = [(row.op, row.clause) for row in roots if not explained(row)]
    # What breaks by the other rules may be right by those asked for: it has no row of its own.
    unexplained += [(row.op, clause) for row in pointing for clause in row.counterexample["differs"]["still"]]
    left = [" ".join(pair) for pair in dict.fromkeys(unexplained)]
    name = _preset(pointing, rows, [row for row in rows if row.verdict == BREAKS and (not left or explained(row))], preset)
    held = "conforms on all that was looked at" if not left else f"is left with {', '.join(left)}, which no field explains"
    if name:
        return f"as {name} it {held}; as {preset} it differs in {', '.join(fields)}; --dialect {name} judges by it"
    told = ", ".join(f"{field}={value_of(value)!r}" for field, value in fields.items())
    own = f"--dialect FILE.py:OWN judges by it, with OWN = dataclasses.replace({preset}, name='OWN', {told})"
    return f"as a dialect of its own it {held}; as {preset} it differs in {', '.join(fields)}; {own}"


def _obeyed(row: Row, rows: Sequence[Row]) -> bool:
    """Whether the value obeys what the fields of a gradient's break decide otherwise: the gradient is then not of another dialect."""
    conforming = {other.clause for other in rows if other.op == row.op and other.verdict == CONFORMS}
    fields = [name for name, _ in fields_of(row.counterexample or {}) if name in FIELDS]
    return row.clause in CLAUSES and CLAUSES[row.clause].gradient and all(conforming & {*FIELDS[name].clauses} for name in fields)


def _preset(pointing: Sequence[Row], rows: Sequence[Row], broken: Sequence[Row], asked: str) -> str:
    """The preset that has the fields; or else, where nothing is left, that of all that explain as much which differs least
    from the one asked for: beside a bug any may. None that decides otherwise where the candidate conforms, or under which
    what is broken, and explained by fields, still is."""
    told = [row.counterexample["differs"] for row in pointing]
    fields = {name for one in told for name, _ in one["fields"]}
    sound = {name for name in PRESETS if not _contradicted(name, asked, fields, rows) and _explains(name, asked, broken)}
    exact = {one["preset"] for one in told}
    if len(exact) == 1 and exact <= sound:
        return exact.pop()
    if any(one["still"] for one in told):
        return ""
    common = set.intersection(sound, *({*one.get("presets", ())} for one in told)) - {asked}
    usual = vars(PRESETS.get(asked, YOLOV8))
    return min(common, key=lambda name: (sum(value != usual[field] for field, value in vars(PRESETS[name]).items()), name), default="")


def _explains(name: str, asked: str, broken: Sequence[Row]) -> bool:
    """Whether what is broken holds under the whole preset, as far as it is recorded."""
    usual = vars(PRESETS.get(asked, YOLOV8))
    fields = {field: value for field, value in vars(PRESETS[name]).items() if field in WRITTEN and value != usual[field]}
    return not any(breaks_under(row, fields) for row in broken)


def _contradicted(name: str, asked: str, explaining: Collection[str], rows: Sequence[Row]) -> bool:
    """Whether a preset decides otherwise, beyond the fields that explain breaks, what is seen to conform: in an op of which
    all conforms, or in one that breaks, where all that the decision touches conforms."""
    failing = {row.op for row in rows if row.verdict in (BREAKS, ERROR)}
    conforming = {row.clause for row in rows if row.verdict == CONFORMS and row.op not in failing}
    usual = vars(PRESETS.get(asked, YOLOV8))
    other = {field for field, value in vars(PRESETS[name]).items() if value != usual[field]} - {*explaining}
    touched = [{*FIELDS[field].clauses} for field in other if field in FIELDS]
    return any(conforming & clauses or any(_all_conform(op, clauses, rows) for op in failing) for clauses in touched)


def _all_conform(op: str, clauses: Collection[str], rows: Sequence[Row]) -> bool:
    found = [row.verdict == CONFORMS for row in rows if row.op == op and row.clause in clauses]
    return bool(found) and all(found)

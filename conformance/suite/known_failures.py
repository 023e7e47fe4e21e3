"""Known failures: breaks that a project lives with for now, each with its reason, held strictly to still be there.

A file has one line for each: clause, op, colon, reason. Lines that begin with # are comments.

    IOU-4 ciou: epsilon is 1e-6 until version 3, issue 12
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Dict, Iterable, List, NamedTuple, Tuple

from conformance.ops.spec import CLAUSES
from conformance.paper.nearest import did_you_mean
from conformance.judging.verdicts import BREAKS, ERROR, KNOWN, Row

_LINE = re.compile(r"(\S+)\s+(\w+)\s*:\s*(.*)")


class KnownError(ValueError):
    """A file of known failures that cannot be followed."""


class Failure(NamedTuple):
    """A line of the file: why a clause fails through an op, and where that is written."""

    reason: str
    where: str


Failures = Dict[Tuple[str, str], Failure]
"""By clause and op."""


def read(path: Path) -> Failures:
    """The known failures of a file.

    Raises
    ------
    KnownError
        If it cannot be read, or a line has no reason, names no clause and op of the suite, or comes twice.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise KnownError(f"known failures: {path}: {error}") from error
    found: Failures = {}
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            clause, op, reason = _parts(line, f"{path}:{number}")
            if (clause, op) in found:
                raise KnownError(f"{path}:{number}: {clause} {op}: stands in {found[clause, op].where} already")
            found[clause, op] = Failure(reason, f"{path}:{number}")
    return found


def _parts(line: str, where: str) -> Tuple[str, str, str]:
    match = _LINE.fullmatch(line.strip())
    if match is None:
        raise KnownError(f"{where}: expected 'CLAUSE op: reason', got {line.strip()!r}")
    clause, op, reason = match.groups()
    if clause not in CLAUSES:
        raise KnownError(f"{where}: expected a clause, got {clause!r}.{did_you_mean(clause, CLAUSES)}")
    if op not in CLAUSES[clause].ops:
        raise KnownError(f"{where}: {clause} is judged through {', '.join(CLAUSES[clause].ops)}, got {op!r}")
    if not reason:
        raise KnownError(f"{where}: {clause} {op}: expected a reason after the colon, got none")
    return clause, op, reason


def applied(rows: Iterable[Row], failures: Failures) -> List[Row]:
    """The rows with the known failures as such, and with an ERROR for each that is no failure any more."""
    return [_known(row, failures[row.clause, row.op]) if (row.clause, row.op) in failures else row for row in rows]


def _known(row: Row, failure: Failure) -> Row:
    if row.verdict in (BREAKS, ERROR):
        return replace(row, verdict=KNOWN, detail=f"{failure.reason} ({failure.where})\n  {row.detail}")
    said = f"has the verdict {row.verdict}, but {failure.where} calls it a known failure: {failure.reason}. Remove that line."
    return replace(row, verdict=ERROR, detail=f"{row.clause} {row.op}: {said}")

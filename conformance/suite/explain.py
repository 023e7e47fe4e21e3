"""What the user reads of a break: the clause, what went wrong, and the smallest case in numbers."""

from __future__ import annotations

from typing import Sequence

from conformance.calling.errors import CandidateError
from conformance.cases.case import Case
from conformance.cases.describe import describe
from conformance.explaining.fields import in_words
from conformance.judging.verdicts import Outcome
from conformance.ops.spec import CLAUSES
from refimpl import DECISIONS, YOLOV8, Dialect


def explain(outcome: Outcome, case: Case, error: Exception, causes: Sequence[str] = ()) -> str:
    """What the user reads: the clause, what went wrong and why, as far as that is known, and the smallest case in numbers."""
    found = CLAUSES[outcome.clause]
    if isinstance(error, CandidateError):
        head = [f"{outcome.op} ({outcome.dtype}, {outcome.event}) gave no answer that could be judged:"]
    else:
        head = [f"{found.id}  {found.sentence}", f"  {found.formula}   [{found.source}]"]
        head += [f"{outcome.op} ({outcome.dtype}, {outcome.event}):"]
    own = decided(outcome.clause, case.dialect)
    lines = [*head, *str(error).splitlines(), *([f"judged by {own}"] if own else []), *causes]
    lines += ["smallest case:", *describe(case).splitlines()]
    return "\n".join([head[0], *("  " + line for line in lines[1:])])


def decided(clause: str, dialect: Dialect) -> str:
    """By which decisions a clause is judged where a dialect does not decide as YOLOV8; "" if by none."""
    touching = [d.field for d in DECISIONS.values() if clause.rstrip("g") in d.clauses]
    own = {field: getattr(dialect, field) for field in touching if getattr(dialect, field) != getattr(YOLOV8, field)}
    return ", ".join(in_words(field, value) for field, value in own.items())

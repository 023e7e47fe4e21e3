"""What the user reads of a break: the clause, what went wrong, and the smallest case in numbers."""

from __future__ import annotations

from typing import Sequence

from conformance.calling.errors import CandidateError
from conformance.cases.case import Case
from conformance.cases.describe import describe
from conformance.judging.verdicts import Outcome
from conformance.ops.spec import CLAUSES


def explain(outcome: Outcome, case: Case, error: Exception, causes: Sequence[str] = ()) -> str:
    """What the user reads: the clause, what went wrong and why, as far as that is known, and the smallest case in numbers."""
    found = CLAUSES[outcome.clause]
    if isinstance(error, CandidateError):
        head = [f"{outcome.op} ({outcome.dtype}, {outcome.event}) gave no answer that could be judged:"]
    else:
        head = [f"{found.id}  {found.sentence}", f"  {found.formula}   [{found.source}]"]
        head += [f"{outcome.op} ({outcome.dtype}, {outcome.event}):"]
    lines = [*head, *str(error).splitlines(), *causes, "smallest case:", *describe(case).splitlines()]
    return "\n".join([head[0], *("  " + line for line in lines[1:])])

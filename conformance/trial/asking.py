"""Asking: a candidate's answer to a case, by the names of the protocol."""

from __future__ import annotations

from typing import Any, NamedTuple

from conformance.cases.case import Case
from conformance.cases.protocol import OPS
from conformance.cases.shapes import SHAPES
from conformance.judging.rounding import Precision


def ask(candidate: Any, op: str, case: Case, precision: Precision, gradient: bool) -> Any:
    """The candidate's answer, by the names of what the op returns; its gradients, by those of the arguments.

    Raises
    ------
    CandidateError, NotServed
        If it gives none.
    """
    return (_ask_gradient if gradient else _ask)(candidate, op, case, precision)


def _ask(candidate: Any, op: str, case: Case, precision: Precision) -> Any:
    for earlier in case.prelude:
        candidate.call(op, earlier.dialect, tuple(earlier.arguments.values()), precision)
    arrays = candidate.call(op, case.dialect, tuple(case.arguments.values()), precision, SHAPES[op](case))
    return NamedTuple("Answer", [(name, Any) for name in OPS[op].returns])(*arrays)


def _ask_gradient(candidate: Any, op: str, case: Case, precision: Precision) -> Any:
    """A case before it is asked for without recording, then with."""
    count = len(OPS[op].arguments)
    for earlier in (*case.prelude, case):
        values = tuple(earlier.arguments.values())
        if earlier is not case:
            candidate.call_unrecorded(op, earlier.dialect, values[:count], precision)
        arrays = candidate.gradients(op, earlier.dialect, values[:count], values[count:], precision)
    return NamedTuple("Answer", [(name, Any) for name in OPS[op].wrt])(*arrays)

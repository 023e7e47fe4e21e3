"""Asking: a candidate's answer to a case, by the names of the protocol."""

from __future__ import annotations

from typing import Any, NamedTuple

from conformance.calling.errors import CandidateError, LayoutRefused
from conformance.calling.frameworks import MANNERS
from conformance.calling.layouts import LAYOUTS
from conformance.cases.case import Case
from conformance.cases.probes import ASKED_OFTEN, KEPT, OFTEN
from conformance.cases.protocol import OPS
from conformance.cases.shapes import SHAPES
from conformance.judging.rounding import Precision


def ask(candidate: Any, op: str, case: Case, precision: Precision, gradient: bool) -> Any:
    """The candidate's answer, by the names of what the op returns; its gradients, by those of the arguments.

    Raises
    ------
    CandidateError, NotServed
        If it gives none. LayoutRefused if it gives one, but not where the arguments lie otherwise in memory.
    """
    asked = _ask_gradient if gradient else _ask
    try:
        return asked(candidate, op, case, precision, case.manner)
    except CandidateError as error:
        if case.manner not in LAYOUTS:
            raise
        # `view` and its like raise there, which is loud: only a wrong answer is a fault.
        asked(candidate, op, case, precision, "")
        raise LayoutRefused(f"{op}: {case.manner}: {error}") from error


def _ask(candidate: Any, op: str, case: Case, precision: Precision, manner: str) -> Any:
    earlier = [(one.dialect, tuple(one.arguments.values())) for one in case.prelude]
    kept = earlier.pop()[1] if manner == KEPT else None
    for dialect, arguments in earlier * (OFTEN if manner == ASKED_OFTEN else 1):
        candidate.call(op, dialect, arguments, precision)
    how = {"layout": manner if manner in LAYOUTS else "", "then": kept}
    arrays = candidate.call(op, case.dialect, tuple(case.arguments.values()), precision, SHAPES[op](case), **how)
    return NamedTuple("Answer", [(name, Any) for name in OPS[op].returns])(*arrays)


def _ask_gradient(candidate: Any, op: str, case: Case, precision: Precision, manner: str) -> Any:
    """A case before it is asked for without recording, then with."""
    count = len(OPS[op].arguments)
    how = {"layout": manner if manner in LAYOUTS else "", "manner": manner if manner in MANNERS else ""}
    for earlier in (*case.prelude, case):
        values = tuple(earlier.arguments.values())
        if earlier is not case:
            candidate.call_unrecorded(op, earlier.dialect, values[:count], precision)
        arrays = candidate.gradients(op, earlier.dialect, values[:count], values[count:], precision, **how)
    return NamedTuple("Answer", [(name, Any) for name in OPS[op].wrt])(*arrays)

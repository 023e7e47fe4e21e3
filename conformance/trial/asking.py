"""Asking: a candidate's answer to a case, by the names of the protocol."""

from __future__ import annotations

from typing import Any, NamedTuple, Tuple

from conformance.calling.errors import CandidateError, LayoutRefused
from conformance.calling.frameworks import MANNERS
from conformance.calling.layouts import LAYOUTS
from conformance.cases.case import Call, Case
from conformance.cases.probes.calls import ASKED_OFTEN, BETWEEN, KEPT, OFTEN
from conformance.cases.protocol import OPS
from conformance.judging.rounding import Precision
from refimpl.protocol import shapes


def ask(candidate: Any, op: str, case: Case, precision: Precision, gradient: bool) -> Any:
    """The candidate's answer, by the names of what the op returns; its gradients, by those of the arguments.

    Returns
    -------
    the answer to the last call; a list of the answers to all of them, if every one is judged

    Raises
    ------
    CandidateError, NotServed
        If it gives none. LayoutRefused if it gives one, but not where the arguments lie otherwise in memory.
    """
    try:
        return _ask(candidate, op, case, precision, gradient)
    except CandidateError as error:
        if case.manner not in LAYOUTS:
            raise
        # `view` and its like raise there, which is loud: only a wrong answer is a fault.
        _ask(candidate, op, case.in_manner(""), precision, gradient)
        raise LayoutRefused(f"{op}: {case.manner}: {error}") from error


def _ask(candidate: Any, op: str, case: Case, precision: Precision, gradient: bool) -> Any:
    answered = _pulled_back if gradient else _answered
    if case.every:
        return [answered(candidate, op, call, precision) for call in case.calls]
    earlier, then = list(case.earlier), None
    if case.manner in (KEPT, BETWEEN):
        then = tuple(earlier.pop().arguments.values())
    for call in earlier * (OFTEN if case.manner == ASKED_OFTEN else 1):
        _passed_over(candidate, op, call, precision, gradient)
    return answered(candidate, op, case.last, precision, then)


def _passed_over(candidate: Any, op: str, call: Call, precision: Precision, gradient: bool) -> None:
    """A call whose answer nobody looks at; a gradient is asked for after the op without recording: that may leave nothing."""
    if not gradient:
        candidate.call(op, call.dialect, tuple(call.arguments.values()), precision)
        return
    args, cotangents = _parted(op, call)
    candidate.call_unrecorded(op, call.dialect, args, precision)
    candidate.gradients(op, call.dialect, args, cotangents, precision)


def _parted(op: str, call: Call) -> Tuple[Tuple[Any, ...], Tuple[Any, ...]]:
    """The arguments of the op, optional ones among them, and the cotangents that stand behind them."""
    values = tuple(call.arguments.values())
    count = len(values) - len(OPS[op].cotangents)
    return values[:count], values[count:]


def _answered(candidate: Any, op: str, call: Call, precision: Precision, then: Any = None) -> Any:
    how = {"layout": call.manner if call.manner in LAYOUTS else "", "then": then}
    expected = shapes(OPS[op], call.arguments, call.dialect)
    arrays = candidate.call(op, call.dialect, tuple(call.arguments.values()), precision, expected, **how)
    return NamedTuple("Answer", [(name, Any) for name in OPS[op].returns])(*arrays)


def _pulled_back(candidate: Any, op: str, call: Call, precision: Precision, then: Any = None) -> Any:
    args, cotangents = _parted(op, call)
    how = {name: call.manner if call.manner in of else "" for name, of in (("layout", LAYOUTS), ("manner", MANNERS))}
    if then is not None:
        how.update({"again": then} if call.manner == KEPT else {"then": then[: len(args)]})
    arrays = candidate.gradients(op, call.dialect, args, cotangents, precision, **how)
    return NamedTuple("Answer", [(name, Any) for name in OPS[op].wrt])(*arrays)

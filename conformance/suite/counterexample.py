"""A counterexample as data: what was asked, what came, what was expected, and what is known about the fault."""

from __future__ import annotations

from typing import Any, Dict, Sequence

import numpy as np

from conformance.explaining.fields import Found
from conformance.ops.mutants import Mutant
from conformance.cases.protocol import by_reference
from conformance.cases.codec import number, of_case, without_the_largest, written
from conformance.ops.spec import CLAUSES
from conformance.cases.case import Call, Case
from conformance.cases.probes.calls import NOT_FINITE
from conformance.judging.verdicts import Outcome
from conformance.trial.trial import Trial

NUMBERS = 4096
"""Numbers kept of the arguments of a counterexample; of more, the largest arrays are left out."""


def recorded(outcome: Outcome, failing: Trial, case: Case, findings: Any, again: str) -> Dict[str, Any]:
    """What a report keeps of a break, as JSON.

    Parameters
    ----------
    outcome : of the test that broke
    failing : the trial that failed
    case : the counterexample, with the earlier call it needs
    findings : what an inquiry found out about the break; None if there was none
    again : the command that judges the case again
    """
    error, answer = failing.error, failing.answer
    finding = getattr(error, "finding", None)
    return {
        "dtype": outcome.dtype,
        "event": outcome.event,
        "message": str(error),
        "finding": None if finding is None else _finding(finding),
        **of_case(case, NUMBERS),
        "answer": None if answer is None else _answer(_by_call([one._asdict() for one in answer]) if case.every else answer._asdict()),
        "expected": _answer(expected(outcome.op, CLAUSES[outcome.clause].gradient, case)),
        "bugs": [_bug(mutant) for mutant in findings.named] if findings else [],
        "memory": findings.memory if findings else "",
        "stage": findings.stage.words if findings else "",
        "follows": [findings.stage.op, findings.stage.clause] if findings and findings.stage.clause else None,
        "differs": _differs(findings.fields) if findings and findings.fields else None,
        "hints": [str(hint) for hint in findings.hints] if findings else [],
        "contrast": str(findings.contrast) if findings else "",
        "elsewhere": str(findings.elsewhere) if findings else "",
        "replay": again,
    }


def _differs(found: Found) -> Dict[str, Any]:
    told = {"fields": [list(change) for change in found.changes], "preset": found.preset, "presets": [*found.presets]}
    return {**told, "broken": found.broken, "left": found.left, "still": [*found.still], "words": str(found)}


def expected(op: str, gradient: bool, case: Case) -> Dict[str, Any]:
    """What the reference answers to what is judged of a case."""
    return _by_call([reference(op, gradient, call) for call in case.calls]) if case.every else reference(op, gradient, case)


def _by_call(answers: Sequence[Dict[str, Any]]) -> Dict[str, Any]:
    """Answers to several calls, by the number of the call and the name."""
    return {f"call {i}: {name}": x for i, answer in enumerate(answers) for name, x in answer.items()}


def reference(op: str, gradient: bool, call: Call | Case) -> Dict[str, Any]:
    """What the reference answers in float64, by the names of the protocol; nothing to a number that is none."""
    if call.manner == NOT_FINITE:
        return {}
    with np.errstate(all="ignore"):
        return by_reference(op, gradient, call)


def _answer(answer: Dict[str, Any]) -> Dict[str, Any]:
    """Arrays by name; a scalar is an array without axes."""
    arrays = {name: x if isinstance(x, list) else np.asarray(x) for name, x in answer.items()}
    return without_the_largest(written(arrays), NUMBERS)


def _finding(finding: Any) -> Dict[str, Any]:
    worst = [
        {"at": list(v.at), "expected": number(v.expected), "bound": number(v.bound), "got": number(v.got)}
        for v in finding.values
    ]
    return {"name": finding.name, "wrong": finding.wrong, "of": finding.of, "values": worst}


def _bug(mutant: Mutant) -> Dict[str, Any]:
    return {name: getattr(mutant, name) for name in ("id", "sentence", "seen", "convention", "dialect")}

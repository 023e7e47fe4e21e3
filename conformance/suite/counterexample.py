"""A counterexample as data: what was asked, what came, what was expected, and what is known about the fault."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, Dict

import numpy as np

from conformance.ops.mutants import Mutant
from conformance.cases.protocol import OPS
from conformance.cases.numbers import complete, decoded, encoded, number, without_the_largest
from conformance.ops.spec import CLAUSES
from conformance.cases.case import Case
from conformance.cases.probes import NOT_FINITE
from conformance.judging.verdicts import Outcome
from conformance.trial.trial import Trial
from refimpl import PRESETS, YOLOV8, Dialect

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
        "dialect": _dialect(case.dialect),
        "arguments": _arguments(case),
        "manner": case.manner,
        "prelude": [{"dialect": _dialect(c.dialect), "arguments": _arguments(c)} for c in case.prelude],
        "answer": None if answer is None else _answer(answer._asdict()),
        "expected": _answer(reference(outcome.op, CLAUSES[outcome.clause].gradient, case)),
        "bugs": [_bug(mutant) for mutant in findings.named] if findings else [],
        "memory": findings.memory if findings else "",
        "stage": findings.stage if findings else "",
        "contrast": str(findings.contrast) if findings else "",
        "elsewhere": str(findings.elsewhere) if findings else "",
        "replay": again,
    }


def reference(op: str, gradient: bool, case: Case) -> Dict[str, Any]:
    """What the reference answers in float64, by the names of the protocol; nothing to a number that is none."""
    if case.manner == NOT_FINITE:
        return {}
    names = OPS[op].wrt if gradient else OPS[op].returns
    with np.errstate(all="ignore"):
        found = (OPS[op].vjp if gradient else OPS[op].function)(**case.arguments, dialect=case.dialect)
    return dict(zip(names, found if len(names) > 1 else (found,)))


def case_of(record: Dict[str, Any]) -> Case:
    """The case of a record.

    Raises
    ------
    ValueError
        If some of its numbers were left out.
    """
    prelude = tuple(case_of({**earlier, "prelude": [], "manner": ""}) for earlier in record["prelude"])
    arguments = {name: decoded(value) for name, value in record["arguments"].items()}
    return Case(dialect_of(record), arguments, prelude, record["manner"])


def dialect_of(record: Dict[str, Any]) -> Dialect:
    """The dialect of a record."""
    changes = {name: tuple(x) if isinstance(x, list) else x for name, x in record["dialect"]["changes"].items()}
    return replace(PRESETS[record["dialect"]["preset"]], **changes)


def is_complete(record: Dict[str, Any]) -> bool:
    """Whether the record holds every number of its case."""
    return all(complete(call["arguments"]) for call in (record, *record["prelude"]))


def _arguments(case: Case) -> Dict[str, Any]:
    return without_the_largest({name: encoded(value) for name, value in case.arguments.items()}, NUMBERS)


def _answer(answer: Dict[str, Any]) -> Dict[str, Any]:
    """Arrays by name; a scalar is an array without axes."""
    arrays = {name: x if isinstance(x, list) else np.asarray(x) for name, x in answer.items()}
    return without_the_largest({name: encoded(x) for name, x in arrays.items()}, NUMBERS)


def _finding(finding: Any) -> Dict[str, Any]:
    worst = [
        {"at": list(v.at), "expected": number(v.expected), "bound": number(v.bound), "got": number(v.got)}
        for v in finding.values
    ]
    return {"name": finding.name, "wrong": finding.wrong, "of": finding.of, "values": worst}


def _dialect(dialect: Dialect) -> Dict[str, Any]:
    """The preset, YOLOV8 for one without a name of ours, and the fields in which the dialect differs from it."""
    preset = PRESETS.get(dialect.name, YOLOV8)
    changes = {name: value for name, value in asdict(dialect).items() if getattr(preset, name) != value}
    return {"preset": preset.name, "changes": {n: list(x) if isinstance(x, tuple) else x for n, x in changes.items()}}


def _bug(mutant: Mutant) -> Dict[str, Any]:
    return {name: getattr(mutant, name) for name in ("id", "sentence", "seen", "convention", "dialect")}

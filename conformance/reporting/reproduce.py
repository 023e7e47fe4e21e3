"""Reproduction: the Python that builds a counterexample, asks the candidate, and prints its answer beside the reference's."""

from __future__ import annotations

from typing import Any, Dict, List

import numpy as np

from conformance.cases.protocol import vjp
from conformance.cases.codec import case_of, is_complete
from conformance.ops.spec import CLAUSES
from conformance.cases.case import Call, Case
from refimpl import PRESETS, YOLOV8, Dialect

LONGEST = 12_000
"""Characters of the literal arguments at most; longer ones are read from report.json."""

_HEAD = """\
from dataclasses import replace

import numpy as np
from numpy import inf, nan

import refimpl
from conformance.calling.candidate import Candidate, load
from conformance.cases.case import Call, Case
from conformance.judging.rounding import EVERY_PRECISION
from conformance.trial.asking import ask
"""

_READ = """\
import json

import numpy as np

import refimpl
from conformance.calling.candidate import Candidate, load
from conformance.cases.codec import case_of
from conformance.judging.rounding import EVERY_PRECISION
from conformance.reporting.record import candidates
from conformance.trial.asking import ask

run = json.load(open("report.json", encoding="utf-8"))
judged = next(one for one in candidates(run) if one["word"] == {word!r})
clause = next(one for one in judged["clauses"] if (one["op"], one["id"]) == {key!r})
case = case_of(clause["counterexample"])
"""

_TAIL = """\

factory = load({word!r})
candidate = Candidate(factory, refimpl.PRESETS[{preset!r}], {word!r})
got = ask(candidate, {op!r}, case, EVERY_PRECISION[{dtype!r}], gradient={gradient})
expected = refimpl.{function}(**case.arguments, dialect=case.dialect)

np.set_printoptions(floatmode="unique")
print("candidate:", got)
print("reference:", expected)
"""


def snippet(judged: Dict[str, Any], clause: Dict[str, Any]) -> str:
    """A program that asks the candidate once; "" if the report does not hold the whole case.

    Parameters
    ----------
    judged : record of the candidate
    clause : record of one of its clauses, with a counterexample
    """
    record, op, gradient = clause["counterexample"], clause["op"], CLAUSES[clause["id"]].gradient
    if not is_complete(record):
        return ""
    case = case_of(record)
    head = "\n".join([_HEAD, built(case)])
    if len(head) > LONGEST:
        head = _READ.format(word=judged["word"], key=(op, clause["id"]))
    words = {"word": judged["word"], "preset": PRESETS.get(judged["dialect"], YOLOV8).name, "op": op, "dtype": record["dtype"]}
    return head + _TAIL.format(**words, gradient=gradient, function=vjp(op) if gradient else op)


def built(case: Case) -> str:
    """The statements that make a case."""
    earlier = ["earlier"] if len(case.calls) == 2 else [f"earlier{i}" for i in range(len(case.earlier))]
    names = [*earlier, "call"]
    calls = [_called(*pair) for pair in zip(names, case.calls)]
    return "\n".join([*calls, f"case = Case(({', '.join(names)},){', every=True' if case.every else ''})", ""])


def _called(name: str, call: Call) -> str:
    """The statement that makes a call."""
    arguments = [f'    "{key}": {literal(value)},' for key, value in call.arguments.items()]
    manner = f", {call.manner!r}" if call.manner else ""
    return "\n".join([f"{name} = Call({_dialect(call.dialect)}, {{", *arguments, f"}}{manner})"])


def _dialect(dialect: Dialect) -> str:
    preset = PRESETS.get(dialect.name, YOLOV8)
    changes = "".join(f", {name}={x!r}" for name, x in vars(dialect).items() if x != getattr(preset, name))
    return f'replace(refimpl.PRESETS["{preset.name}"]{changes})'


def literal(value: Any) -> str:
    """A value as Python; floats with all their digits, one row of an array on each line."""
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if not isinstance(value, np.ndarray):
        return repr(value)
    dtype = "" if value.dtype in (np.float64, bool) else f', "{value.dtype.name}"'
    if not value.size:
        return f'np.zeros({value.shape}, "{value.dtype.name}")'
    if value.size > 8 and (value == value.flat[0]).all():
        return f"np.full({value.shape}, {value.flat[0].item()!r}{dtype})"
    if value.ndim > 1 and value.shape[-1] == 1:
        return f"np.array({value.ravel().tolist()!r}{dtype}).reshape({value.shape})"
    return f"np.array({_nested(value.tolist(), value.ndim)}{dtype})"


def _nested(rows: Any, depth: int) -> str:
    """Nested lists; the innermost on a line each."""
    if depth <= 1:
        return repr(rows)
    inner: List[str] = [_nested(row, depth - 1) for row in rows]
    return inner[0].join("[]") if len(inner) == 1 else "[" + (",\n" + " " * 12).join(inner) + "]"

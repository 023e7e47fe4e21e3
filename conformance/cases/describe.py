"""A break in words and numbers, as the user reads it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from conformance.calling.errors import CandidateError
from conformance.ops.spec import CLAUSES
from conformance.cases.case import Case
from conformance.judging.verdicts import Outcome
from refimpl import PRESETS, Dialect


def explain(outcome: Outcome, case: Case, error: Exception) -> str:
    """What the user reads: the clause, what went wrong, and the smallest case in numbers."""
    found = CLAUSES[outcome.clause]
    if isinstance(error, CandidateError):
        head = [f"{outcome.op} ({outcome.dtype}, {outcome.event}) gave no answer that could be judged:"]
    else:
        head = [f"{found.id}  {found.sentence}", f"  {found.formula}   [{found.source}]"]
        head += [f"{outcome.op} ({outcome.dtype}, {outcome.event}):"]
    lines = [*head, *str(error).splitlines(), "smallest case:", *describe(case).splitlines()]
    return "\n".join([head[0], *("  " + line for line in lines[1:])])


def describe(case: Case) -> str:
    """The smallest case as numbers: the calls before it; how its dialect differs from the preset, then each argument."""
    earlier = [f"asked before:\n    {describe(call)}".replace("\n", "\n    ") for call in case.prelude]
    with np.printoptions(threshold=60, precision=9, suppress=True, linewidth=110, edgeitems=4):
        lines = [f"dialect: {_dialect(case.dialect)}"]
        lines += [_assignment(name, value) for name, value in case.arguments.items()]
    return "\n".join([*earlier, *lines])


def _dialect(dialect: Dialect) -> str:
    preset = asdict(PRESETS[dialect.name]) if dialect.name in PRESETS else {}
    changed = [f"{name} {value}" for name, value in asdict(dialect).items() if preset.get(name) != value]
    return f"{dialect.name}" + (f" with {', '.join(changed)}" if changed else "")


def _assignment(name: str, value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], np.ndarray):
        return "\n".join(_assignment(f"{name}[{i}]", item) for i, item in enumerate(value))
    if not isinstance(value, np.ndarray):
        return f"{name} = {value}"
    text = np.array2string(value, separator=", ")
    indent = "\n" + " " * 4
    return f"{name} {value.shape} =" + (indent + text.replace("\n", indent) if "\n" in text else " " + text)

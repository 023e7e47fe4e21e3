"""A break in words and numbers, as the user reads it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from conformance.cases.case import Call, Case
from refimpl import PRESETS, Dialect


def describe(case: Case) -> str:
    """The smallest case as numbers: the calls before it; how its dialect differs from the preset, then each argument."""
    title = "call" if case.every else "asked before"
    earlier = [f"{title}:\n    {called(call)}".replace("\n", "\n    ") for call in case.earlier]
    return "\n".join([*earlier, called(case.last)])


def called(call: Call) -> str:
    """One call as numbers."""
    with np.printoptions(threshold=60, precision=9, suppress=True, linewidth=110, edgeitems=4):
        lines = [f"dialect: {_dialect(call.dialect)}"]
        lines += [_assignment(name, value) for name, value in call.arguments.items()]
    return "\n".join(lines + ([f"how it is called: {call.manner}"] if call.manner else []))


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

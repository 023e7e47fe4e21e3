"""The table of dialects: what each preset describes, and the fields in which it differs."""

from __future__ import annotations

import ast
import inspect
from typing import Dict, Sequence

from conformance.paper import markdown
from refimpl import PRESETS, YOLOV8, Dialect, presets


def dialects() -> str:
    """The presets: what each describes, and the fields in which it differs from YOLOV8."""
    described = _described(ast.parse(inspect.getsource(presets)).body)
    rows = [(f"`{name}`", " ".join(described[name].split()), _differing(preset)) for name, preset in PRESETS.items()]
    return markdown.table(("dialect", "describes", "differs in"), rows) + "\n"


def _differing(preset: Dialect) -> str:
    """The fields of a preset that are not those of YOLOV8."""
    fields = {name: value for name, value in vars(preset).items() if name != "name" and value != getattr(YOLOV8, name)}
    return ", ".join(f"`{name}={value!r}`" for name, value in fields.items()) or "–"


def _described(body: Sequence[ast.stmt]) -> Dict[str, str]:
    """The string below each assignment of a module, by the name assigned to."""
    return {
        first.targets[0].id: second.value.value
        for first, second in zip(body, body[1:])
        if isinstance(first, ast.Assign) and isinstance(second, ast.Expr) and isinstance(second.value, ast.Constant)
    }

"""`--list`: candidates, dialects, ops, gradients and clauses."""

from __future__ import annotations

import json
from typing import Any, Dict

from conformance.calling import loading
from conformance.cases.protocol import GRADIENTS, OPS, vjp
from conformance.ops.requirements import CLAUSES
from refimpl import PRESETS
from refimpl.protocol import Op
from refimpl.signature import Operand


def show(as_json: bool) -> int:
    """Print the listing. Returns 0."""
    print(text(as_json))
    return 0


def text(as_json: bool) -> str:
    """The listing as lines, or as one JSON object."""
    if as_json:
        return json.dumps(_entries(), indent=2)
    lines = []
    for title, entries in {**_entries(), "ops": {op: _with_shapes(OPS[op]) for op in OPS}}.items():
        lines.append(f"{title}:")
        lines += [f"  {name:18} {entries[name]}" if isinstance(entries, dict) else f"  {name}" for name in entries]
    return "\n".join(lines)


def _entries() -> Dict[str, Any]:
    return {
        "candidates": {name: entry.value for name, entry in loading.known().items()},
        "dialects": list(PRESETS),
        "ops": {name: _by_name(op) for name, op in OPS.items()},
        "gradients": {vjp(name): _by_name(op.gradient) for name, op in GRADIENTS.items()},
        "clauses": {clause.id: clause.sentence for clause in CLAUSES.values()},
    }


def _by_name(op: Op) -> str:
    return f"{op.call} -> {', '.join(op.returns)}"


def _with_shapes(op: Op) -> str:
    takes, gives = (", ".join(map(_told, side)) for side in (op.takes, op.gives))
    return f"{takes} -> {gives}"


def _told(operand: Operand) -> str:
    """Its name, the shape of an array, kind and unit: "boxes1 (N, 4) xyxy px"; a list of arrays ends in "· L", one that may be left out in "?"."""
    shape = operand.shape if operand.axes and not operand.plain else ""
    many = f"· {operand.many}" if operand.many else ""
    kind = operand.kind if operand.kind != "number" else ""
    return " ".join(filter(None, (operand.name + "?" * operand.optional, shape, many, kind, operand.unit)))

"""`--list`: candidates, dialects, ops, gradients and clauses."""

from __future__ import annotations

import json
from typing import Any, Dict

from conformance.calling import loading
from conformance.cases.protocol import GRADIENTS, OPS, vjp
from conformance.ops.requirements import CLAUSES
from refimpl import PRESETS


def show(as_json: bool) -> int:
    """Print the listing. Returns 0."""
    print(text(as_json))
    return 0


def text(as_json: bool) -> str:
    """The listing as lines, or as one JSON object."""
    if as_json:
        return json.dumps(_entries(), indent=2)
    lines = []
    for title, entries in _entries().items():
        lines.append(f"{title}:")
        lines += [f"  {name:18} {entries[name]}" if isinstance(entries, dict) else f"  {name}" for name in entries]
    return "\n".join(lines)


def _entries() -> Dict[str, Any]:
    return {
        "candidates": {name: entry.value for name, entry in loading.known().items()},
        "dialects": list(PRESETS),
        "ops": {op: f"({', '.join(names.arguments)}) -> {', '.join(names.returns)}" for op, names in OPS.items()},
        "gradients": {
            vjp(op): f"({', '.join(OPS[op].arguments + gradient.cotangents)}) -> {', '.join(gradient.wrt)}"
            for op, gradient in GRADIENTS.items()
        },
        "clauses": {clause.id: clause.sentence for clause in CLAUSES.values()},
    }

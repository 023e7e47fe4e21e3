"""The protocol: the ops a candidate may offer, those of the reference and those of families installed beside it."""

from __future__ import annotations

import dataclasses
import re
from importlib import metadata
from types import ModuleType
from typing import Any, Dict, Tuple

from refimpl import Dialect
from refimpl.protocol import OPS, Op

__all__ = ["GRADIENTS", "INSTALLED", "OPS", "Op", "by_reference", "entries", "fields_read", "vjp"]

GROUP = "conformance.families"
"""Entry points of families of ops of one's own: `name = package`, which registers its ops when it is imported."""


def entries(group: str) -> Dict[str, metadata.EntryPoint]:
    """The entry points of a group, by name. Before Python 3.10 they cannot be asked for by it, and a package that lies on
    two paths is told of twice."""
    found = metadata.entry_points()
    named = found.select(group=group) if hasattr(found, "select") else found.get(group, ())
    return {entry.name: entry for entry in named}


INSTALLED: Tuple[ModuleType, ...] = tuple(entry.load() for entry in entries(GROUP).values())
"""Packages of families that are installed beside this package."""

GRADIENTS: Dict[str, Op] = {name: op for name, op in OPS.items() if op.wrt}
"""The ops whose gradient is judged. `<op>_vjp` takes the arguments of the op, then the cotangents, and returns the gradients."""


def vjp(op: str) -> str:
    """Name of the function that pulls the cotangents of an op back to its arguments."""
    return f"{op}_vjp"


def by_reference(op: str, gradient: bool, call: Any) -> Dict[str, Any]:
    """What the reference makes of the arguments and the dialect of a call, by the names of the results, or of the gradients."""
    made = (OPS[op].vjp if gradient else OPS[op].function)(**call.arguments, dialect=call.dialect)
    names = OPS[op].wrt if gradient else OPS[op].returns
    return dict(zip(names, made if len(names) > 1 else (made,)))


def fields_read(op: Op) -> Tuple[str, ...]:
    """The fields of a dialect that the reference reads in an op, as its docstring says; "all" are those of the head."""
    said = re.search(r"^( *)dialect : (.*(?:\n\1 +.*)*)", op.function.__doc__ or "", re.MULTILINE)
    words = set(re.findall(r"\w+", said[2])) if said else set()
    if "all" in words:
        return tuple(name for name in Dialect.__annotations__ if name != "name")
    return tuple(field.name for field in dataclasses.fields(Dialect) if field.name in words)

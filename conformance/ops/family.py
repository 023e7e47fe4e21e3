"""Families: a folder for each, which holds all that is known of its ops beside their reference functions.

A family is a package. Its `__init__` has a docstring, `TITLE` and `OPS`, the reference functions. What else is known of
an op stands in its modules, as tables by op or as tuples: see `PARTS`. What is missing is an error that names it.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from types import ModuleType
from typing import Any, Dict, List, NamedTuple, Tuple

from conformance.cases.protocol import INSTALLED, OPS, vjp

BUILT_IN = ("anchors", "boxes", "overlaps", "targets", "assigner", "losses", "head", "end_to_end", "nms", "images", "regions", "pooling", "training")
"""The folders beside this module, in the order of the protocol."""


class Omitted(LookupError):
    """A family lacks something that every op has."""


class Part(NamedTuple):
    """Where a part stands: modules whose names begin with `module`, and the name of its table; whether each op needs it."""

    module: str
    table: str
    needed: bool = True


PARTS: Dict[str, Part] = {
    "clauses": Part("clauses", "CLAUSES"),
    "cases": Part("cases", "CASES"),
    "gradient cases": Part("gradients", "GRADIENT_CASES"),
    "pictures": Part("picture", "PICTURES"),
    "worked example": Part("worked", "WORKED"),
    "golden cases": Part("golden", "GOLDEN"),
    "golden answer": Part("exact", "ANSWERS"),
    "golden bounds": Part("golden", "BOUNDS", needed=False),
    "golden legal sets": Part("golden", "LEGAL_SETS", needed=False),
    "golden choices": Part("golden", "CHOICES", needed=False),
    "golden cases of seeds": Part("seed", "CASES", needed=False),
    "errata of seeds": Part("seed", "ERRATA", needed=False),
    "pages": Part("page", "PAGES", needed=False),
    "overview": Part("overview", "OVERVIEW", needed=False),
    "usage": Part("usage", "USAGE", needed=False),
    "made of": Part("made_of", "MADE_OF", needed=False),
    "optional arguments": Part("cases", "OPTIONAL", needed=False),
    "who does otherwise": Part("otherwise", "OTHERWISE", needed=False),
    "numbers": Part("numbers", "NUMBERS", needed=False),
    "fixes": Part("fixes", "FIXES", needed=False),
    "porting": Part("porting", "PORTING", needed=False),
}
"""What a family says of its ops. Tables are dicts by op, or by `<op>_vjp`; clauses, golden cases and rows are tuples."""


TABLES = ("cases", "gradient cases", "pictures", "worked example", "golden answer")
"""Those of the parts that every op needs whose tables are dicts."""


class Family(NamedTuple):
    """name; title; package; names of its ops."""

    name: str
    title: str
    package: ModuleType
    ops: Tuple[str, ...]

    def modules(self, prefix: str) -> List[ModuleType]:
        """Its modules whose names begin so, imported."""
        return [importlib.import_module(f"{self.package.__name__}.{name}") for name in _modules(self.package) if name.startswith(prefix)]

    def tables(self, part: str) -> List[Any]:
        """The tables of a part, one for each module that has it."""
        found = [getattr(module, PARTS[part].table, None) for module in self.modules(PARTS[part].module)]
        return [table for table in found if table is not None]


@functools.lru_cache(maxsize=None)
def _modules(package: ModuleType) -> Tuple[str, ...]:
    """The names of the modules in a package, sorted. A folder is read once: every table is asked for thousands of times."""
    return tuple(sorted(info.name for info in pkgutil.iter_modules(package.__path__)))


@functools.lru_cache(maxsize=None)
def families() -> Tuple[Family, ...]:
    """All families, those of this package first, then those that are installed beside it."""
    built_in = (importlib.import_module(f"{__package__}.{name}") for name in BUILT_IN)
    return tuple(_family(package) for package in (*built_in, *INSTALLED))


def _family(package: ModuleType) -> Family:
    for name in ("TITLE", "OPS"):
        if not hasattr(package, name):
            raise Omitted(f"family {package.__name__}: expected {name} in its __init__, got none")
    ops = tuple(function.__name__ for function in package.OPS)
    return Family(package.__name__.rpartition(".")[2], package.TITLE, package, ops)


@functools.lru_cache(maxsize=None)
def family_of(op: str) -> Family:
    """The family of an op.

    Raises
    ------
    Omitted
        If no family has it.
    """
    for family in families():
        if op in family.ops:
            return family
    raise Omitted(f"op {op!r}: expected in OPS of one family, got it in none of {', '.join(f.name for f in families())}")


def of(op: str, part: str, function: str = "") -> Any:
    """What the family of an op says of it.

    Parameters
    ----------
    part : a key of `PARTS` whose tables are dicts
    function : the key of the table; the op by default

    Raises
    ------
    Omitted
        If it is needed and missing; names the op, the part and the module to write it in. None if it is not needed.
    """
    family, key = family_of(op), function or op
    for table in family.tables(part):
        if key in table:
            return table[key]
    if not PARTS[part].needed:
        return None
    raise omitted(op, _place(family, part, key))


def omitted(op: str, *places: str) -> Omitted:
    """The error that an op lacks something: these places first, then all others where something is missing."""
    family, gradients = family_of(op), [vjp(op)] if OPS[op].wrt else []
    if gradients and OPS[op].vjp is None:
        places = (*places, f"a gradient {vjp(op)}, since {', '.join(f'{name}~' for name in OPS[op].wrt)} asks for one")
    keys = {"gradient cases": [op] if gradients else [], "golden answer": [op, *gradients]}
    missing = [
        _place(family, part, key)
        for part in TABLES
        for key in keys.get(part, [op])
        if not any(key in table for table in family.tables(part))
    ]
    if not any(op in clause.ops for clause in rows("clauses")):
        missing.append(_place(family, "clauses", op))
    if not any(case.op == op for case in rows("golden cases")):
        missing.append(_place(family, "golden cases", op))
    return Omitted(f"op {op!r}: expected {', '.join(dict.fromkeys((*places, *missing)))}, got none")


def _place(family: Family, part: str, key: str) -> str:
    return f"{part} of {key} in {family.package.__name__}.{PARTS[part].module}.{PARTS[part].table}"


def rows(part: str) -> Tuple[Any, ...]:
    """The rows of a part whose tables are tuples, over all families."""
    return tuple(row for family in families() for table in family.tables(part) for row in table)


def ops() -> Tuple[str, ...]:
    """All ops in the order of the families, which is that of the protocol."""
    named = tuple(op for family in families() for op in family.ops)
    lost = [op for op in OPS if op not in named]
    if lost:
        raise Omitted(f"ops {', '.join(lost)}: expected in OPS of a family, got none")
    return named

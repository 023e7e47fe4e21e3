"""What the docstring of a reference function says, taken apart: headline, formula, decisions, parameters."""

from __future__ import annotations

import dataclasses
import inspect
import re
from typing import Callable, Dict, NamedTuple, Tuple

from refimpl import Dialect


class Contract(NamedTuple):
    """A docstring in its parts.

    Attributes
    ----------
    name : of the function.
    headline : the first line, without the clause ids behind it.
    formula : the indented lines, as they stand.
    prose : the paragraphs between the formula and the parameters, one string each.
    parameters : name or names as written -> type, shape, unit.
    returns : what stands under Returns; "" if that is said elsewhere.
    """

    name: str
    headline: str
    formula: Tuple[str, ...]
    prose: Tuple[str, ...]
    parameters: Dict[str, str]
    returns: str


class NoFormula(Exception):
    """A function of the reference has no formula in its docstring, so there is nothing to write a page from."""


FIELDS = tuple(field.name for field in dataclasses.fields(Dialect) if field.name != "name")
"""The decisions and hyperparameters of a dialect."""

_SECTION = re.compile(r"^(Parameters|Returns|Raises|Attributes)\n-+\n", re.MULTILINE)
_REFERRED = re.compile(r"\s*Parameters, Returns and Raises are those of `\w+`[^.]*\.", re.DOTALL)
_ENTRY = re.compile(r"^(\S.*?) : (.*(?:\n .*)*)", re.MULTILINE)


def contract(function: Callable[..., object]) -> Contract:
    """Take the docstring of a function apart.

    Raises
    ------
    NoFormula
        If no indented line follows the first paragraph.
    """
    text = re.sub(r"(?ms)^>>> .*", "", inspect.getdoc(function) or "")
    before, *sections = _SECTION.split(text)
    bodies = dict(zip(sections[::2], sections[1::2]))
    headline, *blocks = [block for block in before.split("\n\n") if block.strip()] or [""]
    formulas = [block for block in blocks if block.startswith("    ")]
    if not formulas:
        raise NoFormula(f"{function.__name__}: expected a formula, indented below the first line, got {headline!r}")
    prose = (_REFERRED.sub("", block) for block in blocks if block not in formulas)
    return Contract(
        function.__name__,
        re.sub(r"\s*\[[^\]]*\]$", "", headline.strip()),
        tuple(line.strip() for line in "\n".join(formulas).splitlines()),
        tuple(" ".join(block.split()) for block in prose if block.strip()),
        entries(bodies.get("Parameters", "")),
        " ".join(bodies.get("Returns", "").split()),
    )


def entries(body: str) -> Dict[str, str]:
    """The `name : meaning` lines of a section, a meaning that goes over several lines joined."""
    return {name: " ".join(meaning.split()) for name, meaning in _ENTRY.findall(body)}


def dialect_fields() -> Dict[str, str]:
    """What each field of a dialect means, from its docstring; `alpha, beta` is said of both."""
    body = _SECTION.split(inspect.getdoc(Dialect) or "")[-1]
    return {name: meaning for names, meaning in entries(body).items() for name in names.split(", ")}


def reads(contract: Contract) -> Tuple[str, ...]:
    """The fields of the dialect a function reads, as its docstring says."""
    said = contract.parameters.get("dialect", "")
    if said.startswith("all fields"):
        return FIELDS
    return tuple(field for field in FIELDS if re.search(rf"\b{field}\b", said))

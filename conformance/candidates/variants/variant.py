"""What a variant is: a correct candidate that differs from the dense ones in a way that the protocol leaves open."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import re
from typing import Any, Callable, Dict, NamedTuple

from conformance.candidates.dense_numpy import DenseNumPy
from conformance.cases.protocol import GRADIENTS, OPS, vjp


class Variant(NamedTuple):
    """A correct candidate: id in kebab-case, a sentence on how it differs, its framework, and what makes it."""

    id: str
    sentence: str
    framework: str
    factory: Callable[[Any], Any]


VARIANTS: Dict[str, Variant] = {}
"""All variants by id, those of a framework that is not installed left out."""


def variant(sentence: str) -> Callable[[type], type]:
    """Register a class of candidates under its name with dashes.

    Raises
    ------
    ValueError
        If the name is taken.
    """

    def register(candidate: type) -> type:
        candidate.name = _dashed(candidate.__name__)
        _add(Variant(candidate.name, sentence, "numpy", candidate))
        return candidate

    return register


def around(sentence: str) -> Callable[[Callable], Callable]:
    """Register a function `(op, *arguments)` that does something before or after every op of the dense NumPy candidate.

    Raises
    ------
    ValueError
        If the name is taken.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        id = _dashed(function.__name__)
        _add(Variant(id, sentence, "numpy", functools.partial(Around, function, id)))
        return function

    return register


class Around:
    """The dense NumPy candidate, every op and gradient called through one function."""

    def __init__(self, function: Callable[..., Any], name: str, dialect: Any) -> None:
        self.name, candidate = name, DenseNumPy(dialect)
        for op in filter(functools.partial(hasattr, candidate), (*OPS, *map(vjp, GRADIENTS))):
            setattr(self, op, functools.partial(function, getattr(candidate, op)))


def on_demand(framework: str, module: str, **sentences: str) -> None:
    """Register classes of a module that is imported when one of them is made; if the framework is installed.

    Parameters
    ----------
    module : with the framework's name before it, a module beside this one
    sentences : by the name of the class; the id is that name with dashes, after the framework

    Raises
    ------
    ValueError
        If a name is taken.
    """
    if importlib.util.find_spec(framework) is None:
        return
    where = f"{__package__}.{framework}_{module}"
    for name, sentence in sentences.items():
        id = f"{framework}-{_dashed(name)}"
        _add(Variant(id, sentence, framework, functools.partial(_late, where, name, id)))


def _late(module: str, name: str, id: str, dialect: Any) -> Any:
    made = getattr(importlib.import_module(module), name)(dialect)
    made.name = id
    return made


def _dashed(name: str) -> str:
    """`SparsePairs` or `sparse_pairs` as `sparse-pairs`."""
    return re.sub(r"_|(?<!^)(?=[A-Z])", "-", name).lower()


def _add(variant: Variant) -> None:
    if variant.id in VARIANTS:
        raise ValueError(f"variant {variant.id!r}: expected a new name")
    VARIANTS[variant.id] = variant

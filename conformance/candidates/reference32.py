"""The reference itself in the precision of its inputs: the very same source, so the first that no judge may accuse."""

from __future__ import annotations

import functools
from types import SimpleNamespace
from typing import Any, Callable

import numpy as np

import refimpl
from conformance.cases.protocol import GRADIENTS, OPS, vjp


class Native(np.ndarray):
    """An array that `refimpl` takes for a number type of its own, and so does not convert to float64."""

    # Above that of plain arrays, or joining several would give one of them.
    __array_priority__ = 1.0


def factory(dialect: refimpl.Dialect) -> SimpleNamespace:
    """All ops of the protocol and their gradients, each the reference's own function."""
    names = [*OPS, *map(vjp, GRADIENTS)]
    ops = {name: functools.partial(_native, getattr(refimpl, name), dialect) for name in names}
    return SimpleNamespace(name="reference32", framework="numpy", **ops)


def _native(function: Callable[..., Any], dialect: refimpl.Dialect, *arguments: Any) -> Any:
    return _plain(function(*map(_viewed, arguments), dialect=dialect))


def _plain(result: Any) -> Any:
    """Results as plain arrays, in the lists and tuples they came in."""
    if isinstance(result, (list, tuple)):
        return [*map(_plain, result)] if isinstance(result, list) else tuple(map(_plain, result))
    return np.asarray(result)


def _viewed(argument: Any) -> Any:
    """Float arrays, also within a list, as `Native`; everything else as it is."""
    if isinstance(argument, list):
        return [_viewed(element) for element in argument]
    if isinstance(argument, np.ndarray) and argument.dtype.kind == "f":
        return argument.view(Native)
    return argument

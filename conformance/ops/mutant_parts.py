"""How a fault is built out of right ops: with another constant, or with one step of an op exchanged."""

from __future__ import annotations

import dataclasses
from typing import Any, Callable

from conformance.ops.right import Right


def under(self: Right, **fields: Any) -> Right:
    """The right candidate for the dialect with other fields."""
    return Right(dataclasses.replace(self.dialect, **fields))


def having(self: Right, **steps: Callable[..., Any]) -> Right:
    """The right candidate with other ops in place of some; each is called with the right op and its arguments."""
    part = Right(self.dialect)
    for op, step in steps.items():
        setattr(part, op, _bound(step, getattr(part, op)))
    return part


def _bound(step: Callable[..., Any], right: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *arguments: step(right, *arguments)

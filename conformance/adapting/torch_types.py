"""Torch: the float type an implementation makes its own tensors in, and probabilities where it expects logits."""

from __future__ import annotations

import functools
from typing import Any, Callable

import torch
import torch.nn.functional as F


def in_own_dtype(candidate: type) -> type:
    """Run each op of a class with torch's default float type, that of tensors it makes, set to that of its arguments.

    Without it `torch.zeros(n)` in an implementation is float32 in a float64 call, and an indexed write between the two raises.
    """
    for name, op in list(vars(candidate).items()):
        if callable(op) and not name.startswith("_"):
            setattr(candidate, name, _guarded(op))
    return candidate


def _guarded(op: Callable[..., Any]) -> Callable[..., Any]:
    def run(self: Any, *args: Any) -> Any:
        values = [value for arg in args for value in (arg if isinstance(arg, list) else [arg])]
        floats = [value.dtype for value in values if torch.is_tensor(value) and value.is_floating_point()]
        before = torch.get_default_dtype()
        torch.set_default_dtype((floats or [before])[0])
        try:
            return op(self, *args)
        finally:
            torch.set_default_dtype(before)

    return functools.wraps(op)(run)


class Probabilities(torch.Tensor):
    """Probabilities for code that expects logits: their sigmoid is themselves, and so is that of any part of them.

    To take the logarithm of the odds instead would round what the assigner is given.
    """

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if function in (torch.sigmoid, torch.Tensor.sigmoid, F.sigmoid, torch.special.expit):
            return args[0].as_subclass(torch.Tensor)
        return super().__torch_function__(function, types, args, kwargs or {})


def probabilities(scores: torch.Tensor) -> Probabilities:
    """The same values as a tensor whose sigmoid is itself."""
    return scores.detach().as_subclass(Probabilities)

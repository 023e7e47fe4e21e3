"""MindSpore, run eagerly: tensors from arrays, gradients from `mindspore.grad` of the weighted sum."""

from __future__ import annotations

from typing import Any, Callable, List, Sequence

import mindspore
import numpy as np

from conformance.adapting.bridges.functional import folded, weighted

mindspore.set_context(mode=mindspore.PYNATIVE_MODE)


def to_tensor(array: np.ndarray) -> mindspore.Tensor:
    """A tensor of the same type."""
    return mindspore.Tensor(array)


def to_array(value: Any) -> np.ndarray:
    """A copy as an array."""
    return np.array(value.asnumpy() if isinstance(value, mindspore.Tensor) else value)


def vjp(function: Callable, arguments: Sequence[Any], wrt: Sequence[int], cotangents: Sequence[Any]) -> List[Any]:
    """Gradients of Σ cotangent · result by the arguments in `wrt`."""
    total, leaves = weighted(function, arguments, wrt, cotangents)
    found = mindspore.grad(total, grad_position=tuple(range(len(leaves))))(*leaves)
    return folded(found if isinstance(found, (tuple, list)) else [found], arguments, wrt)

"""PaddlePaddle: tensors from arrays, gradients from `paddle.grad`."""

from __future__ import annotations

import contextlib
from typing import Any, Callable, Iterator, List, Sequence

import numpy as np
import paddle


@contextlib.contextmanager
def computing_in(dtype: np.dtype) -> Iterator[None]:
    """A context in which tensors that the candidate makes are of this type."""
    before = paddle.get_default_dtype()
    paddle.set_default_dtype(str(dtype))
    try:
        yield
    finally:
        paddle.set_default_dtype(before)


def to_tensor(array: np.ndarray) -> paddle.Tensor:
    """A tensor of the same type."""
    return paddle.to_tensor(array)


def to_array(value: Any) -> np.ndarray:
    """A copy as an array."""
    return np.array(value.numpy() if isinstance(value, paddle.Tensor) else value)


def vjp(function: Callable, arguments: Sequence[Any], wrt: Sequence[int], cotangents: Sequence[Any]) -> List[Any]:
    """Gradients of Σ cotangent · result by the arguments in `wrt`; 0 where nothing flows."""
    given = list(arguments)
    leaves: List[paddle.Tensor] = []

    def leaf(value: paddle.Tensor) -> paddle.Tensor:
        leaves.append(value.detach())
        leaves[-1].stop_gradient = False
        return leaves[-1] * 1  # not a leaf, like the activations of a network

    for i in wrt:
        given[i] = [leaf(value) for value in given[i]] if isinstance(given[i], list) else leaf(given[i])
    results = function(*given)
    pairs = list(zip(results if isinstance(results, (tuple, list)) else [results], cotangents))
    reached = [(result, c.astype(result.dtype).reshape(result.shape)) for result, c in pairs if not result.stop_gradient]
    found: List[Any] = [None] * len(leaves)
    if reached:
        found = paddle.grad([r for r, _ in reached], leaves, [c for _, c in reached], allow_unused=True)
    filled = iter([paddle.zeros_like(x) if g is None else g for x, g in zip(leaves, found)])
    return [[next(filled) for _ in arguments[i]] if isinstance(arguments[i], list) else next(filled) for i in wrt]

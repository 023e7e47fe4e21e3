"""MLX: arrays both ways, gradients from `mx.vjp` of the weighted sum. On a CPU it computes in float32."""

from __future__ import annotations

from typing import Any, Callable, List, Sequence

import mlx.core as mx
import numpy as np

from conformance.adapting.bridges.functional import folded, weighted


def to_tensor(array: np.ndarray) -> mx.array:
    """An array of MLX; whole numbers as int32, which its indexing takes."""
    return mx.array(array.astype(np.int32) if array.dtype == np.int64 else array)


def to_array(value: Any) -> np.ndarray:
    """A copy as an array."""
    return np.array(value)


def vjp(function: Callable, arguments: Sequence[Any], wrt: Sequence[int], cotangents: Sequence[Any]) -> List[Any]:
    """Gradients of Σ cotangent · result by the arguments in `wrt`."""
    total, leaves = weighted(function, arguments, wrt, cotangents)
    found = mx.grad(total, argnums=tuple(range(len(leaves))))(*leaves)
    return folded(found if isinstance(found, (tuple, list)) else [found], arguments, wrt)

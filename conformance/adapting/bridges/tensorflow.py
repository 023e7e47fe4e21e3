"""TensorFlow, run eagerly: tensors from arrays, gradients from a tape."""

from __future__ import annotations

from typing import Any, Callable, List, Sequence

import numpy as np
import tensorflow as tf

from conformance.adapting.bridges.functional import folded


def to_tensor(array: np.ndarray) -> tf.Tensor:
    """A tensor of the same type."""
    return tf.constant(array)


def to_array(value: Any) -> np.ndarray:
    """A copy as an array; gradients that touch a few rows only are filled up with 0."""
    return np.array(tf.convert_to_tensor(value) if tf.is_tensor(value) else value)


def vjp(function: Callable, arguments: Sequence[Any], wrt: Sequence[int], cotangents: Sequence[Any]) -> List[Any]:
    """Gradients of Σ cotangent · result by the arguments in `wrt`; 0 where nothing flows."""
    flat = [leaf for i in wrt for leaf in (arguments[i] if isinstance(arguments[i], list) else [arguments[i]])]
    with tf.GradientTape() as tape:
        for leaf in flat:
            tape.watch(leaf)
        results = function(*arguments)
    results = list(results) if isinstance(results, (tuple, list)) else [results]
    found = tape.gradient(results[: len(cotangents)], flat, list(cotangents))
    return folded([tf.zeros_like(x) if g is None else g for x, g in zip(flat, found)], arguments, wrt)

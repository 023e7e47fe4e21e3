"""JAX: arrays go in as immutable arrays, and gradients come from `jax.vjp`."""

from __future__ import annotations

import contextlib
import itertools
from typing import Any, Callable, Iterator, List, Sequence

import jax
import jax.experimental
import jax.numpy as jnp
import numpy as np

_enable_x64 = (jax if hasattr(jax, "enable_x64") else jax.experimental).enable_x64
"""Where releases have it, or, before 0.8, had it."""


_KEPT = 500
"""Calls for which compiled programs are kept: some thousands, one for each shape, are more than a process can map."""

_calls = itertools.count(1)


@contextlib.contextmanager
def computing_in(dtype: np.dtype) -> Iterator[None]:
    """A context in which this thread has arrays of 64 bits if `dtype` has them, and of 32 bits at most if not."""
    with _enable_x64(dtype == np.float64):
        yield
    if next(_calls) % _KEPT == 0:
        jax.clear_caches()


def to_tensor(array: np.ndarray, device: str) -> jax.Array:
    """An array on the candidate's device, `cpu` or `cuda:1` say; of 32 bits unless those of 64 are on."""
    platform, _, index = device.partition(":")
    return jax.device_put(array, jax.devices(platform)[int(index or 0)])


def narrowed(tensor: jax.Array, dtype: str) -> jax.Array:
    """The array in a float type that NumPy lacks; what it holds is a number of it."""
    return tensor.astype(dtype)


def to_array(value: Any) -> np.ndarray:
    """A copy in the same dtype, once it is computed; float types that NumPy lacks, such as bfloat16, as float32."""
    array = np.array(value)
    return array.astype(np.float32) if array.dtype.kind == "V" and jnp.issubdtype(array.dtype, jnp.floating) else array


def vjp(
    function: Callable[..., Any], arguments: Sequence[Any], wrt: Sequence[int], cotangents: Sequence[jax.Array], manner: str,
    between: Callable[[], None] = lambda: None,
) -> List[Any]:
    """Gradients of Σ cotangent · result by `jax.vjp`; 0 where nothing flows.

    Parameters
    ----------
    function : called with the arguments; those not in `wrt` are constants, and keep their values while it is traced
    arguments : arrays, lists of arrays, and anything else, which passes as it is
    wrt : positions of the arguments to differentiate by
    cotangents : one for each of the first results
    manner : as in `MANNERS`
    between : called after the results, before their gradients

    Returns
    -------
    an array, or a list of arrays, for each of those arguments
    """
    if manner == "one argument alone":
        return [vjp(function, arguments, [i], cotangents, "")[0] for i in wrt]

    def differentiated(*leaves: Any) -> List[jax.Array]:
        given = dict(zip(wrt, leaves))
        results = function(*(given.get(i, argument) for i, argument in enumerate(arguments)))
        results = results if isinstance(results, (tuple, list)) else (results,)
        return [jnp.asarray(result, cotangent.dtype) for result, cotangent in zip(results, cotangents)]

    _, pull = jax.vjp(differentiated, *(arguments[i] for i in wrt))
    between()
    if manner == "backward twice":
        pull(list(cotangents))
    return list(jax.block_until_ready(pull(list(cotangents))))

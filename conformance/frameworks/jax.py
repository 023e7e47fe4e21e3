"""JAX: arrays go in as immutable arrays, and gradients come from `jax.vjp`."""

from __future__ import annotations

from typing import Any, Callable, ContextManager, List, Sequence

import jax
import jax.numpy as jnp
import numpy as np


def computing_in(dtype: np.dtype) -> ContextManager[Any]:
    """A context in which this thread has arrays of 64 bits (`jax_enable_x64`) if `dtype` has them, else none."""
    return jax.enable_x64(dtype == np.float64)


def to_tensor(array: np.ndarray, device: str) -> jax.Array:
    """An array on the candidate's device, `cpu` or `cuda:1` say; of 32 bits unless those of 64 are on."""
    platform, _, index = device.partition(":")
    return jax.device_put(array, jax.devices(platform)[int(index or 0)])


def to_array(value: Any) -> np.ndarray:
    """A copy in the same dtype, once it is computed; float types that NumPy lacks, such as bfloat16, as float32."""
    array = np.array(value)
    return array.astype(np.float32) if array.dtype.kind == "V" and jnp.issubdtype(array.dtype, jnp.floating) else array


def vjp(
    function: Callable[..., Any], arguments: Sequence[Any], wrt: Sequence[int], cotangents: Sequence[jax.Array]
) -> List[Any]:
    """Gradients of Σ cotangent · result by `jax.vjp`; 0 where nothing flows.

    Parameters
    ----------
    function : called with the arguments; those not in `wrt` are constants, and keep their values while it is traced
    arguments : arrays, lists of arrays, and anything else, which passes as it is
    wrt : positions of the arguments to differentiate by
    cotangents : one for each of the first results

    Returns
    -------
    an array, or a list of arrays, for each of those arguments
    """

    def differentiated(*leaves: Any) -> List[jax.Array]:
        given = dict(zip(wrt, leaves))
        results = function(*(given.get(i, argument) for i, argument in enumerate(arguments)))
        results = results if isinstance(results, (tuple, list)) else (results,)
        return [jnp.asarray(result, cotangent.dtype) for result, cotangent in zip(results, cotangents)]

    leaves = [arguments[i] for i in wrt]
    _, pull = jax.vjp(differentiated, *leaves)
    return jax.block_until_ready([jax.tree.map(_dense, g, leaf) for g, leaf in zip(pull(list(cotangents)), leaves)])


def _dense(gradient: Any, argument: jax.Array) -> jax.Array:
    """Zeros for the gradient by an integer, which has the type of a nothing, `float0`."""
    return jnp.zeros_like(argument) if gradient.dtype == jax.dtypes.float0 else gradient

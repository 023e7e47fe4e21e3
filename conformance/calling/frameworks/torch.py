"""PyTorch: the one place that imports it."""

from __future__ import annotations

import contextlib
from typing import Any, Callable, Iterator, List, Sequence

import numpy as np
import torch

from conformance.calling.errors import CandidateError

_KNOWN_TO_NUMPY = (torch.float16, torch.float32, torch.float64)

WRITABLE = True
"""A candidate can change the tensors it is given."""

no_gradients = torch.no_grad
"""A context in which nothing is recorded."""


@contextlib.contextmanager
def computing_in(dtype: np.dtype) -> Iterator[None]:
    """A context at whose end the settings of PyTorch are as before it.

    A candidate that changes them in one op would decide how others are computed, its own and its user's.

    Raises
    ------
    CandidateError
        If the candidate left a setting changed. It is put back all the same.
    """
    before = {name: read() for name, (read, _) in _SETTINGS.items()}
    changed = {}
    try:
        yield
    finally:
        for name, (read, put_back) in _SETTINGS.items():
            if read() != before[name]:
                changed[name] = read()
                put_back(before[name])
    if changed:
        told = ", ".join(f"{name} {value} for {before[name]}" for name, value in changed.items())
        raise CandidateError(f"left behind in PyTorch: {told}; an op puts back what it sets")


_SETTINGS = {
    "default dtype": (torch.get_default_dtype, torch.set_default_dtype),
    "number of threads": (torch.get_num_threads, torch.set_num_threads),
    "recording of gradients": (torch.is_grad_enabled, torch.set_grad_enabled),
}
"""Settings that every caller shares: how each is read and set."""


def to_tensor(array: np.ndarray, device: str) -> torch.Tensor:
    """A tensor on the candidate's device, with the strides of the array."""
    if array.size > 1 and not any(array.strides):
        return torch.from_numpy(np.array(array.flat[0])).to(device).expand(array.shape)
    return torch.from_numpy(array).to(device)


def narrowed(tensor: torch.Tensor, dtype: str) -> torch.Tensor:
    """The tensor in a float type that NumPy lacks; what it holds is a number of it."""
    return tensor.to(getattr(torch, dtype))


def to_array(value: Any) -> np.ndarray:
    """A copy in the same dtype; float types that NumPy lacks, such as bfloat16, come back as float32."""
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu()
        if value.is_floating_point() and value.dtype not in _KNOWN_TO_NUMPY:
            value = value.float()
        value = value.numpy()
    return np.array(value)


def vjp(
    function: Callable[..., Any], arguments: Sequence[Any], wrt: Sequence[int], cotangents: Sequence[torch.Tensor], manner: str,
    between: Callable[[], None] = lambda: None,
) -> List[Any]:
    """Gradients of Σ cotangent · result by autograd; 0 where nothing flows.

    Parameters
    ----------
    function : called with copies of the arguments that are not leaves, like the activations of a network
    arguments : tensors, lists of tensors, and anything else, which passes as it is
    wrt : positions of the arguments to differentiate by
    cotangents : one for each of the first results
    manner : as in `MANNERS`
    between : called after the results, before their gradients

    Returns
    -------
    a tensor, or a list of tensors, for each of those arguments
    """
    if manner == "one argument alone":
        return [_alone(function, arguments, i, cotangents) for i in wrt]
    leaves = {i: _each(arguments[i], lambda x: x.detach().requires_grad_()) for i in wrt}
    flat = [leaf for i in wrt for leaf in (leaves[i] if isinstance(leaves[i], list) else [leaves[i]])]
    with torch.enable_grad():
        results = function(*(_each(leaves[i], torch.clone) if i in leaves else x for i, x in enumerate(arguments)))
        between()
        results = results if isinstance(results, (tuple, list)) else (results,)
        for result in results[: len(cotangents)]:
            if not isinstance(result, torch.Tensor):
                raise TypeError(f"expected a tensor that carries gradients, got {type(result).__name__}")
        reached = [(r, c.to(r.dtype)) for r, c in zip(results, cotangents) if r.requires_grad]
        found = [None] * len(flat)
        for kept in {"backward twice": (True, False)}.get(manner, (False,)) if reached else ():
            of, pulls = zip(*reached)
            found = _pulled(of, flat, pulls, kept)
    gradients = dict(zip(map(id, flat), (torch.zeros_like(x) if g is None else g for x, g in zip(flat, found))))
    return [_each(leaves[i], lambda leaf: gradients[id(leaf)]) for i in wrt]


def _pulled(of: Sequence[torch.Tensor], flat: Sequence[torch.Tensor], pulls: Sequence[torch.Tensor], kept: bool) -> Any:
    """Gradients by leaves, None where nothing flows. What was compiled to use its buffers up serves no second backward."""
    try:
        return torch.autograd.grad(of, flat, pulls, retain_graph=kept, allow_unused=True)
    except RuntimeError as error:
        if kept and "donated buffer" in str(error):
            raise NotImplementedError("a second backward of compiled code") from error
        raise


def _alone(function: Callable[..., Any], arguments: Sequence[Any], i: int, cotangents: Sequence[torch.Tensor]) -> Any:
    """The gradient by one argument that alone requires it; by each of a list, where no other of the list does."""
    if not isinstance(arguments[i], list):
        return vjp(function, arguments, [i], cotangents, "")[0]
    found = []
    for j, own in enumerate(arguments[i]):

        def of_one(x: torch.Tensor, j: int = j) -> Any:
            others = [*arguments[i][:j], x, *arguments[i][j + 1 :]]
            return function(*arguments[:i], others, *arguments[i + 1 :])

        found += vjp(of_one, [own], [0], cotangents, "")
    return found


def _each(value: Any, function: Callable[[torch.Tensor], torch.Tensor]) -> Any:
    """Apply a function to a tensor, or to each of a list."""
    return [function(x) for x in value] if isinstance(value, list) else function(value)

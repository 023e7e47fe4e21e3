"""Gradients of frameworks whose transform takes a function of tensors to one scalar: Σ cotangent · result."""

from __future__ import annotations

from typing import Any, Callable, List, Sequence, Tuple


def weighted(
    function: Callable, arguments: Sequence[Any], wrt: Sequence[int], cotangents: Sequence[Any]
) -> Tuple[Callable[..., Any], List[Any]]:
    """The scalar Σ cotangent · result as a function of the tensors in `wrt`, lists laid out flat, and those tensors."""
    flat = [leaf for i in wrt for leaf in (arguments[i] if isinstance(arguments[i], list) else [arguments[i]])]

    def total(*leaves: Any) -> Any:
        found = iter(leaves)
        given = list(arguments)
        for i in wrt:
            given[i] = [next(found) for _ in given[i]] if isinstance(given[i], list) else next(found)
        results = function(*given)
        results = results if isinstance(results, (tuple, list)) else [results]
        return sum((result.reshape(c.shape) * c).sum() for result, c in zip(results, cotangents))

    return total, flat


def folded(gradients: Sequence[Any], arguments: Sequence[Any], wrt: Sequence[int]) -> List[Any]:
    """The gradients in the form of the arguments in `wrt`."""
    found = iter(gradients)
    return [[next(found) for _ in arguments[i]] if isinstance(arguments[i], list) else next(found) for i in wrt]

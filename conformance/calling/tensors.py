"""Arrays in and out of a candidate's framework, held to the form of the protocol."""

from __future__ import annotations

from types import ModuleType
from typing import Any, List, Sequence, Tuple

import numpy as np

from conformance.calling.errors import CandidateError, NotServed, words
from conformance.calling.layouts import laid_out, layout_of


class Exchange:
    """Between the arrays of the suite and the tensors of a candidate on its device."""

    def __init__(self, bridge: ModuleType, device: str) -> None:
        self._bridge, self._device = bridge, device

    def inward(self, argument: Any, dtype: np.dtype, layout: str = "") -> Any:
        """Arrays, also within a list, as tensors, floats in `dtype`, in a layout; everything else as it is."""
        if isinstance(argument, list):
            return [self.inward(element, dtype, layout_of(i, layout)) for i, element in enumerate(argument)]
        array = _copy(argument, dtype)
        if array is None:
            return argument
        tensor = self._bridge.to_tensor(laid_out(array, layout), self._device)
        if dtype.metadata and array.dtype.kind == "f":
            if not hasattr(self._bridge, "narrowed"):
                raise NotServed(f"no {dtype.metadata['stored']} in this framework")
            return self._bridge.narrowed(tensor, dtype.metadata["stored"])
        return tensor

    def untouched(self, what: str, names: Sequence[str], tensors: Any, arguments: Any, dtype: np.dtype) -> None:
        """Make sure that what `inward` made of the arguments is as it was: bit for bit, but one NaN is like another.

        Raises
        ------
        CandidateError
            If `what` has written into a tensor. What cannot be written into is not looked at.
        """
        if getattr(self._bridge, "WRITABLE", False):
            for name, tensor, argument in zip(names, tensors, arguments):
                self._as_it_was(f"{what}: {name}", tensor, argument, dtype)

    def _as_it_was(self, name: str, tensor: Any, argument: Any, dtype: np.dtype) -> None:
        if isinstance(argument, list):
            for i, pair in enumerate(zip(tensor, argument)):
                self._as_it_was(f"{name}[{i}]", *pair, dtype)
        elif (given := _copy(argument, dtype)) is not None:
            left = self._array(name, tensor)
            if (left.shape, left.dtype) != (given.shape, given.dtype):
                was, now = (f"{array.dtype} of shape {array.shape}" for array in (given, left))
                raise CandidateError(f"{name} was written into: expected {was}, got {now}")
            if changed := np.count_nonzero(_differ(given, left)):
                other = f"{changed} of {given.size} values are not as given"
                raise CandidateError(f"{name} was written into, {other}; arguments are read-only")

    def outward(self, what: str, names: Sequence[str], results: Any) -> Tuple[np.ndarray, ...]:
        """The results of `what` as arrays of real numbers, one for each name.

        Raises
        ------
        CandidateError
            If their number is another, or one is no array of real numbers.
        """
        if len(names) == 1 and isinstance(results, tuple) and len(results) == 1 and np.ndim(results[0]):
            raise CandidateError(f"{what}: expected {names[0]} itself, got a tuple of 1")
        return tuple(self._array(f"{what}: {n}", result) for n, result in zip(names, unpacked(what, names, results)))

    def like(self, name: str, gradient: Any, argument: Any) -> Any:
        """A gradient as an array, or as a list of arrays, of the shape of its argument.

        Raises
        ------
        CandidateError
            If it has another.
        """
        if isinstance(argument, list):
            if not isinstance(gradient, (tuple, list)) or len(gradient) != len(argument):
                raise CandidateError(f"{name}: expected a list of {len(argument)}, got {form(gradient)}")
            return [self.like(f"{name}[{i}]", *pair) for i, pair in enumerate(zip(gradient, argument))]
        array = self._array(name, gradient)
        if array.shape != argument.shape:
            raise CandidateError(f"{name}: expected shape {argument.shape}, got {array.shape}")
        return array

    def _array(self, name: str, result: Any) -> np.ndarray:
        try:
            array = self._bridge.to_array(result)
        except Exception as error:
            raise CandidateError(f"{name}: expected an array, got {form(result)}: {words(error)}") from error
        if array.dtype.kind not in "biuf":
            raise CandidateError(f"{name}: expected real numbers, got {form(result)} of dtype {array.dtype}")
        return array


def lent(tensors: Sequence[Any]) -> List[Any]:
    """What a candidate is given: the tensors themselves, but lists of its own, in which it may put others."""
    return [list(tensor) if isinstance(tensor, list) else tensor for tensor in tensors]


def _copy(argument: Any, dtype: np.dtype) -> np.ndarray | None:
    """A copy of an array, floats in `dtype`; None for anything else."""
    if not isinstance(argument, (np.ndarray, np.generic)):
        return None
    return np.array(argument, dtype=dtype if argument.dtype.kind == "f" else None, order="C")


def _differ(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Where two arrays of one shape and type differ in a bit; -0 and 0 do, two NaN do not."""
    bits = f"u{before.itemsize}"
    return (before.view(bits) != after.view(bits)) & ~((before != before) & (after != after))


def unpacked(what: str, names: Sequence[str], results: Any) -> Sequence[Any]:
    """One result for each name; a single one comes without a tuple.

    Raises
    ------
    CandidateError
        If there are more or fewer.
    """
    if len(names) == 1:
        return (results,)
    if not isinstance(results, (tuple, list)) or len(results) != len(names):
        raise CandidateError(f"{what}: expected a tuple of {len(names)} ({', '.join(names)}), got {form(results)}")
    return results


def form(value: Any) -> str:
    """What came, in words: `tuple of 2`, `Tensor of shape (3,)`, `NoneType`."""
    if isinstance(value, (tuple, list)):
        return f"{type(value).__name__} of {len(value)}"
    try:
        return f"{type(value).__name__} of shape {tuple(value.shape)}"
    except Exception:
        return type(value).__name__

"""Candidates in frameworks that speak NumPy: arrays go in, arrays come out, gradients come from the framework."""

from __future__ import annotations

import contextlib
import functools
import importlib
from types import ModuleType
from typing import Any, Callable, Sequence

import numpy as np

from conformance.cases.protocol import GRADIENTS, OPS, vjp

SERVED = ("paddle", "mlx", "mindspore", "tensorflow")


def as_arrays(framework: str) -> Callable[[type], type]:
    """Make a candidate of NumPy arrays out of a class whose ops take and return tensors of another framework.

    Every op is offered under its name, and as `<op>_vjp` if its gradient is judged and the framework differentiates.
    Arrays, also within a list, become tensors of the same type; everything else passes as it is.

    Parameters
    ----------
    framework : a module of `conformance.adapting.bridges`, imported here, with `to_tensor(array)` and `to_array(value)`; and
        if it differentiates, `vjp(function, arguments, wrt, cotangents)`; and if it has a default float type,
        the context `computing_in(dtype)`

    Raises
    ------
    ValueError
        If there is no such bridge.
    """
    if framework not in SERVED:
        raise ValueError(f"framework: expected one of {', '.join(SERVED)}, got {framework!r}")
    bridge = importlib.import_module(f"conformance.adapting.bridges.{framework}")

    return lambda candidate: type(candidate.__name__, (Arrays,), {"_candidate": candidate, "_bridge": bridge})


class Arrays:
    """The ops of a candidate for arrays; everything else it has is told as it is."""

    framework = "numpy"
    _candidate: type
    _bridge: ModuleType

    def __init__(self, dialect: Any) -> None:
        self._inner = self._candidate(dialect)
        for name in OPS:
            if getattr(self._inner, name, None) is not None:
                setattr(self, name, functools.partial(self._run, name))
                if name in GRADIENTS and hasattr(self._bridge, "vjp"):
                    setattr(self, vjp(name), functools.partial(self._gradient, name))

    def __getattr__(self, name: str) -> Any:
        if name == "_inner" or name in OPS:
            raise AttributeError(name)
        return getattr(self._inner, name)

    def _run(self, name: str, *args: Any) -> Any:
        with _computing(self._bridge, args):
            return _outward(getattr(self._inner, name)(*_inward(args, self._bridge)), self._bridge)

    def _gradient(self, name: str, *args: Any) -> Any:
        op = OPS[name]
        wrt = [op.parameters.index(argument) for argument in op.wrt]
        with _computing(self._bridge, args):
            tensors = dict(zip(op.gradient.parameters, _inward(args, self._bridge)))
            given, cotangents = op.among(tensors).values(), [tensors[one] for one in op.cotangents]
            found = self._bridge.vjp(getattr(self._inner, name), list(given), wrt, cotangents)
            found = _outward(found, self._bridge)
        return found[0] if len(wrt) == 1 else tuple(found)


def _computing(bridge: ModuleType, args: Sequence[Any]) -> Any:
    """The bridge's context for the float type of the arguments."""
    values = [value for arg in args for value in (arg if isinstance(arg, list) else [arg])]
    floats = [value.dtype for value in values if isinstance(value, np.ndarray) and value.dtype.kind == "f"]
    enter = getattr(bridge, "computing_in", None)
    return enter(floats[0]) if enter and floats else contextlib.nullcontext()


def _inward(args: Sequence[Any], bridge: ModuleType) -> list:
    return [_inward(arg, bridge) if isinstance(arg, list) else _tensor(arg, bridge) for arg in args]


def _tensor(value: Any, bridge: ModuleType) -> Any:
    return bridge.to_tensor(np.array(value)) if isinstance(value, (np.ndarray, np.generic)) else value


def _outward(results: Any, bridge: ModuleType) -> Any:
    if isinstance(results, (tuple, list)):
        return type(results)([_outward(result, bridge) for result in results])
    return bridge.to_array(results)

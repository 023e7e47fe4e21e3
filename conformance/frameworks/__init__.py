"""Frameworks: how arrays get into a candidate's tensors and back."""

from __future__ import annotations

import importlib
from types import ModuleType

from conformance import foreign

SERVED = ("numpy", "torch", "jax", "process")


def bridge(framework: str) -> ModuleType:
    """The module of a framework, imported when first asked for.

    It has `to_tensor(array, device)` and `to_array(value)`; and where the framework differentiates,
    `vjp(function, arguments, wrt, cotangents)`; and where it records what it may have to differentiate, the context
    `no_gradients()`. Where the framework is set for a float type as a whole, the context `computing_in(dtype)` sets it:
    each call of a candidate runs in it, and so do its arrays on their way in and out.

    Raises
    ------
    CandidateNotFound
        If there is no bridge for the framework, or it is not installed.
    """
    if framework not in SERVED:
        raise foreign.CandidateNotFound(f"no bridge for framework {framework!r}; served: {', '.join(SERVED)}")
    try:
        return importlib.import_module(f"conformance.frameworks.{framework}")
    except ModuleNotFoundError as error:
        raise foreign.CandidateNotFound(f"framework {framework!r}: {error}", foreign.missing_package(error)) from error

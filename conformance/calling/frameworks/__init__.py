"""Frameworks: how arrays get into a candidate's tensors and back."""

from __future__ import annotations

import importlib
from types import ModuleType

from conformance.calling import errors as foreign

SERVED = ("numpy", "torch", "jax", "process")

THREADED = ("torch", "jax")
"""Those that keep threads of their own, which a forked process would wait for in vain."""

MANNERS = ("one argument alone", "backward twice")
"""How a gradient may be asked for, beside plainly: for each argument by itself, and a second time on a kept graph."""


def bridge(framework: str) -> ModuleType:
    """The module of a framework, imported when first asked for.

    It has `to_tensor(array, device)` and `to_array(value)`; and where the framework differentiates,
    `vjp(function, arguments, wrt, cotangents, manner)`; and where it records what it may have to differentiate, the context
    `no_gradients()`. `WRITABLE` is true where a candidate can change the arrays it is given. Where a framework has
    settings of its own, each call of a candidate runs in the context `computing_in(dtype)`, and so do its arrays on
    their way in and out: it sets what the float type needs, puts back what the candidate changes, and says so.

    Raises
    ------
    CandidateNotFound
        If there is no bridge for the framework, or it is not installed.
    """
    if framework not in SERVED:
        raise foreign.CandidateNotFound(f"no bridge for framework {framework!r}; served: {', '.join(SERVED)}")
    try:
        return importlib.import_module(f"conformance.calling.frameworks.{framework}")
    except ModuleNotFoundError as error:
        raise foreign.CandidateNotFound(f"framework {framework!r}: {error}", foreign.missing_package(error)) from error

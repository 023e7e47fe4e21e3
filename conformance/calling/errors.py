"""Foreign code: run what a candidate brings, and turn whatever it raises into an error that says where."""

from __future__ import annotations

import importlib
import traceback
from pathlib import Path
from typing import Any, Callable

import numpy as np

_HARNESS = {str(Path(__file__).with_name(name)) for name in ("errors.py", "loading.py", "candidate.py")}
_HARNESS.add(importlib.__file__)
_FRAMES = 3


class CandidateNotFound(Exception):
    """No candidate could be made: its word is unknown, a package is missing, or its factory fails.

    Attributes
    ----------
    missing : the package that is not installed, or "".
    """

    def __init__(self, message: str, missing: str = "") -> None:
        super().__init__(message)
        self.missing = missing


class CandidateError(Exception):
    """The candidate raised, or returned something of the wrong number, type or shape."""


class CandidateStopped(CandidateError):
    """The candidate, a process of its own, ended, hung or broke the protocol: to ask it again takes long."""


class NotServed(Exception):
    """The candidate says, by NotImplementedError, that it does not serve what it was asked for."""


class LayoutRefused(NotServed):
    """The candidate answers where its arguments are contiguous, and raises where the same numbers lie otherwise."""


def run(what: str, function: Callable[..., Any], *args: Any) -> Any:
    """Call foreign code. NumPy's error state, which it may change, is put back; it warns of nothing: NaN is asked for.

    Raises
    ------
    NotServed
        If it raises NotImplementedError.
    CandidateError
        If it raises anything else, exits or skips; KeyboardInterrupt passes. Names `what`, and where it was raised.
        One that it raises itself, on behalf of another process, passes as it is.
    """
    try:
        with np.errstate(all="ignore"):
            return function(*args)
    except NotImplementedError as refusal:
        raise NotServed(words(refusal) or f"{what}: NotImplementedError without a reason") from refusal
    except (KeyboardInterrupt, CandidateError):
        raise
    except BaseException as error:
        raise CandidateError(f"{what}: raised {type(error).__name__}: {words(error)}{_given_arrays(error)}{_where(error)}") from error


def missing_package(error: BaseException | None) -> str:
    """The package whose absence an error reports, or ""."""
    return (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""


def words(error: BaseException) -> str:
    """The text of an error, which is foreign code as well."""
    try:
        return str(error)
    except Exception as another:
        return f"(asked for its text, it raised {type(another).__name__})"


def _given_arrays(error: BaseException) -> str:
    """What is missed where a candidate takes NumPy's arrays for tensors; "" for any other error."""
    if isinstance(error, AttributeError) and "'numpy.ndarray' object has no attribute" in words(error):
        return '; it was given NumPy arrays: a candidate that takes tensors says framework = "torch" or "jax"'
    return ""


def _where(error: BaseException) -> str:
    """The innermost frames of a traceback, without those of the harness and of the import machinery."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if f.filename not in _HARNESS and not f.filename.startswith("<frozen")]
    return "".join(f"\n  {f.filename}:{f.lineno} in {f.name}: {f.line}" for f in own[-_FRAMES:])

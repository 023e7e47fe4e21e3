"""Calls of an implementation whose signatures changed from release to release."""

from __future__ import annotations

import contextlib
import inspect
import sys
import warnings
from typing import Any, Callable, Iterator

import numpy as np


def taking(function: Callable[..., Any], *arguments: Any, **newer: Any) -> Any:
    """Call a function with its arguments, and with those of the newer ones that it takes.

    >>> taking(lambda boxes: boxes, 3, stride=8), taking(lambda boxes, stride: stride, 3, stride=8)
    (3, 8)
    """
    taken = inspect.signature(function).parameters
    return function(*arguments, **{name: value for name, value in newer.items() if name in taken})


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """A context for imports: what a package prints goes to stderr, its warnings nowhere, NumPy prints as before."""
    with np.printoptions(), contextlib.redirect_stdout(sys.stderr), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield

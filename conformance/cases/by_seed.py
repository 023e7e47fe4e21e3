"""Draws that hang on their seed alone.

Hypothesis mixes constants of the files of a checkout into what it draws: with the same seed a clone would ask other
examples than an installed wheel, and a process that has loaded one file more than another.
"""

from __future__ import annotations

import contextlib
from typing import Any, Dict, Iterator

try:
    from hypothesis.internal.conjecture import providers
except ImportError:
    providers = None

_SETS = ("integers", "floats", "bytes", "strings")

_SEEN: Dict[Any, Any] = {}
"""Constants by what is drawn, apart from those of the user's own tests."""


@contextlib.contextmanager
def by_seed_alone() -> Iterator[None]:
    """A context, and a decorator, in which Hypothesis draws the same wherever it runs; older versions do by themselves."""
    if not hasattr(providers, "_get_local_constants"):
        yield
        return
    none = providers.Constants(**{name: type(getattr(providers.GLOBAL_CONSTANTS, name))() for name in _SETS})
    before = providers._get_local_constants, providers.CONSTANTS_CACHE
    providers._get_local_constants, providers.CONSTANTS_CACHE = (lambda: none), _SEEN
    try:
        yield
    finally:
        providers._get_local_constants, providers.CONSTANTS_CACHE = before

"""Draws that hang on their seed alone.

Hypothesis mixes constants of the files of a checkout into what it draws: with the same seed a clone would ask other
examples than an installed wheel, and a process that has loaded one file more than another.
"""

from __future__ import annotations

import contextlib
import functools
from typing import Any, Dict, Iterator

try:
    from hypothesis.internal.conjecture import providers
except ImportError:
    providers = None

_SETS = ("integers", "floats", "bytes", "strings")


@contextlib.contextmanager
def by_seed_alone() -> Iterator[None]:
    """A context, and a decorator, in which Hypothesis draws the same wherever it runs; older versions do by themselves."""
    if not hasattr(providers, "_get_local_constants"):
        yield
        return
    ours = _without_constants()
    before = {name: getattr(providers, name) for name in ours}
    vars(providers).update(ours)
    try:
        yield
    finally:
        vars(providers).update(before)


@functools.lru_cache(maxsize=None)
def _without_constants() -> Dict[str, Any]:
    """What stands for Hypothesis' own: no constants of files, and a store of as many choices, apart from the user's tests."""
    none = providers.Constants(**{name: type(getattr(providers.GLOBAL_CONSTANTS, name))() for name in _SETS})
    store = providers.CONSTANTS_CACHE
    return {"_get_local_constants": lambda: none, "CONSTANTS_CACHE": type(store)(store.max_size)}

"""Interrupts: a request to end is heeded once, even where Python has lost it on its way.

What a handler of signals raises is ignored in a finaliser and in a callback of the garbage collector, and a plugin of
pytest may turn it into an error of its own.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import Any, Iterator

_asked = threading.Event()


def asked() -> bool:
    """Whether it was asked to end."""
    return _asked.is_set()


def heed() -> None:
    """Raise KeyboardInterrupt if it was asked to end: to be called between two steps of the work."""
    if asked():
        raise KeyboardInterrupt


@contextlib.contextmanager
def terminated_as_interrupted() -> Iterator[None]:
    """Take a request to end, as a job that runs out of time is sent, for an interrupt; take the first alone."""

    def interrupt(*_: Any) -> None:
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        _asked.set()
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        _asked.clear()
        for number, handler in before.items():
            signal.signal(number, handler)

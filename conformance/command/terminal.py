"""The terminal: colour and a line of progress, for people only; a pipe or a file gets neither."""

from __future__ import annotations

import os
import re
import time
from typing import Any, List, TextIO

import pytest

from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR, KNOWN, UNDECIDED

_CODES = {CONFORMS: "32", BREAKS: "1;31", ERROR: "1;31", UNDECIDED: "33", KNOWN: "33"}
_VERDICT = re.compile("|".join(rf"\b{word}\b" for word in _CODES))

_CLEARED = "\r\033[K"

EVERY = 0.1
"""Seconds between two lines of progress at least."""


def is_for_people(stream: TextIO) -> bool:
    """Whether a stream is a terminal that understands colour, and its user has not asked for none (https://no-color.org)."""
    return stream.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("NO_COLOR")


def coloured(text: str, stream: TextIO) -> str:
    """The text with each verdict in its colour, if the stream is for people; the word stays, so no meaning hangs on it."""
    if not is_for_people(stream):
        return text
    return _VERDICT.sub(lambda found: f"\033[{_CODES[found[0]]}m{found[0]}\033[0m", text)


def progress(stream: TextIO) -> List["Progress"]:
    """A plugin of pytest that shows how far a run is; none for a pipe."""
    return [Progress(stream)] if is_for_people(stream) else []


class Progress:
    """A plugin object of pytest: one line that is written over and over, and gone at the end.

    The time that is left is not told: a test lasts from a millisecond to minutes.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._total, self._done, self._shown = stream, 0, 0, 0.0

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._total = len(session.items)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        if time.monotonic() > self._shown + EVERY:
            self._shown = time.monotonic()
            share = f"{100 * self._done // max(self._total, 1):3d} %"
            test = nodeid.rpartition("::")[2].partition("[")[0].replace("test_", "", 1).replace("_", " ")
            self._stream.write(f"{_CLEARED}{share}  {test}"[: 79 + len(_CLEARED)])
            self._stream.flush()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self._done += 1

    def pytest_sessionfinish(self, session: Any) -> None:
        self._stream.write(_CLEARED)
        self._stream.flush()

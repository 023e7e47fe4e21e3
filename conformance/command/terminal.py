"""The terminal: colour and a line of progress for people; a pipe or a file gets a line for each op that is done."""

from __future__ import annotations

import os
import re
import sys
import time
from typing import Any, Dict, List, TextIO

import pytest

from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR, KNOWN, UNDECIDED
from conformance.suite import report
from conformance.suite.parts import Part
from conformance.suite.report import Report

_CODES = {CONFORMS: "32", BREAKS: "1;31", ERROR: "1;31", UNDECIDED: "33", KNOWN: "33"}
_VERDICT = re.compile("|".join(rf"\b{word}\b" for word in _CODES))

_CLEARED = "\r\033[K"

_TEST = re.compile(r"^test_(\w+?)(?:_[A-Z]+_\d+g?)?$")

NONE, ONE_LINE, LINES = "none", "one line", "lines"
"""How progress is shown."""

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


def say(text: str) -> None:
    """Print, at once; where the reader is gone, as behind `| head`, what follows is judged all the same and goes nowhere."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def show(one: Report, quiet: bool, verbose: bool, end: str = "\n") -> None:
    """Print a report, or its last line if `quiet`."""
    told = report.closing(one) if quiet else report.text(one, verbose)
    say(coloured(told, sys.stdout) + end)


def progress(stream: TextIO, how: str, name: str = "", part: Part | None = None) -> List[Any]:
    """Plugins of pytest that show how far a run is.

    Parameters
    ----------
    how : `ONE_LINE`, written over and over, for people; `LINES`, one for each op that is done, for a file; `NONE`
    name : of the candidate, which begins each of the lines
    part : of its ops, where several processes share them; the one line is that of the first
    """
    if part is not None:
        how, name = NONE if how == ONE_LINE and part.number > 1 else how, f"{name} ({part})"
    return {ONE_LINE: [Progress(stream)], LINES: [Lines(stream, name)], NONE: []}[how]


class Lines:
    """A plugin object of pytest: a line for each op that is done, with the verdicts of its clauses."""

    def __init__(self, stream: TextIO, name: str) -> None:
        self._stream, self._name = stream, name
        self._left: Dict[str, int] = {}
        self._seen: Dict[str, Dict[str, str]] = {}
        self._ops = 0

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for op in [_op_of(item.nodeid) for item in session.items if _is_offered(item)]:
            self._left[op] = self._left.get(op, 0) + 1
        self._ops = len(self._left)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        found = [value for name, value in report.user_properties if name == "conformance" and report.when == "call"]
        for outcome in found:
            clauses = self._seen.setdefault(_op_of(report.nodeid), {})
            if clauses.get(outcome["clause"]) not in (BREAKS, ERROR):
                clauses[outcome["clause"]] = outcome["verdict"]

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        op = _op_of(nodeid)
        if op not in self._left:
            return
        self._left[op] -= 1
        if not self._left[op]:
            del self._left[op]
            seen = self._seen.get(op, {})
            told = ", ".join(f"{clause} {verdict}" for clause, verdict in seen.items())
            self._stream.write(f"{self._name}: {self._ops - len(self._left)} of {self._ops} ops done, {op}: {told}\n")
            self._stream.flush()


def _is_offered(item: pytest.Item) -> bool:
    """Whether the candidate of a test offers its op; of a test without one it is taken to."""
    candidate = getattr(item, "callspec", None) and item.callspec.params.get("candidate")
    return candidate is None or _op_of(item.nodeid) in candidate.ops


def _op_of(nodeid: str) -> str:
    """The op of a test of the suite, `test_<op>_<clause>[…]`."""
    test = nodeid.rpartition("::")[2].partition("[")[0]
    return _TEST.sub(r"\1", test)


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

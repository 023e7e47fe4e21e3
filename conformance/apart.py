"""Calls in processes of their own, several at once: what ends or changes its process harms neither its caller nor the others."""

from __future__ import annotations

import multiprocessing
import sys
import traceback
from multiprocessing import connection
from typing import Any, Callable, Iterator, List, Sequence

_LOOK = 0.2
_GRACE = 3.0
"""Seconds between two looks at processes that say nothing; seconds to end by itself that an interrupted one has."""


class Ended(Exception):
    """A process ended without an answer; says how."""


class Failed(Exception):
    """The function raised; the text is its traceback."""


def each(function: Callable[[Any], Any], items: Sequence[Any], at_once: int) -> Iterator[Callable[[], Any]]:
    """Call a function on each item, at most so many `at_once`.

    Yields
    ------
    for each item, in their order, when it is settled: a function that returns the answer, or raises Ended, Failed, or
    the KeyboardInterrupt that the call ended with
    """
    calls: List[_Call] = []
    waiting = list(items)
    try:
        for place in range(len(items)):
            while len(calls) <= place or not calls[place].settled():
                running = [call for call in calls if not call.settled()]
                while waiting and len(running) < at_once:
                    calls.append(_Call(function, waiting.pop(0)))
                    running.append(calls[-1])
                connection.wait([call.answers for call in running], _LOOK)
            yield calls[place].result
    finally:
        for call in calls:
            call.interrupt()
        for call in calls:
            call.end()


class _Call:
    """One call at work."""

    def __init__(self, function: Callable[[Any], Any], item: Any) -> None:
        # Forked where that is safe: the child finds everything as it is, and at once.
        context = multiprocessing.get_context("fork" if sys.platform.startswith("linux") else None)
        self.answers, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=_answer, args=(theirs, function, item))
        self._process.start()
        theirs.close()
        self._found: Any = None

    def settled(self) -> bool:
        """Whether there is an answer, or will never be one. The process is over then."""
        if self._found is None and (self.answers.poll() or not self._process.is_alive()):
            try:
                self._found = self.answers.recv() if self.answers.poll() else (Ended, "")
            except (EOFError, OSError):
                self._found = (Ended, "")
            if self._found[0] is Ended:
                self._process.join(_GRACE)
                self._found = (Ended, f"ended the process that judged it, with status {self._process.exitcode}")
            # All is said; threads that it has left would keep it alive.
            self._process.kill()
            self._process.join()
        return self._found is not None

    def result(self) -> Any:
        """The answer, or raise what the call ended with."""
        kind, content = self._found
        if kind is not None:
            raise kind(content)
        return content

    def interrupt(self) -> None:
        """Ask it to end."""
        if self._process.is_alive():
            self._process.terminate()

    def end(self) -> None:
        """Make sure that it has ended."""
        self._process.join(_GRACE)
        self._process.kill()
        self._process.join()
        self.answers.close()


def _answer(answers: connection.Connection, function: Callable[[Any], Any], item: Any) -> None:
    """What a process does: send the answer, or how the call ended."""
    try:
        found = (None, function(item))
    except KeyboardInterrupt:
        found = (KeyboardInterrupt, "")
    except Exception:
        found = (Failed, traceback.format_exc())
    answers.send(found)

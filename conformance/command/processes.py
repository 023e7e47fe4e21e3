"""Candidates, each judged in a process apart: what ends or changes that process harms no other, and no verdict is lost."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import time
import traceback
from multiprocessing import connection
from typing import Any, Callable, Iterator, List, Sequence

from conformance.suite.report import Report

PATIENCE = 10
"""Seconds that candidates under judgement are given, after an interrupt, to say how far they came."""

_LOOK = 0.2
"""Seconds between two looks at processes that say nothing."""


def each(judge: Callable[[str], Report], words: Sequence[str]) -> Iterator[Report]:
    """The report on every candidate, in the order of the words, as many at once as there are processors.

    A candidate that ends the process it is judged in gets no verdict, and neither do any of its clauses.

    Raises
    ------
    KeyboardInterrupt
        If the user interrupts, after the reports that are finished.
    """
    calls = [_Call(judge, word) for word in words]
    told = 0
    try:
        for told, call in enumerate(calls):
            while not call.settled():
                _advance(calls, os.cpu_count() or 1)
            yield call.report()
    except KeyboardInterrupt:
        deadline = time.monotonic() + PATIENCE
        for call in calls:
            call.interrupt()
        while time.monotonic() < deadline and not all(call.settled() for call in calls if call.begun):
            time.sleep(_LOOK)
        yield from (call.report() for call in calls[told:] if call.begun and call.settled() and not call.interrupted)
        raise
    finally:
        for call in calls:
            call.end()


@contextlib.contextmanager
def terminated_as_interrupted() -> Iterator[None]:
    """Take a request to end, as a job that runs out of time is sent, for an interrupt; take the first alone."""

    def interrupt(*_: Any) -> None:
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Call:
    """One candidate: waiting, under judgement, or settled."""

    def __init__(self, judge: Callable[[str], Report], word: str) -> None:
        self._judge, self._word = judge, word
        self._process: Any = None
        self._found: Any = None

    @property
    def begun(self) -> bool:
        return self._process is not None

    @property
    def interrupted(self) -> bool:
        """Whether it ended with an interrupt and no report."""
        return self._found is KeyboardInterrupt

    def begin(self) -> None:
        # Forked where that is safe: the child finds everything as it is, and at once.
        context = multiprocessing.get_context("fork" if sys.platform.startswith("linux") else None)
        self.answers, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=_answer, args=(theirs, self._judge, self._word))
        self._process.start()
        theirs.close()

    def settled(self) -> bool:
        """Whether there is an answer, or will never be one. The process is over then."""
        if self._found is None and self.begun and (self.answers.poll() or not self._process.is_alive()):
            try:
                self._found = self.answers.recv() if self.answers.poll() else EOFError
            except (EOFError, OSError):
                self._found = EOFError
                self._process.join(PATIENCE)
            # All is said; threads that the candidate has left would keep the process alive.
            self._process.kill()
            self._process.join()
        return self._found is not None

    def report(self) -> Report:
        """The report; raise what else the process said."""
        if isinstance(self._found, Report):
            return self._found
        if self.interrupted:
            raise KeyboardInterrupt
        if self._found is EOFError:
            how = f"ended the process that judged it, exit status {self._process.exitcode}"
            return Report(self._word, problems=(f"candidate {self._word!r}: {how}; --isolate shows by which clause",))
        raise RuntimeError(self._found)

    def interrupt(self) -> None:
        if self.begun and self._process.is_alive():
            self._process.terminate()

    def end(self) -> None:
        """Make sure that nothing is left."""
        if self.begun:
            self.interrupt()
            self._process.join(PATIENCE)
            self._process.kill()
            self._process.join()
            self.answers.close()


def _advance(calls: List[_Call], most: int) -> None:
    """Begin as many calls as may run, and wait for news of one."""
    running = [call for call in calls if call.begun and not call.settled()]
    for call in [call for call in calls if not call.begun][: most - len(running)]:
        call.begin()
        running.append(call)
    connection.wait([call.answers for call in running], _LOOK)


def _answer(answers: connection.Connection, judge: Callable[[str], Report], word: str) -> None:
    """What a process does: send the report, or how the judgement ended."""
    with terminated_as_interrupted():
        try:
            found: Any = judge(word)
        except KeyboardInterrupt:
            found = KeyboardInterrupt
        except Exception:
            found = traceback.format_exc()
        answers.send(found)

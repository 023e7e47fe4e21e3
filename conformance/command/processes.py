"""Candidates, each judged in processes apart: what ends or changes one of them harms no other, and no verdict is lost."""

from __future__ import annotations

import itertools
import multiprocessing
import sys
import time
import traceback
from multiprocessing import connection
from typing import Any, Callable, Iterable, Iterator, List, Sequence

from conformance.calling.frameworks import THREADED
from conformance.suite.interrupts import asked, heed, terminated_as_interrupted
from conformance.suite.merging import of_processes
from conformance.suite.parts import Part, all_of
from conformance.suite.report import Report
from refimpl.threads import cores

Judge = Callable[[str, Part], Report]
"""Judges one part of the candidate that a word names."""

PATIENCE = 10
"""Seconds that candidates under judgement are given, after an interrupt, to say how far they came."""

_LOOK = 0.2
"""Seconds between two looks at processes that say nothing."""


def each(judge: Judge, words: Sequence[str], parts: int = 1, most: int | None = None) -> Iterator[Report]:
    """The report on every candidate, in the order of the words, as many at once as there are processors.

    A candidate that ends the process it is judged in gets no verdict, and neither do any of its clauses.

    Parameters
    ----------
    parts : processes that share the ops of a candidate
    most : processes at once; None for one for each processor

    Raises
    ------
    KeyboardInterrupt
        If the user interrupts, after the reports that are finished.
    """
    groups = [[_Call(judge, word, part) for part in all_of(parts)] for word in words]
    calls = [call for group in groups for call in group]
    told = 0
    try:
        for told, group in enumerate(groups):
            while not all(call.settled() for call in group):
                _advance(calls, most or cores())
            yield of_processes([call.report() for call in group], complete=True)
    except KeyboardInterrupt:
        _interrupt(calls)
        for group in groups[told:]:
            found = [call.report() for call in group if call.begun and call.settled() and not call.interrupted]
            if found:
                yield of_processes(found, complete=len(found) == len(group))
        raise
    finally:
        for call in calls:
            call.end()


def rolling(judge: Judge, words: Iterable[str], most: int | None = None) -> Iterator[Report]:
    """The report on each of any number of words, as each is finished; the words are taken when there is room.

    Raises
    ------
    KeyboardInterrupt
        If the user interrupts, after the reports on what was judged until then.
    """
    waiting, running = iter(words), []
    try:
        while True:
            running += [_Call(judge, word, Part(1, 1)) for word in itertools.islice(waiting, (most or cores()) - len(running))]
            if not running:
                return
            _advance(running, len(running))
            for call in [call for call in running if call.settled()]:
                yield call.report()
                running.remove(call)
    except KeyboardInterrupt:
        _interrupt(running)
        yield from (call.report() for call in running if call.begun and call.settled() and not call.interrupted)
        raise
    finally:
        for call in running:
            call.end()


def _interrupt(calls: Sequence[_Call]) -> None:
    """Ask each process how far it came, and wait for its answer."""
    deadline = time.monotonic() + PATIENCE
    for call in calls:
        call.interrupt()
    while time.monotonic() < deadline and not all(call.settled() for call in calls if call.begun):
        time.sleep(_LOOK)


def _forks() -> bool:
    """Whether processes are forked, and find everything as it is at once: on Linux, where no framework has threads to lose."""
    return sys.platform.startswith("linux") and not any(name in sys.modules for name in THREADED)


class _Call:
    """One part of a candidate: waiting, under judgement, or settled."""

    def __init__(self, judge: Judge, word: str, part: Part) -> None:
        self._judge, self._word, self._part = judge, word, part
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
        context = multiprocessing.get_context("fork" if _forks() else "spawn")
        self.answers, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=_answer, args=(theirs, self._judge, self._word, self._part))
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
    heed()
    running = [call for call in calls if call.begun and not call.settled()]
    for call in [call for call in calls if not call.begun][: most - len(running)]:
        call.begin()
        running.append(call)
    connection.wait([call.answers for call in running], _LOOK)


def _answer(answers: connection.Connection, judge: Judge, word: str, part: Part) -> None:
    """What a process does: send the report, or how the judgement ended."""
    with terminated_as_interrupted():
        try:
            found: Any = judge(word, part)
        except KeyboardInterrupt:
            found = KeyboardInterrupt
        except Exception:
            found = KeyboardInterrupt if asked() else traceback.format_exc()
        answers.send(found)

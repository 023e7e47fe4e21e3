"""Several candidates, each judged in a process of its own; what is finished survives an interrupt."""

from __future__ import annotations

import contextlib
import os
import signal
from concurrent.futures import ProcessPoolExecutor, wait
from typing import Any, Callable, Iterator, Sequence

from conformance.report import Report

PATIENCE = 10
"""Seconds that candidates under judgement are given, after an interrupt, to say how far they came."""


def each(judge: Callable[[str], Report], words: Sequence[str]) -> Iterator[Report]:
    """The report on every candidate, in the order of the words; one alone is judged in this process.

    Raises
    ------
    KeyboardInterrupt
        If the user interrupts, after the reports that are finished.
    """
    if len(words) == 1:
        yield judge(words[0])
        return
    with ProcessPoolExecutor(min(len(words), os.cpu_count() or 1)) as pool:
        waiting = [pool.submit(judge, word) for word in words]
        while waiting:
            try:
                found = waiting[0].result()
            except KeyboardInterrupt:
                for future in waiting:
                    future.cancel()
                done, _ = wait(waiting, PATIENCE)
                yield from (f.result() for f in waiting if f in done and not f.cancelled() and not f.exception())
                raise
            waiting.pop(0)
            yield found


@contextlib.contextmanager
def terminated_as_interrupted() -> Iterator[None]:
    """Take a request to end, as a job that runs out of time is sent, for an interrupt."""

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)

"""A program at work: started without a shell, asked line by line, held to its limits, and ended with all it started."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
import weakref
from pathlib import Path
from typing import Callable, Sequence

from conformance.calling.remote.messages import Misconduct, printable

LONGEST_REPLY = 2**20
"""Bytes that one line on stdout may have."""

_KEPT = 2**14
_SHOWN = 8
"""Bytes kept of what a program says on stderr, and lines shown of that."""

_AT_ONCE = 2**16
_GRACE = 1.0
"""Bytes read at once; seconds a program has to end, once it has closed its stdout or has been asked to stop."""

_LAUNCH = str(Path(__file__).with_name("launch.py"))


class TimedOut(Misconduct):
    """No reply came in time."""


class Process:
    """One run of a program, in a process group of its own.

    Parameters
    ----------
    words : the program and its arguments
    memory : limit of each of its processes, MiB
    heard : called with what it says on stderr, as bytes
    """

    def __init__(self, words: Sequence[str], memory: int, heard: Callable[[bytes], None] = lambda said: None) -> None:
        # Isolated and without site packages: the launcher is there for a moment and needs nothing.
        command = [sys.executable, "-I", "-S", _LAUNCH, str(memory), *words]
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        self._popen = subprocess.Popen(command, bufsize=0, start_new_session=True, **pipes)
        for pipe in (self._popen.stdin, self._popen.stdout, self._popen.stderr):
            os.set_blocking(pipe.fileno(), False)
        self._end = weakref.finalize(self, _end, self._popen)
        self._heard, self._said, self._ahead = heard, b"", b""

    def ask(self, line: bytes, seconds: float) -> bytes:
        """Write a line to the program and return the next line it writes.

        Raises
        ------
        TimedOut
            If none comes within `seconds`.
        Misconduct
            If the program ends, closes its stdout, or writes a line that has no end.
        """
        self._said = b""
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as ready:
            ready.register(self._popen.stdin, selectors.EVENT_WRITE)
            ready.register(self._popen.stdout, selectors.EVENT_READ)
            ready.register(self._popen.stderr, selectors.EVENT_READ)
            while line or b"\n" not in self._ahead:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimedOut(f"no reply within {seconds:g} s")
                for key, _ in ready.select(left):
                    if key.fileobj is self._popen.stdin:
                        line = self._write(line)
                    elif key.fileobj is self._popen.stdout:
                        self._read_reply()
                    elif not self._listen():
                        ready.unregister(self._popen.stderr)
                if not line and self._popen.stdin in ready.get_map():
                    ready.unregister(self._popen.stdin)
        self._listen()
        found, _, self._ahead = self._ahead.partition(b"\n")
        return found

    def _write(self, line: bytes) -> bytes:
        """What is left of a line when the program has taken as much as it can."""
        try:
            return line[os.write(self._popen.stdin.fileno(), line) :]
        except BlockingIOError:
            return line
        except BrokenPipeError:
            # A reason to read on: what it wrote before, or that it has ended.
            return b""

    def _read_reply(self) -> None:
        found = os.read(self._popen.stdout.fileno(), _AT_ONCE)
        self._ahead += found
        if not found:
            raise Misconduct(self._ending())
        if len(self._ahead) > LONGEST_REPLY and b"\n" not in self._ahead[:LONGEST_REPLY]:
            raise Misconduct(f"expected a reply in one line of at most {LONGEST_REPLY} bytes, got more")

    def _listen(self) -> bool:
        """Read what there is on stderr; False when it is closed."""
        try:
            found = os.read(self._popen.stderr.fileno(), _AT_ONCE)
        except BlockingIOError:
            return True
        self._said = (self._said + found)[-_KEPT:]
        if found:
            self._heard(found)
        return bool(found)

    def _ending(self) -> str:
        """How the program ended. It is left a zombie, so that its group can still be named."""
        found, deadline = None, time.monotonic() + _GRACE
        while found is None and time.monotonic() < deadline:
            found = os.waitid(os.P_PID, self._popen.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            time.sleep(0 if found else 0.002)
        if found is None:
            return "the program closed its stdout"
        if found.si_code == os.CLD_EXITED:
            return f"the program ended with exit status {found.si_status} instead of a reply"
        return f"the program was ended by {_name(found.si_status)} instead of a reply"

    def said(self) -> str:
        """The last lines on stderr since the last question, each after a line break; "" if there is none."""
        for _ in range(_KEPT // _AT_ONCE + 2):
            self._listen()
        lines = self._said.decode("utf-8", "replace").splitlines()[-_SHOWN:]
        return "".join(f"\n  stderr: {printable(line)}" for line in lines)

    def stop(self, farewell: bytes = b"") -> None:
        """End the program and whatever it has started; with a last line for it, after some time to end by itself."""
        with contextlib.suppress(OSError):
            if farewell:
                self._write(farewell)
                self._popen.stdin.close()
                self._ending()
        self._end()


def _name(number: int) -> str:
    """The name of a signal, or its number where it has none."""
    return signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"


def _end(popen: subprocess.Popen) -> None:
    """Kill a process group, then take notice of its end: not the other way round, or the number may be another's."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(popen.pid, signal.SIGKILL)
    popen.wait()
    for pipe in (popen.stdin, popen.stdout, popen.stderr):
        with contextlib.suppress(OSError):
            pipe.close()

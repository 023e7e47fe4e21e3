"""The client: calls a program by the protocol, and starts it anew when it ended, hung or broke the protocol."""

from __future__ import annotations

import collections
import contextlib
import os
import shutil
import weakref
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np

from conformance.calling.errors import CandidateError, CandidateNotFound, CandidateStopped
from conformance.calling.remote import messages
from conformance.calling.remote.limits import Limits
from conformance.calling.remote.messages import Misconduct
from conformance.calling.remote.process import Process, TimedOut
from conformance.calling.remote.scratch import Scratch
from refimpl import Dialect

TIMEOUTS_OF_AN_OP = 3
TIMEOUTS_IN_ALL = 10
"""After so many, an op, or any op, is not called again."""

START = 4
"""The start of a program, with all it imports, may take so many times as long as a call."""


class Client:
    """A program at work; `capabilities` is its reply to the start.

    Parameters
    ----------
    words : the program and its arguments
    limits : of each of its processes
    preset : name of the dialect the user asked for, None for the program's own

    Raises
    ------
    CandidateNotFound
        If there is no such program, or it does not start.
    CandidateStopped
        If it ends, hangs or breaks the protocol when it starts.
    """

    def __init__(self, words: Sequence[str], limits: Limits, preset: str | None) -> None:
        self._words, self._limits, self._preset = words, limits, preset
        # The error stream as it is now: a test run around the calls may take the name for itself.
        self._echo = os.dup(2) if limits.verbose else None
        self._requests, self._timeouts = 0, collections.Counter()
        self._running: List[Any] = []
        self._end = weakref.finalize(self, _end, self._running, self._echo)
        try:
            self.capabilities = self._start()
        except BaseException:
            self._end()
            raise

    def run(
        self, what: str, op: str, dialect: Dialect, arguments: Dict[str, Any], returns: Sequence[str], recorded: bool
    ) -> Tuple[Any, ...]:
        """Run one op.

        Parameters
        ----------
        what : `op`, or its gradient `<op>_vjp`
        arguments : by name: arrays, lists of arrays, and whole numbers, also within lists
        returns : names of the results
        recorded : whether a framework is to record what a gradient needs

        Returns
        -------
        an array, or a list of arrays, for each name

        Raises
        ------
        CandidateError
            If the program answers with an error, or with results that are missing or cannot be read.
        CandidateStopped
            If it ends, hangs or breaks the protocol, or has hung too often. The next call starts it anew.
        NotImplementedError
            If it answers that it does not serve this.
        """
        self._refuse_after_timeouts(what, op)
        if not self._running:
            self._restart()
        scratch = self._running[1]
        tensors = {name: _written(scratch, name, x) for name, x in arguments.items() if _is_tensor(x)}
        values = {name: x for name, x in arguments.items() if name not in tensors}
        fields = {"dialect": messages.said(dialect), "tensors": tensors, "values": values, "recorded": recorded}
        reply = self._ask(op, self._limits.seconds, "run", op=what, **fields)
        if reply["type"] == "unsupported":
            raise NotImplementedError(reply["reason"])
        if reply["type"] == "error":
            raise CandidateError(reply["message"])
        return _results(what, reply["tensors"], returns, scratch)

    def close(self) -> None:
        """End the program and remove its scratch folder."""
        if self._running:
            self._running[0].stop(messages.encoded({"type": "stop", "id": self._requests + 1}))
        self._end()

    def _refuse_after_timeouts(self, what: str, op: str) -> None:
        counted = ((self._timeouts[op], TIMEOUTS_OF_AN_OP, f" of {op}"), (sum(self._timeouts.values()), TIMEOUTS_IN_ALL, ""))
        for often, most, whose in counted:
            if often >= most:
                raise CandidateStopped(f"{what}: not called again after {often} timeouts{whose}")

    def _start(self) -> Dict[str, Any]:
        if shutil.which(self._words[0]) is None:
            raise CandidateNotFound(f"no program {self._words[0]!r} that can be run")
        self._running += [Process(self._words, self._limits.memory, self._hear), Scratch()]
        fields = {"protocol": messages.VERSION, "scratch": self._running[1].path, "dialect": self._preset}
        reply = self._ask("start", START * self._limits.seconds, "start", **fields)
        if reply["type"] == "result":
            return reply
        _end(self._running)
        raise CandidateNotFound(reply.get("reason") or reply.get("message", ""), reply.get("missing", ""))

    def _restart(self) -> None:
        try:
            self._start()
        except CandidateNotFound as error:
            raise CandidateStopped(f"started anew: {error}") from error

    def _ask(self, counted: str, seconds: float, kind: str, **fields: Any) -> Dict[str, Any]:
        """Send a request and read its reply; a timeout is counted for the op `counted`."""
        process = self._running[0]
        self._requests += 1
        request = {"type": kind, "id": self._requests, **fields}
        line = messages.encoded(request)
        if self._limits.verbose:
            self._hear(b"-> " + line)
            messages.check(line, kind)
        try:
            answer = process.ask(line, seconds)
            if self._limits.verbose:
                self._hear(b"<- " + answer + b"\n")
            reply = messages.reply(answer, request)
        except Misconduct as error:
            self._timeouts[counted] += isinstance(error, TimedOut)
            said = process.said()
            _end(self._running)
            raise CandidateStopped(f"{fields.get('op', kind)}: {error}{said}") from error
        if reply["type"] == "error":
            reply["message"] += process.said()
        return reply

    def _hear(self, said: bytes) -> None:
        if self._echo is not None:
            with contextlib.suppress(OSError):
                os.write(self._echo, said)


def _end(running: List[Any], echo: int | None = None) -> None:
    """Kill the process, if there is one, and then remove its scratch folder; close the echo for good."""
    while running:
        # In this order: a program that still writes would keep its folder from being removed.
        part = running.pop(0)
        part.remove() if isinstance(part, Scratch) else part.stop()
    if echo is not None:
        os.close(echo)


def _is_tensor(value: Any) -> bool:
    if isinstance(value, list):
        return any(isinstance(x, np.ndarray) for x in value)
    return isinstance(value, np.ndarray)


def _written(scratch: Scratch, name: str, value: Any) -> Any:
    """What a message says of an array, or of a list of arrays."""
    if isinstance(value, list):
        return [scratch.write(f"{name}.{i}", x) for i, x in enumerate(value)]
    return scratch.write(name, value)


def _results(what: str, tensors: Dict[str, Any], returns: Sequence[str], scratch: Scratch) -> Tuple[Any, ...]:
    if set(tensors) != set(returns):
        raise CandidateError(f"{what}: expected the tensors {', '.join(returns)}, got {messages.printable(', '.join(tensors)) or 'none'}")
    return tuple(_read(scratch, f"{what}: {name}", tensors[name]) for name in returns)


def _read(scratch: Scratch, what: str, found: Any) -> Any:
    if isinstance(found, list):
        return [scratch.read(f"{what}[{i}]", tensor) for i, tensor in enumerate(found)]
    return scratch.read(what, found)

"""Limits: what a candidate in a process of its own may take, and when it gets one."""

from __future__ import annotations

from typing import NamedTuple, Sequence

PREFIX = "cmd:"
"""Begins a word that names a program."""

LARGEST = 1e9


class Limits(NamedTuple):
    """What a candidate may take: seconds for each call, four times that for its start; MiB for each of its processes.

    `verbose` echoes all messages, and what the candidate says on stderr; and holds our own messages to the schema, too.
    """

    seconds: float = 30.0
    memory: int = 4096
    verbose: bool = False


class LimitsError(ValueError):
    """A limit that cannot be set."""


def limits(
    words: Sequence[str], *, isolate: bool, timeout: float | None, memory: int | None, verbose: bool = False
) -> Limits | None:
    """Read the options about processes; None where candidates share this one.

    Parameters
    ----------
    words : the candidates
    isolate : whether those in Python, too, get processes of their own
    timeout : seconds, None for the default
    memory : MiB, None for the default

    Raises
    ------
    LimitsError
        If a number is not above 0, or something is asked for that nobody would be held to.
    """
    for name, value in (("timeout", timeout), ("memory", memory)):
        if value is not None and not 0 < value < LARGEST:
            raise LimitsError(f"{name}: expected a number above 0 and below {LARGEST:g}, got {value}")
    if not isolate and not all(word.startswith(PREFIX) for word in words):
        if timeout or memory:
            raise LimitsError(f"timeout and memory: need isolation, or a candidate that is a program ({PREFIX}…)")
        return None
    given = {"seconds": timeout, "memory": memory, "verbose": verbose}
    return Limits(**{name: value for name, value in given.items() if value is not None})

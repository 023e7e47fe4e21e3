"""Findings: what a judge says of an answer that breaks a clause, or of one it cannot judge."""

from __future__ import annotations

from typing import NamedTuple, Tuple


class Value(NamedTuple):
    """One judged number: its index, what was expected, how far it may be off, and what came."""

    at: Tuple[int, ...]
    expected: float
    bound: float
    got: float


class Finding(NamedTuple):
    """The numbers of a break: what was judged, how many of how many are wrong, and the worst of all, right or wrong."""

    name: str
    wrong: int
    of: int
    values: Tuple[Value, ...]


class Broken(AssertionError):
    """The answer breaks the clause; the text says where and by how much, `finding` the same as data if it is about numbers."""

    def __init__(self, reason: str, finding: Finding | None = None) -> None:
        super().__init__(reason)
        self.finding = finding


class Undecided(Exception):
    """No verdict on this example as a whole."""

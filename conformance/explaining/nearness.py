"""Nearness: how far examples are from what the reference says under changed fields of a dialect, each looked at once."""

from __future__ import annotations

import math
from typing import Any, Callable, Dict, Sequence

from conformance.explaining.distance import Changes
from refimpl.errors import ContractError


class Nearness:
    """The distance of so many examples under any changes; `look` is asked for each of them and each change once."""

    def __init__(self, count: int, look: Callable[[int, Changes], float]) -> None:
        self._count, self._look = count, look
        self._known: Dict[Any, float] = {}

    def far(self, changes: Changes, among: Sequence[int] | None = None) -> float:
        """The sum of their distances, of all or of some; ∞ if such a dialect does not exist."""
        return sum(self.of(i, changes) for i in (range(self._count) if among is None else among))

    def of(self, i: int, changes: Changes) -> float:
        """The distance of one."""
        key = i, tuple(sorted(changes.items(), key=repr))
        if key not in self._known:
            try:
                self._known[key] = self._look(i, changes)
            except (ContractError, ValueError, TypeError):
                self._known[key] = math.inf
        return self._known[key]

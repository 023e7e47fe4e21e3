"""Work: how long to look is counted in calls and numbers, never in seconds, so that a report is the same on any machine."""

from __future__ import annotations

from conformance.cases.case import Case

NUMBERS = 1024
"""Numbers of a case that cost as much as the call itself."""


class Work:
    """What is left of an amount of work: one unit for each call, and one for so many `NUMBERS` of its arguments."""

    def __init__(self, units: float) -> None:
        self.left = units

    def spend(self, case: Case) -> bool:
        """Pay for a case; False once nothing is left."""
        self.left -= 1 + case.amount / NUMBERS
        return self.left > 0

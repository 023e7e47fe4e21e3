"""Who decides otherwise, where no mutant says so already.

Deliberate differences that break a clause are mutants (`Mutant.convention`), each with a candidate to run. Here stand
the others: decisions that change no judged value, that a dialect carries, or that lie outside one op.
"""

from __future__ import annotations

from typing import NamedTuple


class Otherwise(NamedTuple):
    """op; the field of a dialect it concerns, or ""; who does what; where that was read; what the suite makes of it."""

    op: str
    field: str
    does: str
    source: str
    judged: str


LICENSED = "equal but for rounding, which its bound allows"
OPEN = "left open: not judged"
FIELD = "a dialect carries it"
OUTSIDE = "another loss: no dialect describes it"

"""Verdicts: what was seen in one test, and what it adds up to for one clause of one op."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Dict, Iterable, List

CONFORMS, BREAKS, UNDECIDED, NOT_PROVIDED, ERROR = "CONFORMS", "BREAKS", "UNDECIDED", "NOT PROVIDED", "ERROR"
KNOWN = "KNOWN"
"""A break or an error that the user has listed as known."""

HALF = ("float16", "bfloat16")
"""Float types that are judged on request, for what can be decided in them."""

VALUES_CAP = 1e-3
"""Largest share of judged values that may stay undecided."""

SCENES_CAP = 0.02
"""Largest share of whole scenes that may stay undecided where only the final loss can be seen."""


@dataclass
class Outcome:
    """What one test saw: one clause, one op, one float type, one event.

    Attributes
    ----------
    verdict : CONFORMS, BREAKS, NOT_PROVIDED or ERROR; UNDECIDED is formed over all tests of a clause.
    examples : cases judged.
    values, undecided_values : single numbers and decisions judged, and those no verdict could be formed on.
    undecided_scenes : examples given up as a whole.
    refused : cases on which the op raised NotImplementedError.
    worst : largest error / bound.
    detail : on BREAKS and ERROR, the text for the user.
    counterexample : the same as data, as `conformance.suite.counterexample` records it.
    """

    clause: str
    op: str
    dtype: str
    event: str
    verdict: str = CONFORMS
    examples: int = 0
    values: int = 0
    undecided_values: int = 0
    undecided_scenes: int = 0
    refused: int = 0
    worst: float = 0.0
    detail: str = ""
    counterexample: Dict[str, Any] | None = None

    def add(self, counted: Outcome) -> None:
        """Count what one trial looked at."""
        self.values += counted.values
        self.undecided_values += counted.undecided_values
        self.worst = max(self.worst, counted.worst)

    def as_dict(self) -> Dict[str, Any]:
        return asdict(self)


@dataclass
class Row:
    """One line of the verdict table: a clause as seen through one op."""

    op: str
    clause: str
    verdict: str
    examples: int
    worst: float
    undecided: float
    detail: str
    counterexample: Dict[str, Any] | None = None


def summarise(outcomes: Iterable[Outcome]) -> List[Row]:
    """One row for each (op, clause), in the order in which they were first seen."""
    groups: Dict[Any, List[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault((outcome.op, outcome.clause), []).append(outcome)
    return [_row(op, clause, seen) for (op, clause), seen in groups.items()]


def _row(op: str, clause: str, seen: List[Outcome]) -> Row:
    examples = sum(o.examples for o in seen)
    # In half precision little can be decided: what is, counts; the rest does not.
    full = [o for o in seen if o.dtype not in HALF]
    values = sum(o.undecided_values for o in full) / max(sum(o.values for o in full), 1)
    scenes = sum(o.undecided_scenes for o in full) / max(examples, 1)
    found = {o.verdict for o in seen}
    verdict = next((v for v in (BREAKS, ERROR) if v in found), None)
    if verdict is None:
        verdict = NOT_PROVIDED if found == {NOT_PROVIDED} else CONFORMS
        if values > VALUES_CAP or scenes > SCENES_CAP:
            verdict = UNDECIDED
    told = next((o for o in seen if o.verdict == verdict and o.detail), None)
    detail, counterexample = (told.detail, told.counterexample) if told else ("", None)
    return Row(op, clause, verdict, examples, max(o.worst for o in seen), max(values, scenes), detail, counterexample)


def exit_code(rows: Iterable[Row]) -> int:
    """0 every provided op conforms, or fails as is known; 1 a clause breaks or errs; 2 no verdict could be formed."""
    found = {row.verdict for row in rows}
    if found & {BREAKS, ERROR}:
        return 1
    return 0 if found & {CONFORMS, KNOWN} and UNDECIDED not in found else 2

"""Verdicts: what was seen in one test, and what it adds up to for one clause of one op."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Dict, Iterable, List, Sequence, Set, Tuple

CONFORMS, BREAKS, UNDECIDED, NOT_PROVIDED, ERROR = "CONFORMS", "BREAKS", "UNDECIDED", "NOT PROVIDED", "ERROR"
KNOWN = "KNOWN"
"""A break or an error that the user has listed as known."""

HALF = ("float16", "bfloat16")
"""Float types that are judged on request, for what can be decided in them."""

VALUES_CAP = 0.01
"""Largest share of judged values that may stay undecided: some dialects divide 0 by 0 where two boxes are flat."""

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
    """One line of the verdict table: a clause as seen through one op.

    The counts below the counterexample are what `undecided`, a share, is made of; half precision adds nothing to them.
    """

    op: str
    clause: str
    verdict: str
    examples: int
    worst: float
    undecided: float
    detail: str
    counterexample: Dict[str, Any] | None = None
    values: int = 0
    undecided_values: int = 0
    undecided_scenes: int = 0


def summarise(outcomes: Iterable[Outcome]) -> List[Row]:
    """One row for each (op, clause), in the order in which they were first seen."""
    groups: Dict[Any, List[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault((outcome.op, outcome.clause), []).append(outcome)
    return [_row(op, clause, seen) for (op, clause), seen in groups.items()]


def _row(op: str, clause: str, seen: List[Outcome]) -> Row:
    # In half precision little can be decided: what is, counts; the rest does not.
    full = [o for o in seen if o.dtype not in HALF]
    counts = {name: sum(getattr(o, name) for o in full) for name in ("values", "undecided_values", "undecided_scenes")}
    examples = sum(o.examples for o in seen)
    verdict, undecided = _formed({o.verdict for o in seen}, examples, **counts)
    detail, counterexample = _told(seen, verdict)
    return Row(op, clause, verdict, examples, max(o.worst for o in seen), undecided, detail, counterexample, **counts)


def joined(rows: Sequence[Row]) -> Row:
    """One row of several on the same clause and op, drawn by different seeds; it tells of the first with its verdict."""
    if len(rows) == 1:
        return rows[0]
    counts = {name: sum(getattr(row, name) for row in rows) for name in ("values", "undecided_values", "undecided_scenes")}
    examples = sum(row.examples for row in rows)
    verdict, undecided = _formed({row.verdict for row in rows} - {UNDECIDED}, examples, **counts)
    detail, counterexample = _told(rows, verdict)
    worst = max(row.worst for row in rows)
    return Row(rows[0].op, rows[0].clause, verdict, examples, worst, undecided, detail, counterexample, **counts)


def _formed(
    found: Set[str], examples: int, values: int, undecided_values: int, undecided_scenes: int
) -> Tuple[str, float]:
    """The verdict over several, and the share that is undecided."""
    shares = undecided_values / max(values, 1), undecided_scenes / max(examples, 1)
    verdict = next((v for v in (BREAKS, ERROR, KNOWN) if v in found), None)
    if verdict is None:
        verdict = CONFORMS if found != {NOT_PROVIDED} and examples else NOT_PROVIDED
        if shares[0] > VALUES_CAP or shares[1] > SCENES_CAP:
            verdict = UNDECIDED
    return verdict, max(shares)


def _told(seen: Sequence[Any], verdict: str) -> Tuple[str, Dict[str, Any] | None]:
    """What there is to say of the first with a verdict."""
    told = next((one for one in seen if one.verdict == verdict and one.detail), None)
    return (told.detail, told.counterexample) if told else ("", None)


def exit_code(rows: Iterable[Row]) -> int:
    """0 every provided op conforms, or fails as is known; 1 a clause breaks or errs; 2 no verdict could be formed."""
    found = {row.verdict for row in rows}
    if found & {BREAKS, ERROR}:
        return 1
    return 0 if found & {CONFORMS, KNOWN} and UNDECIDED not in found else 2

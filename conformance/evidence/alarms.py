"""The false-alarm matrix: for each correct variant what the suite said about it, over many seeds."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Dict, Iterable, List, Set, Tuple

from conformance.calling.candidate import Candidate
from conformance.evidence.panel import rounds, sights
from conformance.suite.run import Run
from conformance.candidates.variants import VARIANTS
from refimpl import YOLOV8


@dataclass
class Tally:
    """What one run saw of a variant.

    Attributes
    ----------
    runs : clauses judged, each through each of its ops.
    examples : judged in all.
    accusations : what was said against it.
    worst : largest error / bound, and the clause it was seen in.
    values, undecided_values : numbers and decisions judged, and those without a verdict.
    undecided_scenes : examples given up as a whole.
    """

    runs: int = 0
    examples: int = 0
    accusations: List[str] = field(default_factory=list)
    worst: Tuple[float, str] = (0.0, "")
    values: int = 0
    undecided_values: int = 0
    undecided_scenes: int = 0

    def __add__(self, other: Tally) -> Tally:
        """What two runs saw together."""
        worst = max(self.worst, other.worst)
        sums = {f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self) if f.name != "worst"}
        return Tally(worst=worst, **sums)

    def as_dict(self) -> Dict[str, Any]:
        return asdict(self)


def alarms(run: Run, ops: Iterable[str]) -> Dict[str, Tally]:
    """Put every variant whose framework is installed through some ops of the suite."""
    made = {id: Candidate(variant.factory, YOLOV8, id) for id, variant in VARIANTS.items()}
    found = {id: Tally() for id in made}
    judged: Dict[str, Set[Tuple[str, str]]] = {id: set() for id in made}
    served = next(iter(made.values())).served
    for round in rounds(run, served, ops):
        expectations: List[Dict[str, Any]] = [{} for _ in round.cases]
        for id, candidate in made.items():
            if round.op in (candidate.differentiable if round.gradient else candidate.ops):
                for seen in sights(round, candidate, expectations):
                    judged[id].add((round.op, seen.clause))
                    _count(found[id], seen)
    for id, tally in found.items():
        tally.runs = len(judged[id])
    return found


def _count(tally: Tally, seen: Any) -> None:
    outcome = seen.outcome
    tally.examples += 1
    if seen.reason:
        tally.accusations.append(f"{outcome.op} {seen.clause} ({outcome.dtype}, {outcome.event}): {seen.reason}")
    tally.worst = max(tally.worst, (outcome.worst, seen.clause))
    tally.values += outcome.values
    tally.undecided_values += outcome.undecided_values
    tally.undecided_scenes += outcome.undecided_scenes

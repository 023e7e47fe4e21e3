"""The kill matrix: for each mutant the clause that kills it first, after how many examples and seconds."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any, Dict, Iterable, List, Tuple

from conformance.calling.candidate import Candidate
from conformance.ops.right import Right
from conformance.ops.mutants import MUTANTS, Mutant
from conformance.evidence.panel import Round, rounds, sights
from conformance.cases.protocol import OPS
from conformance.suite.run import Run
from refimpl import YOLOV8


class RightIsAccused(Exception):
    """The candidate that the mutants are made of breaks a clause itself: no kill proves anything."""


@dataclass
class Kill:
    """What one run saw of a mutant.

    Attributes
    ----------
    clause, event, dtype : of the first break; "" if it survived. A crash is no kill.
    clauses : all that broke under that event.
    examples : judged up to it.
    seconds : a run that judges its op alone takes up to it: to draw, to compute what is expected, to judge.
    crashes : examples on which it gave no answer.
    """

    clause: str = ""
    clauses: Tuple[str, ...] = ()
    event: str = ""
    dtype: str = ""
    examples: int = 0
    seconds: float = 0.0
    crashes: int = 0

    def as_dict(self) -> Dict[str, Any]:
        return asdict(self)


def kills(run: Run, ops: Iterable[str] = tuple(OPS)) -> Dict[str, Kill]:
    """Put every mutant of some ops that is no equivalent through the examples of its op.

    Raises
    ------
    RightIsAccused
        If the right candidate breaks a clause.
    """
    found: Dict[str, Kill] = {}
    for op in ops:
        found.update(_kills_of(run, op))
    return {id: found[id] for id in MUTANTS if id in found}


def _kills_of(run: Run, op: str) -> Dict[str, Kill]:
    """The mutants whose fault is in one op, or in its gradient."""
    mutants = [m for m in MUTANTS.values() if m.op.replace("_vjp", "") == op and not m.equivalent]
    found = {mutant.id: Kill() for mutant in mutants}
    right = Candidate(Right, YOLOV8, "right")
    begun, spent = time.perf_counter(), {False: 0.0, True: 0.0}

    def alive(gradient: bool) -> List[Mutant]:
        return [m for m in mutants if gradient == m.op.endswith("_vjp") and not found[m.id].clause]

    for round in rounds(run, right.served, [op], lambda gradient: bool(alive(gradient))):
        expectations: List[Dict[str, Any]] = [{} for _ in round.cases]
        for seen in sights(round, right, expectations):
            if seen.reason:
                raise RightIsAccused(f"{op}, {seen.clause}, {round.event}: {seen.reason}")
        spent[round.gradient] += time.perf_counter() - begun
        for mutant in alive(round.gradient):
            _look(mutant, round, expectations, found[mutant.id], spent[round.gradient])
        begun = time.perf_counter()
    return found


def _look(mutant: Mutant, round: Round, expectations: List[Dict[str, Any]], kill: Kill, spent: float) -> None:
    """Judge a mutant on the examples of a round; time and examples are those up to the first break."""
    begun = time.perf_counter()
    for seen in sights(round, Candidate(mutant.factory, YOLOV8, mutant.id), expectations):
        kill.crashes += not seen.clause
        kill.examples += not kill.clause
        if seen.reason and seen.clause:
            if not kill.clause:
                kill.clause, kill.event, kill.dtype = seen.clause, round.event, round.dtype
                kill.seconds = spent + time.perf_counter() - begun
            kill.clauses = tuple(dict.fromkeys((*kill.clauses, seen.clause)))

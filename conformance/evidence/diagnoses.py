"""How well a break is explained: is the bug named, is the stage right, is the counterexample small."""

from __future__ import annotations

import contextlib
import math
from dataclasses import asdict, dataclass, replace
from typing import Any, Dict, Iterable, List, Tuple

import numpy as np

from conformance.calling.candidate import Candidate
from conformance.ops.spec import PROPERTIES
from conformance.explaining.inquiry import likely
from conformance.evidence.kills import Kill, kills
from conformance.ops.made_of import largest, parts
from conformance.ops.mutants import MUTANTS, Mutant
from conformance.evidence.panel import rounds, sights
from conformance.suite.examination import Examination
from conformance.judging.rounding import EVERY_PRECISION
from conformance.explaining.first_stage import first_divergent
from conformance.cases.axes import length
from conformance.cases.case import Case
from conformance.cases.protocol import OPS
from conformance.suite.run import Run
from conformance.judging.verdicts import Outcome
from refimpl import YOLOV8
from refimpl.door import cells_of

WHOLE = largest()


@dataclass
class Explanation:
    """What the user is told about a mutant.

    Attributes
    ----------
    named : ids of the mutants that its break looks like.
    boxes, anchors : of the smallest counterexample.
    stage : what is said of the first divergent stage where the detection loss breaks; "" if it does not.
    """

    named: List[str]
    boxes: int = 0
    anchors: int = 0
    stage: str = ""

    def as_dict(self) -> Dict[str, Any]:
        return asdict(self)


def explanations(run: Run, ops: Iterable[str], every: int) -> Dict[str, Explanation]:
    """Break mutants through their own op, to name them and to shrink the counterexample, and in the detection loss.

    Parameters
    ----------
    every : look at each so many-th mutant of an op
    """
    killed = kills(run, ops)
    found = {id: _explained(MUTANTS[id], killed[id], run) for id in list(killed)[::every]}
    traced = [id for id in found if MUTANTS[id].op.replace("_vjp", "") in parts(WHOLE)]
    for gradient in sorted({MUTANTS[id].op.endswith("_vjp") for id in traced}):
        _trace(run, gradient, {id: found[id] for id in traced if MUTANTS[id].op.endswith("_vjp") == gradient})
    return found


def _explained(mutant: Mutant, kill: Kill, run: Run) -> Explanation:
    """What is said where a mutant first breaks; nothing if it survived."""
    op = mutant.op.replace("_vjp", "")
    for judged in [one for one in PROPERTIES if (one.op, one.clause) == (op, kill.clause)]:
        outcome = Outcome(kill.clause, op, kill.dtype, kill.event)
        # A copy of the run remembers no break of another mutant.
        examination = _Naming(judged, Candidate(mutant.factory, YOLOV8, mutant.id), replace(run), outcome)
        with contextlib.suppress(_Named):
            examination.conduct()
        if examination.broken:
            return Explanation([m.id for m in examination.named], *size(op, examination.broken[-1].case))
    return Explanation([])


class _Named(Exception):
    """The bug is named: nothing more is asked for."""


class _Naming(Examination):
    """An examination that ends with the name of the bug."""

    named: Tuple[Mutant, ...] = ()

    def look_into(self) -> None:
        self.named = likely(self.judged, self.candidate, self.run, self.outcome, self.broken, self.drawn)
        raise _Named


def _trace(run: Run, gradient: bool, told: Dict[str, Explanation]) -> None:
    """Say where the detection loss of each mutant first goes wrong, on the first example that breaks it."""
    candidates = {id: Candidate(MUTANTS[id].factory, YOLOV8, id) for id in told}
    served = next(iter(candidates.values())).served
    for round in rounds(run, served, [WHOLE]):
        expectations: List[Dict[str, Any]] = [{} for _ in round.cases]
        for id in [id for id in told if not told[id].stage and round.gradient == gradient]:
            broken = next((s for s in sights(round, candidates[id], expectations) if s.reason and s.clause), None)
            if broken is not None:
                precision = EVERY_PRECISION[round.dtype]
                told[id].stage = first_divergent(
                    PROPERTIES, candidates[id], WHOLE, broken.case, precision, gradient
                ).words


def size(op: str, case: Case) -> Tuple[int, int]:
    """Boxes (or rows) and anchors of a case, over all images."""
    signature, arguments = OPS[op], case.arguments
    count = {letter: length(signature, arguments, letter) for letter in "BGNA"}
    images = max(count["B"], 1)
    boxes = count["N"] or images * count["G"]
    cells = sum(cells_of(o, x) for o in signature.given if o.many for x in arguments[o.name])
    leading = [np.shape(arguments[o.name])[:-2] for o in signature.given if o.axes[:2] == ("...", "A")]
    return boxes, images * (cells or count["A"]) * (math.prod(leading[0]) if leading else 1)

"""Inquiry: what is found out about a break beside the smallest case.

Whether it shows by itself or only after earlier calls, which known bug explains it, in which stage it starts, what of the
case it needs, and on which other examples it shows.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Sequence, Tuple

from conformance.explaining import known_bugs as diagnosis, earlier_calls as memory, first_stage as stages
from conformance.ops.spec import PROPERTIES
from conformance.explaining.contrast import Contrast, contrast
from conformance.ops.spec import Property
from conformance.trial.trial import Example
from conformance.ops.mutants import Mutant
from conformance.explaining.elsewhere import Elsewhere, elsewhere, neighbours
from conformance.ops.made_of import whole
from conformance.judging.rounding import PRECISIONS
from conformance.ops.spec import CLAUSES
from conformance.cases.case import Case
from conformance.judging.verdicts import Outcome


class Findings(NamedTuple):
    """What was found out.

    Attributes
    ----------
    memory : the line about earlier calls, "" if the case breaks by itself.
    case : the smallest counterexample, with the earlier call it needs.
    named : the known bugs that explain it.
    stage : the line about the first divergent stage, or "".
    contrast : the smallest counterexample changed in one thing.
    elsewhere : the other examples.
    """

    memory: str
    case: Case
    named: Tuple[Mutant, ...]
    stage: str
    contrast: Contrast
    elsewhere: Elsewhere

    @property
    def lines(self) -> Tuple[str, ...]:
        """What the user reads."""
        found = (self.memory, self.stage, str(self.contrast), str(self.elsewhere), diagnosis.text(self.named))
        return tuple(line for line in found if line)


def inquire(
    judged: Property, candidate: Any, run: Any, outcome: Outcome, broken: Sequence[Example], asked: Sequence[Example]
) -> Findings:
    """Look into a break.

    Parameters
    ----------
    run : the `Run` it was found in
    outcome : what the cases were drawn for
    broken : the counterexamples, from the first to the smallest
    asked : examples of the same event, in the order in which they were asked
    """
    precision, gradient, case = PRECISIONS[outcome.dtype], CLAUSES[judged.clause].gradient, broken[-1].case
    named = likely(judged, candidate, run, outcome, broken, asked)
    before = [*run.asked(outcome.op, outcome.dtype, judged.cases), *(example.case for example in asked)]
    apart = not named and not run.breaks_already(outcome.op)
    line, recalled = memory.recalled(judged, candidate, precision, case, before, apart=apart)
    stage = ""
    if whole(outcome.op):
        stage = stages.first_divergent(PROPERTIES, candidate, outcome.op, case, precision, gradient)
    changed, others = contrast(judged, candidate, precision, case), neighbours(judged, candidate, run, outcome)
    return Findings(line, recalled, named, stage, changed, elsewhere(judged, precision, others))


def likely(
    judged: Property, candidate: Any, run: Any, outcome: Outcome, broken: Sequence[Example], asked: Sequence[Example]
) -> Tuple[Mutant, ...]:
    """The known bugs that explain a break; parameters as of `inquire`."""
    seen = [broken[0], *asked]
    others = [other.example for other in neighbours(judged, candidate, run, outcome)]
    return diagnosis.diagnose(judged, PRECISIONS[outcome.dtype], broken[-1], seen, others)

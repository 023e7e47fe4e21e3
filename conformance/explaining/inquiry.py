"""Inquiry: what is found out about a break beside the smallest case.

Whether it shows by itself or only after earlier calls, which known bug explains it, in which stage it starts, what of the
case it needs, and on which other examples it shows.
"""

from __future__ import annotations

from typing import Any, List, NamedTuple, Sequence, Tuple

from conformance.explaining import known_bugs as diagnosis, earlier_calls as memory, first_stage as stages
from conformance.ops.spec import PROPERTIES
from conformance.explaining.contrast import Contrast, contrast
from conformance.ops.spec import Property
from conformance.explaining.fields import Found, differing, explained, with_fields
from conformance.explaining.first_stage import NOWHERE, Stage
from conformance.explaining.hints import Hint, hints
from conformance.trial.trial import Example, Trial
from conformance.ops.mutants import Mutant
from conformance.explaining.elsewhere import Elsewhere, elsewhere, neighbours
from conformance.ops.made_of import whole
from conformance.judging.rounding import EVERY_PRECISION
from conformance.ops.spec import CLAUSES
from conformance.cases.case import Case
from conformance.judging.verdicts import Outcome


BY_SIZE = "it takes this size: every smaller example conforms"
"""What is told of a break that shows at real size alone; on so much, nothing more is tried."""

SEEN = 4
"""Of the counterexamples before the smallest, so many are looked at for another dialect."""


class Findings(NamedTuple):
    """What was found out.

    Attributes
    ----------
    memory : the line about earlier calls, or the size, that a break needs; "" if the case breaks by itself.
    case : the smallest counterexample, with the earlier call it needs.
    named : the known bugs that explain it.
    stage : the first that diverges.
    hints : what undoes the break.
    fields : the fields of another dialect that explain it; None if there are none.
    contrast : the smallest counterexample changed in one thing.
    elsewhere : the other examples.
    """

    memory: str
    case: Case
    named: Tuple[Mutant, ...]
    stage: Stage
    hints: Tuple[Hint, ...]
    fields: Found | None
    contrast: Contrast
    elsewhere: Elsewhere

    @property
    def causes(self) -> Tuple[str, ...]:
        """What is wrong, as far as it is known."""
        hints = "what is wrong: " + "; or ".join(map(str, self.hints)) if self.hints else ""
        fields = str(self.fields) if self.fields else ""
        return tuple(line for line in (hints, fields, *diagnosis.text(self.named).splitlines(), self.memory, self.stage.words) if line)

    @property
    def alone(self) -> bool:
        """Whether the case, as it is recorded, breaks when it is asked alone."""
        return self.memory in ("", BY_SIZE) or bool(self.case.earlier)

    @property
    def surroundings(self) -> Tuple[str, ...]:
        """On what else it depends."""
        return tuple(line for line in (str(self.contrast), str(self.elsewhere)) if line)


def inquire(
    judged: Property, candidate: Any, run: Any, outcome: Outcome, failing: Trial, broken: Sequence[Example], asked: Sequence[Example]
) -> Findings:
    """Look into a break.

    Parameters
    ----------
    run : the `Run` it was found in
    outcome : what the cases were drawn for
    failing : the trial of the smallest counterexample
    broken : the counterexamples, from the first to the smallest
    asked : examples of the same event, in the order in which they were asked
    """
    precision, gradient, case = EVERY_PRECISION[outcome.dtype], CLAUSES[judged.clause].gradient, broken[-1].case
    stage, of_part, left = NOWHERE, None, []
    if whole(outcome.op):
        stage = stages.first_divergent(PROPERTIES, candidate, outcome.op, case, precision, gradient)
    if _follows(judged, run, stage):
        of_part = _fields_of(stage, candidate, run, outcome.dtype)
        left = _left(judged, candidate, run, outcome, broken, of_part) if of_part else []
        if not left or of_part.left:  # A bug that is left in the part is left in what it is a part of.
            return Findings("", case, (), stage, (), None, Contrast(), Elsewhere())
        stage = NOWHERE
    if outcome.event in judged.cases.large:
        return Findings(BY_SIZE, case, (), stage, (), None, Contrast(), Elsewhere())
    named = likely(judged, candidate, run, outcome, broken, asked)
    before = [*run.asked(outcome.op, outcome.dtype, judged.cases), *(example.case for example in asked)]
    apart = not named and not run.breaks_already(outcome.op)
    line, recalled = memory.recalled(judged, candidate, precision, case, before, apart=apart)
    changed, others = contrast(judged, candidate, precision, case), neighbours(judged, candidate, run, outcome)
    undone = hints(judged, candidate, precision, failing, [other.example for other in others])
    bug = any(not mutant.convention for mutant in named) or any(hint.certain for hint in undone)
    fields = _fields(judged, candidate, run, outcome, failing, [*broken[:SEEN], *(one.example for one in others)], bug)
    if fields and not bug:  # They say more exactly what is no bug, and leave what is one.
        named = tuple(mutant for mutant in named if not mutant.convention)
    if not named and fields and (fields.left or of_part):
        left = _left(judged, candidate, run, outcome, broken, fields)
    if not named and left:
        named = diagnosis.diagnose(judged, precision, left[0], left[1:])
    return Findings(line, recalled, named, stage, undone, fields, changed, elsewhere(judged, precision, others, failing))


def _follows(judged: Property, run: Any, stage: Stage) -> bool:
    """Whether there is nothing of its own to find out: the fault is in a part that is judged by itself, or it is the
    gradient of an op whose value is wrong."""
    in_a_part = stage.op not in ("", judged.op) and run.judges(stage.op)
    return in_a_part or CLAUSES[judged.clause].gradient and run.value_breaks(judged.op, judged.clause)


def _fields_of(stage: Stage, candidate: Any, run: Any, dtype: str) -> Found | None:
    """The fields that explain the breaks of a part, found anew where another process judges it; None if there are none."""
    part = next((one for one in PROPERTIES if (one.op, one.clause) == (stage.op, stage.clause)), None)
    if part is None:
        return None
    key = (part.op, dtype, id(part.cases))
    if key not in run.fields:
        others = neighbours(part, candidate, run, Outcome(part.clause, part.op, dtype, part.events[0]))
        run.fields[key] = differing(part, candidate.preset, EVERY_PRECISION[dtype], [other.example for other in others])
    return run.fields[key]


def _left(judged: Property, candidate: Any, run: Any, outcome: Outcome, broken: Sequence[Example], found: Found) -> List[Example]:
    """What breaks by the rules of the dialect that was found, too, as examples of it, the smallest first: a bug beside a
    convention."""
    seen = [*broken[:SEEN], *(other.example for other in neighbours(judged, candidate, run, outcome))]
    tried = [with_fields(judged, example, EVERY_PRECISION[outcome.dtype], dict(found.changes)) for example in seen]
    left = [one.example for one in tried if one is not None and one.broken]
    return sorted(left, key=lambda example: example.case.amount)


def _fields(
    judged: Property, candidate: Any, run: Any, outcome: Outcome, failing: Trial, seen: Sequence[Example], bug: bool
) -> Found | None:
    """The fields that explain a break, looked for once for all clauses that look at the same answers; of a `bug` that is known,
    or certain, what else it may be."""
    if not failing.broken:
        return None
    key, precision = (outcome.op, outcome.dtype, id(judged.cases)), EVERY_PRECISION[outcome.dtype]
    if bug and not run.fields.get(key):
        return differing(judged, candidate.preset, precision, [failing.example, *seen], bug=True)
    known = run.fields.get(key)
    left = known and judged.clause not in known.still and not explained(judged, failing.example, precision, known)
    if key not in run.fields or left:
        before = {name: value for found in run.fields.values() if found for name, value in found.changes}
        run.fields[key] = differing(judged, candidate.preset, precision, [failing.example, *seen], before)
    return run.fields[key]


def likely(
    judged: Property, candidate: Any, run: Any, outcome: Outcome, broken: Sequence[Example], asked: Sequence[Example]
) -> Tuple[Mutant, ...]:
    """The known bugs that explain a break; parameters as of `inquire`."""
    seen = [broken[0], *asked]
    others = [other.example for other in neighbours(judged, candidate, run, outcome)]
    return diagnosis.diagnose(judged, EVERY_PRECISION[outcome.dtype], broken[-1], seen, others)

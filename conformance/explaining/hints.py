"""Hints: what is wrong in words, each found by undoing it and judging the candidate again.

A hint is *certain* where the candidate, corrected, conforms on the counterexample and on at least `ENOUGH` other
examples; it is *likely* where it does so on all there are. What fails on one of them is not said.
"""

from __future__ import annotations

from typing import Any, List, NamedTuple, Sequence, Tuple

from conformance.explaining.staircase import in_steps
from conformance.explaining.undone import ROUNDED, Undone, undone_of
from conformance.judging.rounding import Precision
from conformance.ops.spec import Property
from conformance.trial.trial import Example, Trial, verdict

ENOUGH = 20
"""Other examples on which a corrected candidate must conform, lest the hint be chance."""

MENDED = 2
"""Other examples that break, and no longer do once a hint is undone, before it is certain."""

OTHER_CHOICES = 0.15
"""Share of the examples on which a candidate may have chosen otherwise than the reference among equals."""

SAID = 2
"""Hints said of one break at most."""


class Hint(NamedTuple):
    """What is wrong, and how sure that is: certain or likely."""

    words: str
    sure: str

    def __str__(self) -> str:
        return f"{self.sure}: {self.words}"

    @property
    def certain(self) -> bool:
        return self.sure == "certain"


def hints(
    judged: Property, candidate: Any, precision: Precision, failing: Trial, others: Sequence[Example]
) -> Tuple[Hint, ...]:
    """What undoes a break, the first few that do.

    Parameters
    ----------
    failing : the counterexample
    others : examples of any event, with the candidate's answers
    """
    if not failing.broken or failing.case.manner or failing.case.earlier:
        return ()
    plain = [example for example in others if not example.case.manner and not example.case.earlier]
    broken = [example for example in plain if verdict(judged, example, precision).broken]
    right = [example for example in plain if not any(example is one for one in broken)]
    examples = [failing.example, *broken, *right]
    found: List[Hint] = []
    said: List[str] = []
    for undone in undone_of(judged, candidate, precision, failing):
        if undone.words == ROUNDED and not any(in_steps(judged, candidate, precision, one) for one in examples[: 1 + len(broken)]):
            continue
        held = _held(undone, examples)
        if held is not None and (len(broken) >= MENDED or held > ENOUGH) and not any(told in undone.words for told in said):
            said.append(undone.words.partition(":")[0] if "built in" in undone.words else undone.words)
            found.append(Hint(undone.words, "certain" if len(broken) >= MENDED and held > ENOUGH else "likely"))
        if len(found) == SAID or found and found[-1].certain:
            break
    return tuple(found)


def _held(undone: Undone, examples: Sequence[Example]) -> int | None:
    """On how many examples the corrected candidate conforms; None if it breaks one, or cannot be asked."""
    held, excused = 0, OTHER_CHOICES * len(examples) if undone.by_choice else 0
    for i, example in enumerate(examples):
        seen = undone.again(example)
        excused -= seen is None or seen.fails
        if excused < 0 or (i == 0 and not seen.holds):
            return None
        held += seen.holds if seen else 0
    return held

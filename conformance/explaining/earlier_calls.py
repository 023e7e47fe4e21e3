"""Earlier calls: whether a counterexample breaks by itself, or only after what the candidate was asked before.

A right candidate forgets. One that keeps something between calls may be wrong in one run and right in the next, so that
its counterexample, judged again, conforms: then the earlier call that it needs is looked for.
"""

from __future__ import annotations

import contextlib
from typing import Callable, Sequence, Tuple

from conformance.calling.candidate import Candidate, find
from conformance.ops.spec import Property
from conformance.trial.trial import trial
from conformance.calling.errors import CandidateNotFound
from conformance.calling.remote.limits import Limits
from conformance.judging.rounding import Precision
from conformance.cases.case import Case

STEADY = 3
"""Times that a case must break after an earlier call, lest chance be taken for memory."""

Anew = Callable[[], "contextlib.AbstractContextManager[Candidate]"]
"""Makes the candidate once more, and lets go of it in the end."""


def recalled(
    judged: Property, candidate: Candidate, precision: Precision, case: Case, before: Sequence[Case], *, apart: bool
) -> Tuple[str, Case]:
    """Ask for a counterexample alone.

    Parameters
    ----------
    case : that breaks the clause
    before : what was asked before it, in order
    apart : whether to ask in a new process, too, which takes seconds, and where a layout in memory would be lost

    Returns
    -------
    the line for the user, "" if the case breaks alone; and the case, after the earlier call that it needs if one is enough
    """
    ways = [("a new instance", lambda: contextlib.nullcontext(candidate.anew()))] * (not candidate.apart)
    ways += [("a new process", lambda: contextlib.closing(find(candidate.word, candidate.by, Limits())))] * (apart and not case.manner)
    for what, anew in ways:
        with contextlib.suppress(CandidateNotFound):
            if not _breaks(judged, anew, precision, case):
                found = _needed(judged, anew, precision, case, before)
                why = "only after the call before it is it wrong" if found is not case else "or chance has a part in it"
                return f"memory: asked this alone, {what} answers right: something is kept between calls, {why}", found
    return "", case


def _needed(judged: Property, anew: Anew, precision: Precision, case: Case, before: Sequence[Case]) -> Case:
    """The case after the one earlier call with which it breaks; as it is if there is none."""
    calls = [earlier.last._replace(manner="") for earlier in before]
    first, last = 0, len(calls)
    if not _breaks(judged, anew, precision, case.after(*calls)):
        return case
    while last - first > 1:
        middle = (first + last) // 2
        if _breaks(judged, anew, precision, case.after(*calls[middle:])):
            first = middle
        else:
            last = middle
    alone = case.after(*calls[first : first + 1])
    return alone if all(_breaks(judged, anew, precision, alone) for _ in range(STEADY)) else case


def _breaks(judged: Property, anew: Anew, precision: Precision, case: Case) -> bool:
    """Whether a candidate that was asked nothing yet is at fault on the case."""
    with anew() as candidate:
        return trial(judged, candidate, case, precision).fails

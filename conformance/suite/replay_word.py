"""The replay word: one example as a word of the command line, so that exactly this one can be judged again, by anyone."""

from __future__ import annotations

import shlex
import zlib
from typing import Any, Tuple

from conformance.calling.remote.limits import PREFIX
from conformance.cases import codec
from conformance.cases.case import Case
from conformance.judging.verdicts import Outcome
from conformance.suite.profiles import STANDARD
from refimpl import YOLOV8

LONGEST = 4000
"""Characters that a word may have; a longer one is not printed, and the search that found the example is named instead."""


class ReplayError(ValueError):
    """A word that does not stand for an example."""


def command(candidate: Any, run: Any, outcome: Outcome, case: Case, alone: bool = True) -> str:
    """The command that judges a candidate by this example again.

    Parameters
    ----------
    candidate : the `Candidate` that failed
    run : the `Run` in which it did
    outcome : what the example was drawn for
    alone : whether it breaks when it is asked alone; if not, all that were asked before it are judged again, too
    """
    words = ["python", "-m", "conformance", "--candidate", candidate.word]
    words += ["--isolate"] * (candidate.apart and not candidate.word.startswith(PREFIX))
    words += ["--dialect", candidate.by] * (candidate.by != YOLOV8.name)
    words += ["--profile", run.profile] * (run.profile != STANDARD)
    words += ["--seed", str(run.seed)] * (run.seed is not None)
    found = word(outcome, case)
    if alone and len(found) <= LONGEST:
        return shlex.join([*words, "--replay", found])
    return shlex.join([*words, "--only", outcome.op, "--dtype", outcome.dtype])


def word(outcome: Outcome, case: Case) -> str:
    """An example as text: which clause, op, float type and event it is for, and its case."""
    return codec.word([outcome.clause, outcome.op, outcome.dtype, outcome.event, codec.of_case(case)])


def read(text: str) -> Tuple[Outcome, Case]:
    """The example that a word stands for.

    Raises
    ------
    ReplayError
        If it stands for none.
    """
    try:
        clause, op, dtype, event, case = codec.of_word(text)
        return Outcome(clause, op, dtype, event), codec.case_of(case)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, zlib.error) as error:
        raise ReplayError(f"replay: expected the word that a report printed, got {text[:40]!r}: {error}") from error

"""Replaying: one example, as the command line names it, judged again."""

from __future__ import annotations

import contextlib
from typing import Any, Tuple

from conformance.suite import replay_word
from conformance.suite.examination import FAULTS, Examination
from conformance.ops.spec import CLAUSES, PROPERTIES
from conformance.judging.verdicts import BREAKS, ERROR, NOT_PROVIDED, Row, summarise


def rows(candidate: Any, run: Any, word: str) -> Tuple[Row, ...]:
    """The verdict on a candidate by one example.

    Raises
    ------
    ReplayError
        If the word stands for none that a clause of this version judges.
    """
    outcome, case = replay_word.read(word)
    judged = next((one for one in PROPERTIES if (one.clause, one.op) == (outcome.clause, outcome.op)), None)
    if judged is None:
        raise replay_word.ReplayError(f"replay: no clause {outcome.clause!r} is judged through {outcome.op!r}")
    examination = Examination(judged, candidate, run, outcome)
    if outcome.op in (candidate.differentiable if CLAUSES[outcome.clause].gradient else candidate.ops):
        with contextlib.suppress(*FAULTS):
            examination.look_at(case)
    if outcome.refused or not outcome.examples and outcome.verdict not in (BREAKS, ERROR):
        outcome.verdict = NOT_PROVIDED
    if outcome.verdict in (BREAKS, ERROR):
        examination.record()
    return tuple(summarise([outcome]))

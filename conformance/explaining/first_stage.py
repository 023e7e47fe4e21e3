"""Stages: where a whole first goes wrong. Each op the candidate offers is judged on what it would be given on the way.

The inputs of a stage are first those that the reference makes of the counterexample, so that the first stage that
breaks is the one that holds a fault, not one that suffers from another. Where no value breaks on these, the inputs are
what the candidate's own ops before it return.
"""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple

import numpy as np

from conformance.ops import made_of
from conformance.calling.candidate import Candidate
from conformance.ops.spec import Property
from conformance.trial.trial import trial
from conformance.cases.protocol import GRADIENTS, OPS
from conformance.judging.rounding import Precision
from conformance.ops.spec import CLAUSES
from conformance.cases.case import Case


class Stage(NamedTuple):
    """An op and the clause it breaks, "" if it is the whole itself; and the line for the user."""

    op: str
    clause: str
    words: str


NOWHERE = Stage("", "", "")
"""Nothing on the way could be judged."""


def first_divergent(
    properties: List[Property], candidate: Candidate, whole: str, case: Case, precision: Precision, gradient: bool
) -> Stage:
    """The first stage of a broken whole that breaks by itself, or that none does.

    Parameters
    ----------
    properties : everything the suite judges
    whole : an op that is made of others
    case : the counterexample
    gradient : whether it breaks in its gradient; the stages are then judged by value and by gradient
    """
    upstreams = {"": made_of.of_reference(case.dialect)}
    if not gradient:
        own = made_of.of_candidate(candidate, case.dialect, precision)
        upstreams[", on what its own ops before it return"] = own
    for whose, answer in upstreams.items():
        passed = []
        for op, arguments in made_of.whole(whole).stages(case, answer):
            if op == whole:
                break
            if op not in (candidate.differentiable if gradient else candidate.ops):
                continue
            clause = _broken(properties, candidate, op, Case.of(case.dialect, arguments), precision, gradient)
            if clause:
                return Stage(op, clause, f"first divergent stage: {op} ({clause}){whose}")
            passed.append(op)
    if not passed:
        return NOWHERE
    told = f"first divergent stage: {whole} itself, for on its inputs {', '.join(dict.fromkeys(passed))} conform"
    return Stage(whole, "", told)


def _broken(
    properties: List[Property], candidate: Candidate, op: str, stage: Case, precision: Precision, gradient: bool
) -> str:
    """The first clause that a stage breaks; "" if it conforms."""
    stage = stage.having(**{name: made_of.held(x, precision) for name, x in stage.arguments.items()})
    for judged in properties:
        by_gradient = CLAUSES[judged.clause].gradient
        if judged.op == op and by_gradient <= gradient:
            asked = stage.having(**_cotangents(op, stage)) if by_gradient else stage
            if trial(judged, candidate, asked, precision).fails:
                return judged.clause
    return ""


def _cotangents(op: str, case: Case) -> Dict[str, Any]:
    """A cotangent for each result the op is differentiated from: ones for the first, twos for the second."""
    answer = OPS[op].function(**OPS[op].among(case.arguments), dialect=case.dialect)
    names = GRADIENTS[op].cotangents
    results = answer if isinstance(answer, tuple) else (answer,)
    return {name: np.full(np.shape(result), float(i + 1)) for i, (name, result) in enumerate(zip(names, results))}

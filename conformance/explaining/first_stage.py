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
from conformance.trial.asking import ask
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


MANY = 5
"""Ops that are named one by one at most."""

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
        passed, unjudged = [], []
        for op, arguments in made_of.whole(whole).stages(case, answer):
            if op == whole:
                break
            if op not in (candidate.differentiable if gradient else candidate.ops):
                continue
            stage = _held(Case.of(case.dialect, arguments), precision)
            clause = _broken(properties, candidate, op, stage, precision, gradient)
            if clause:
                return Stage(op, clause, f"first divergent stage: {op} ({clause}){whose}")
            passed.append(op)
            if _marks_masked_rows(candidate, op, stage, precision):
                unjudged.append(op)
    if not passed:
        return NOWHERE
    told = f"first divergent stage: {whole} itself, for on its inputs your {_named(passed)} conform"
    if unjudged:
        told += f"; but rows whose mask is 0, which are not judged there, are marked by {_named(unjudged)}"
    return Stage(whole, "", told)


def _named(ops: List[str]) -> str:
    """The ops by name, of many the first and the last."""
    once = list(dict.fromkeys(ops))
    return ", ".join(once) if len(once) <= MANY else f"{len(once)} ops from {once[0]} to {once[-1]}"


def _held(stage: Case, precision: Precision) -> Case:
    return stage.having(**{name: made_of.held(x, precision) for name, x in stage.arguments.items()})


def _broken(
    properties: List[Property], candidate: Candidate, op: str, stage: Case, precision: Precision, gradient: bool
) -> str:
    """The first clause that a stage breaks; "" if it conforms."""
    for judged in properties:
        by_gradient = CLAUSES[judged.clause].gradient
        if judged.op == op and by_gradient <= gradient:
            asked = stage.having(**_cotangents(op, stage)) if by_gradient else stage
            if trial(judged, candidate, asked, precision).fails:
                return judged.clause
    return ""


def _marks_masked_rows(candidate: Candidate, op: str, stage: Case, precision: Precision) -> bool:
    """Whether a mask that an op returns for each box is true in the row of one that is masked; the op alone may do so."""
    masks = [operand.name for operand in OPS[op].given if operand.kind == "mask" and operand.axes[-1] == "1"]
    returned = [operand.name for operand in OPS[op].gives if operand.kind == "mask" and "G" in operand.axes]
    if not masks or not returned:
        return False
    masked = ~np.asarray(stage.arguments[masks[0]], bool)[..., 0]
    answer = ask(candidate, op, stage, precision, False)
    return any(bool(np.asarray(getattr(answer, name))[masked].any()) for name in returned)


def _cotangents(op: str, case: Case) -> Dict[str, Any]:
    """A cotangent for each result the op is differentiated from: ones for the first, twos for the second."""
    answer = OPS[op].function(**OPS[op].among(case.arguments), dialect=case.dialect)
    names = GRADIENTS[op].cotangents
    results = answer if isinstance(answer, tuple) else (answer,)
    return {name: np.full(np.shape(result), float(i + 1)) for i, (name, result) in enumerate(zip(names, results))}

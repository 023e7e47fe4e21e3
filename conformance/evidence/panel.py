"""A panel: many candidates judged on the same examples, so that drawing and expectations are paid for once.

The examples are those the command line draws with the same profile and seed.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, Iterator, List, NamedTuple, Sequence, Tuple

from conformance.calling.candidate import Candidate
from conformance.ops.spec import PROPERTIES
from conformance.ops.spec import Property
from conformance.trial.asking import ask
from conformance.trial.examples import drawn
from conformance.trial.trial import UNDECIDED, Example, verdict
from conformance.calling.errors import CandidateError, NotServed
from conformance.cases.probes.calls import NOT_FINITE
from conformance.cases.protocol import OPS
from conformance.judging.rounding import EVERY_PRECISION, Precision
from conformance.ops.spec import CLAUSES
from conformance.cases.case import Case
from conformance.suite.run import Run
from conformance.judging.verdicts import Outcome


class Round(NamedTuple):
    """The examples of one op, value or gradient, under one event in one float type, and the clauses they are for."""

    op: str
    gradient: bool
    event: str
    dtype: str
    properties: Tuple[Property, ...]
    cases: Tuple[Case, ...]


def rounds(run: Run, served: Sequence[Any], ops: Iterable[str], wanted: Callable[[bool], bool] = lambda _: True) -> Iterator[Round]:
    """Draw the examples of some ops, in the order of the protocol.

    Parameters
    ----------
    wanted : asked before each round whether one of values, or of gradients, is still looked at; if not, none is drawn
    """
    for op in [op for op in OPS if op in ops]:
        groups: Dict[Tuple[bool, int], List[Property]] = {}
        for judged in PROPERTIES:
            if judged.op == op:
                groups.setdefault((CLAUSES[judged.clause].gradient, id(judged.cases)), []).append(judged)
        for (gradient, _), members in groups.items():
            cases = members[0].cases
            for event in cases.events:
                for dtype in run.dtypes if wanted(gradient) else ():
                    if run.asks(cases, event, dtype) and cases.possible(event, EVERY_PRECISION[dtype], served):
                        examples = tuple(drawn(run, op, event, dtype, cases, served))
                        yield Round(op, gradient, event, dtype, tuple(members), examples)


class Sight(NamedTuple):
    """What one clause said about one answer: reason is "" if it found nothing wrong."""

    clause: str
    case: Case
    answer: Any
    reason: str
    outcome: Outcome


def sights(round: Round, candidate: Candidate, expectations: List[Dict[str, Any]]) -> Iterator[Sight]:
    """Judge a candidate on the examples of a round, clause by clause on each.

    Parameters
    ----------
    expectations : of each case, filled by the first candidate for the others
    """
    precision = EVERY_PRECISION[round.dtype]
    for case, expected in zip(round.cases, expectations):
        try:
            answer, memo = ask(candidate, round.op, case, precision, round.gradient), {}
        except NotServed:
            continue
        except CandidateError as error:
            if case.manner == NOT_FINITE:
                continue  # An error is an answer there.
            yield Sight("", case, None, str(error), Outcome("", round.op, round.dtype, round.event, examples=1))
            continue
        for judged in round.properties:
            yield sight(judged, round.event, case, answer, precision, memo, expected)


def sight(
    judged: Property, event: str, case: Case, answer: Any, precision: Precision, memo: Dict[str, Any], expected: Dict[str, Any]
) -> Sight:
    """What a clause says about one answer."""
    tried = verdict(judged, Example(case, answer, memo, expected), precision)
    tried.counted.event, tried.counted.examples = event, 1
    tried.counted.undecided_scenes = int(tried.state == UNDECIDED)
    return Sight(judged.clause, case, answer, str(tried.error) if tried.broken else "", tried.counted)

"""From a clause to a test: draw cases of one event, call the candidate, judge its answer, keep the outcome."""

from __future__ import annotations

import time
from typing import Any, Callable, Dict, List, NamedTuple, Sequence, Tuple

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Flaky

from conformance.foreign import CandidateError, NotServed
from conformance.judge import Broken, Judge, Undecided, describe
from conformance.legal import TooManyToDecide
from conformance.protocol import PROTOCOL
from conformance.rounding import PRECISIONS, Precision
from conformance.spec import CLAUSES
from conformance.strategies import Case, Cases
from conformance.verdicts import BREAKS, ERROR, NOT_PROVIDED, Outcome


class Property(NamedTuple):
    """What the plugin reads off a test: the clause it judges, through which op, under which events."""

    clause: str
    op: str
    events: Tuple[str, ...]


class Example(NamedTuple):
    """A case, the candidate's answer to it, and what the clauses have computed about it."""

    case: Case
    answer: Any
    memo: Dict[str, Any]


SHRINK_SECONDS = 2
"""Time spent at most on making one counterexample smaller."""


class ShrunkEnough(BaseException):
    """The counterexample found so far will do; Hypothesis lets it pass as it is no Exception."""


class EventNeverOccurred(Exception):
    """No example of a run showed the event it was drawn for: the run proves nothing."""


def clause(id: str, *, op: str, cases: Cases) -> Callable[[Callable], Callable]:
    """Make a test of one clause out of a body `(answer, case, judge)`.

    `answer` is the candidate's result by the names of the protocol; the body compares it with the reference.
    The test takes the fixtures `candidate`, `run`, `dtype` and `event` of the plugin.
    """
    if op not in CLAUSES[id].ops:
        raise ValueError(f"clause {id}: judged through {CLAUSES[id].ops}, got op {op!r}")

    def wrap(body: Callable[[Any, Case, Judge], None]) -> Callable:
        def test(candidate, run, dtype, event, request):
            outcome = Outcome(id, op, dtype, event)
            try:
                _examine(body, candidate, run, cases, outcome)
            finally:
                request.node.user_properties.append(("conformance", outcome.as_dict()))
            if outcome.verdict == NOT_PROVIDED:
                pytest.skip(f"{op} is not provided")
            if outcome.verdict in (BREAKS, ERROR):
                pytest.fail(outcome.detail, pytrace=False)

        test.__name__, test.__doc__, test.__module__ = body.__name__, body.__doc__, body.__module__
        test.conformance = Property(id, op, tuple(cases.events))
        return test

    return wrap


def _examine(body: Callable, candidate: Any, run: Any, cases: Cases, outcome: Outcome) -> None:
    """Judge the examples of one op and event, and write what happened into the outcome.

    The clauses of an op look at the same examples: the first of them draws, and keeps those that gave an answer.
    """
    precision = PRECISIONS[outcome.dtype]
    if outcome.op not in candidate.ops:
        outcome.verdict = NOT_PROVIDED
        return
    if not cases.possible(outcome.event, precision, candidate.served) or run.broken(outcome):
        return
    key = (outcome.op, outcome.event, outcome.dtype, id(cases))
    if key in run.examined:
        try:
            for example in run.examined[key]:
                _judge(body, example, precision, outcome)
            return
        except Broken:
            # Drawn anew, so that the example can shrink.
            outcome.__init__(outcome.clause, outcome.op, outcome.dtype, outcome.event)
    drawn: List[Example] = []
    broken_since = None

    @settings(**_settings(run))
    @given(case=cases.draw(outcome.event, precision, candidate.served))
    def draw(case: Case) -> None:
        nonlocal broken_since
        if broken_since and time.monotonic() > broken_since + SHRINK_SECONDS:
            raise ShrunkEnough
        try:
            example = Example(case, _ask(candidate, outcome.op, case, precision), {})
            drawn.append(example)
            _judge(body, example, precision, outcome)
        except NotServed as refusal:
            outcome.refused += 1
            outcome.detail = str(refusal)
        except (Broken, CandidateError) as error:
            broken_since = broken_since or time.monotonic()
            outcome.verdict = BREAKS if isinstance(error, Broken) else ERROR
            outcome.detail = _explain(outcome, case, error)
            raise

    try:
        (draw if run.seed is None else seed(run.seed)(draw))()
        run.examined[key] = drawn
    except (Broken, CandidateError, ShrunkEnough):
        pass
    except Flaky:
        outcome.detail = "the same call gave different answers (state kept between calls, or chance)\n" + outcome.detail
    if outcome.verdict in (BREAKS, ERROR):
        run.remember(outcome)
    elif outcome.refused:
        outcome.verdict = ERROR if outcome.examples else NOT_PROVIDED
    elif not any(cases.events[outcome.event](example.case) for example in drawn):
        raise EventNeverOccurred(f"{outcome.clause}: {outcome.event!r} in none of {outcome.examples} examples")


def _ask(candidate: Any, op: str, case: Case, precision: Precision) -> Any:
    """The candidate's answer by the names of the protocol."""
    for earlier in case.prelude:
        candidate.call(op, earlier.dialect, tuple(earlier.arguments.values()), precision)
    arrays = candidate.call(op, case.dialect, tuple(case.arguments.values()), precision, SHAPES[op](case))
    return NamedTuple("Answer", [(name, Any) for name in PROTOCOL[op].returns])(*arrays)


def _judge(body: Callable, example: Example, precision: Precision, outcome: Outcome) -> None:
    outcome.examples += 1
    try:
        body(example.answer, example.case, Judge(precision, outcome, example.memo))
    except (Undecided, TooManyToDecide):
        outcome.undecided_scenes += 1


def _settings(run: Any) -> Dict[str, Any]:
    return {
        "max_examples": run.examples,
        "derandomize": run.seed is None,
        "database": None,
        "deadline": None,
        "print_blob": False,
        "report_multiple_bugs": False,
        "phases": (Phase.generate, Phase.shrink),
        "suppress_health_check": list(HealthCheck),
    }


def _explain(outcome: Outcome, case: Case, error: Exception) -> str:
    """What the user reads: the clause, what went wrong, and the smallest case in numbers."""
    found = CLAUSES[outcome.clause]
    if isinstance(error, CandidateError):
        head = [f"{outcome.op} ({outcome.dtype}, {outcome.event}) gave no answer that could be judged:"]
    else:
        head = [f"{found.id}  {found.sentence}", f"  {found.formula}   [{found.source}]"]
        head += [f"{outcome.op} ({outcome.dtype}, {outcome.event}):"]
    lines = [*head, *str(error).splitlines(), "smallest case:", *describe(case).splitlines()]
    return "\n".join([head[0], *("  " + line for line in lines[1:])])


def _anchors(case: Case) -> int:
    return sum(height * width for height, width in case.feature_shapes)


def _pairs(case: Case) -> List[Tuple[int, ...]]:
    return [(len(case.boxes1),)]


SHAPES: Dict[str, Callable[[Case], Any]] = {
    "make_anchors": lambda c: [(_anchors(c), 2), (_anchors(c), 1)],
    "dist2bbox": lambda c: [c.distance.shape],
    "bbox2dist": lambda c: [c.bboxes.shape],
    "decode_boxes": lambda c: [c.pred_dist.shape[:2] + (4,)],
    "iou": _pairs,
    "giou": _pairs,
    "diou": _pairs,
    "ciou": _pairs,
    "pad_targets": lambda c: None,
    "candidates_in_gts": lambda c: [c.gt_bboxes.shape[:2] + c.anchor_points.shape[:1]],
    "alignment_metric": lambda c: [c.mask.shape] * 2,
    "select_topk": lambda c: [c.metric.shape],
    "resolve_conflicts": lambda c: [c.mask_pos[:, 0].shape] * 2 + [c.mask_pos.shape],
    "assign": lambda c: [
        c.pd_scores.shape[:2],
        c.pd_bboxes.shape,
        c.pd_scores.shape,
        c.pd_scores.shape[:2],
        c.pd_scores.shape[:2],
    ],
    "bce_loss": lambda c: [c.logits.shape],
    "dfl_loss": lambda c: [c.target.shape[:1]],
    "bbox_loss": lambda c: [(), ()],
    "detection_loss": lambda c: [(), (3,)],
}
"""Shapes of the results, in the order of the protocol; padded targets are checked by their clauses."""

"""Examples: how Hypothesis draws them."""

from __future__ import annotations

import zlib
from typing import Any, Callable, Dict, List, Sequence, Tuple

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from conformance.trial import half
from conformance.trial.database import opened
from conformance.judging.rounding import EVERY_PRECISION, Precision
from conformance.judging.verdicts import HALF
from conformance.cases.by_seed import by_seed_alone
from conformance.cases.case import Case, Cases
from conformance.cases.probes.calls import NOT_FINITE
from conformance.judging.verdicts import Outcome
from refimpl import Dialect

_SETTINGS: Dict[str, Any] = {
    "database": None,
    "deadline": None,
    "print_blob": False,
    "report_multiple_bugs": False,
    "phases": (Phase.generate, Phase.shrink),
    "suppress_health_check": list(HealthCheck),
}


FEW = 2
"""Examples of an event of which few are enough: the simplest there is, and one more."""


def _seed(run: Any, outcome: Outcome) -> int:
    """Another seed for each op, event and float type, the same in every process; moved on by the seed of the run."""
    return zlib.crc32(f"{run.seed} {outcome.op} {outcome.event} {outcome.dtype}".encode())


def _size(dialect: Dialect) -> Tuple[int, ...]:
    """Smallest first, so that counterexamples shrink to few anchors and classes."""
    return dialect.topk, len(dialect.strides), dialect.num_classes, dialect.reg_max


def examined_as(run: Any, outcome: Outcome, cases: Cases, database: str | None = None) -> Callable[[Callable], Callable]:
    """Decorate a property of Hypothesis: as many examples as the run says, by a seed of its own.

    With a `database`, what broke by it before is tried first, and what breaks now is kept there.
    """
    examples = 1 if outcome.event in cases.large else min(run.examples, FEW) if outcome.event in cases.few else run.examples
    kept = {} if database is None else {"database": opened(database), "phases": (Phase.reuse, *_SETTINGS["phases"])}

    def decorate(test: Callable) -> Callable:
        decorated = settings(max_examples=examples, **{**_SETTINGS, **kept})(test)
        # The decorator `seed` would take the database away, and by their name and source all properties are one.
        decorated._hypothesis_internal_use_seed = _seed(run, outcome)
        decorated._hypothesis_internal_database_key = f"{outcome.clause} {outcome.op} {outcome.event} {outcome.dtype}".encode()
        return by_seed_alone()(decorated)

    return decorate


def can_be_asked(cases: Cases, event: str, precision: Precision, candidate: Any) -> bool:
    """Whether an event can occur in what a candidate serves. On a GPU an index made of what is no number ends the process,
    not the call: that is asked on the CPU alone."""
    if event == NOT_FINITE and not getattr(candidate, "device", "cpu").startswith("cpu"):
        return False
    return cases.possible(event, precision, candidate.served)


def strategy_of(cases: Cases, outcome: Outcome, served: Sequence[Dialect]) -> st.SearchStrategy[Case]:
    """What is drawn in one test, the smallest dialects first."""
    served = sorted(served, key=_size)
    if outcome.dtype not in HALF:
        return cases.draw(outcome.event, EVERY_PRECISION[outcome.dtype], served)
    return cases.draw(outcome.event, EVERY_PRECISION["float32"], served).map(lambda case: half.stored(case, outcome.dtype, outcome.op))


def drawn(run: Any, op: str, event: str, dtype: str, cases: Cases, served: Sequence[Dialect]) -> List[Case]:
    """The cases that a candidate which breaks nothing is asked under one event."""
    seen: List[Case] = []
    outcome = Outcome("", op, dtype, event)

    @examined_as(run, outcome, cases)
    @given(case=strategy_of(cases, outcome, served))
    def examples(case: Case) -> None:
        seen.append(case)

    examples()
    return seen

"""Some cases of everything that is drawn, once for all tests that look at them."""

from __future__ import annotations

import contextlib
import functools
from typing import Callable, Dict, Iterator, List, Sequence, Tuple

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from conformance.cases.sizes import variants
from conformance.judging.rounding import Precision
from conformance.cases.by_seed import by_seed_alone
from conformance.cases.case import Case, Cases
from conformance.cases.protocol import vjp
from conformance.ops import family
from conformance.ops.spec import CLAUSES, PROPERTIES
from refimpl import YOLOV8_ANY_ORDER, Dialect

DRAWN: Dict[str, Cases] = {}
"""Everything that is drawn but for probes, by the name of the first function it is drawn for: an op, or `<op>_vjp`."""

FUNCTIONS: Dict[str, Tuple[str, ...]] = {}
"""The functions that take what is drawn under each name."""

for _judged in PROPERTIES:
    _function, _part = (vjp(_judged.op), "gradient cases") if _judged.clause.endswith("g") else (_judged.op, "cases")
    _cases = family.of(_judged.op, _part, CLAUSES[_judged.clause].judged[_judged.op].cases)
    _name = next((name for name, cases in DRAWN.items() if cases is _cases), None)
    if _name is None:
        _name = _function if _function not in DRAWN else f"{_function}, {_judged.clause}"
        DRAWN[_name] = _cases
    FUNCTIONS[_name] = tuple(dict.fromkeys((*FUNCTIONS.get(_name, ()), _function)))

FEW = 3
"""Cases drawn for each event."""

SERVED = (YOLOV8_ANY_ORDER, *variants(YOLOV8_ANY_ORDER))
LISTED = settings(
    max_examples=60, database=None, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck)
)


class Enough(BaseException):
    """Nothing more is drawn; Hypothesis lets it pass, where it would run what fails once more and print it."""


@by_seed_alone()
def up_to(strategy: st.SearchStrategy[Case], enough: Callable[[List[Case]], bool]) -> List[Case]:
    """The first cases drawn, up to the one with which they are enough, or all that are looked at."""
    cases: List[Case] = []

    @seed(1)
    @LISTED
    @given(case=strategy)
    def draw(case: Case) -> None:
        cases.append(case)
        if enough(cases):
            raise Enough

    with contextlib.suppress(Enough):
        draw()
    return cases


@functools.lru_cache(maxsize=None)
def found(name: str, event: str, precision: Precision) -> List[Case]:
    """The first cases drawn for an event, the last of which shows it; none where it cannot be drawn."""
    drawn, shows = DRAWN[name], DRAWN[name].events[event]
    if not drawn.possible(event, precision, SERVED):
        return []
    cases = up_to(drawn.draw(event, precision, SERVED), lambda cases: len(cases) >= FEW and shows(cases[-1]))
    assert shows(cases[-1]), f"{name}: {event!r} in none of {len(cases)} examples"
    return cases


def never_seen(name: str, served: Sequence[Dialect], precision: Precision) -> List[str]:
    """The events of which none of a few examples drawn for these dialects shows one, though they can be drawn."""
    drawn, missing = DRAWN[name], []
    for event, shows in drawn.events.items():
        if event in drawn.large or not drawn.possible(event, precision, served):
            continue
        cases = up_to(drawn.draw(event, precision, served), lambda cases: len(cases) > FEW or shows(cases[-1]))
        missing += [event] if len(cases) > FEW else []
    return missing


def sampled(name: str, precision: Precision, without: Sequence[str] = ()) -> Iterator[Tuple[Case, str]]:
    """Some cases of each event, with its name."""
    for event in DRAWN[name].events:
        if event not in without:
            yield from ((case, event) for case in found(name, event, precision))

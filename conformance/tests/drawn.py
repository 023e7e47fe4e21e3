"""Some cases of everything that is drawn, once for all tests that look at them."""

from __future__ import annotations

import functools
import random
from typing import Dict, Iterator, List, Sequence, Tuple

import hypothesis
from hypothesis import HealthCheck, Phase, settings

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


@functools.lru_cache(maxsize=None)
@by_seed_alone()
def found(name: str, event: str, precision: Precision) -> List[Case]:
    """The first cases drawn for an event, the last of which shows it; none where it cannot be drawn."""
    cases: List[Case] = []
    if not DRAWN[name].possible(event, precision, SERVED):
        return cases

    def shows(case: Case) -> bool:
        cases.append(case)
        return len(cases) >= FEW and DRAWN[name].events[event](case)

    strategy = DRAWN[name].draw(event, precision, SERVED)
    hypothesis.find(strategy, shows, settings=LISTED, random=random.Random(1))
    return cases


def never_seen(name: str, served: Sequence[Dialect], precision: Precision) -> List[str]:
    """The events of which none of a few examples drawn for these dialects shows one, though they can be drawn."""
    cases, missing = DRAWN[name], []
    for event in cases.events:
        if event in cases.large or not cases.possible(event, precision, served):
            continue
        drawn: List[Case] = []
        strategy = cases.draw(event, precision, served)

        def shows(case: Case) -> bool:
            drawn.append(case)
            return len(drawn) > FEW or cases.events[event](case)

        hypothesis.find(strategy, shows, settings=LISTED, random=random.Random(1))
        missing += [event] if len(drawn) > FEW else []
    return missing


def sampled(name: str, precision: Precision, without: Sequence[str] = ()) -> Iterator[Tuple[Case, str]]:
    """Some cases of each event, with its name."""
    for event in DRAWN[name].events:
        if event not in without:
            yield from ((case, event) for case in found(name, event, precision))

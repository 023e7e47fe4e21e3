"""Gradients: the cases of an op with a cotangent for each result, and the kinks of its formula as events of their own.

The arguments are those of `<op>_vjp`: the arguments of the op, then the cotangents.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Mapping, NamedTuple, Sequence

from hypothesis import strategies as st

from conformance.cases.case import Case, Cases
from conformance.cases.draws import choices, composite, in_precision
from conformance.cases.protocol import OPS
from conformance.judging.rounding import Precision
from refimpl import Dialect
from refimpl.protocol import shapes

COTANGENTS = (1.0, -1.0, 0.5, 2.0, -1.5, 1 / 3)


_VALUES_ONLY = {
    *("nearly identical", "far apart, extreme aspect", "concentric, other aspect", "negative coordinates"),
    *("one level", "odd strides", "unsorted", "several boxes in an image", "coordinate sum not positive", "crowd"),
}
"""Events that could not show a fault of a gradient which others do not show."""


class Kink(NamedTuple):
    """An event made from a plain case: whether it occurs, and how arguments are changed in place so that it does."""

    occurs: Callable[[Case], bool]
    change: Callable[[Dict[str, Any]], None]


def gradients(op: str, cases: Cases, kinks: Mapping[str, Kink] = {}) -> Cases:
    """Cases of the gradient of an op.

    Where calls came before, the last of them had the same numbers: what it left was not recorded.
    """
    plain = next(iter(cases.events))
    events = {name: occurs for name, occurs in cases.events.items() if name not in cases.large and name not in _VALUES_ONLY}
    events.update({name: kink.occurs for name, kink in kinks.items()})
    events["asked before"] = lambda case: len(case.calls) == 3

    def drawn(event: str, precision: Precision, served: Sequence[Dialect]) -> st.SearchStrategy[Case]:
        usual = cases.draw(event if event in cases.events else plain, precision, served)
        return _with_cotangents(op, usual, kinks.get(event), event == "asked before", precision)

    def possible(event, precision, served):
        return cases.possible(event if event in cases.events else plain, precision, served)

    return Cases(events, drawn, possible, cases.few & set(events))


@composite
def _with_cotangents(
    draw: Any, op: str, usual: st.SearchStrategy[Case], kink: Kink | None, asked_before: bool, precision: Precision
) -> Case:
    case = draw(usual)
    if kink:
        kink.change(case.arguments)
    pulled = zip(OPS[op].cotangents, shapes(OPS[op], case.arguments, case.dialect))
    cotangents = {name: in_precision(draw(choices(shape, COTANGENTS), label=name), precision) for name, shape in pulled}
    calls = tuple(call.having(**cotangents) for call in case.calls)
    return Case((*calls, calls[-1]) if asked_before else calls)

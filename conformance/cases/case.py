"""A case: the arguments of one call, its dialect, and the event it was drawn for."""

from __future__ import annotations

from typing import Any, Callable, Dict, FrozenSet, NamedTuple, Sequence, Tuple

import numpy as np
from hypothesis import strategies as st

from conformance.judging.rounding import Precision, Rounded
from refimpl import Dialect


class Case(NamedTuple):
    """Arguments by name in protocol order; floats are float64 arrays whose values exist in the judged precision.

    `prelude` are calls made before, whose answers are not looked at: a candidate must not remember them. `manner` is how
    the call is made, one of those of `conformance.trial.asking`; "" is plainly.
    """

    dialect: Dialect
    arguments: Dict[str, Any]
    prelude: Tuple[Case, ...] = ()
    manner: str = ""

    def __repr__(self) -> str:
        return f"Case({', '.join(self.arguments)})"

    def __getattr__(self, name: str) -> Any:
        try:
            return self.arguments[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def size(self) -> int:
        """How many numbers the arguments of all calls hold."""
        return sum(map(_count, self.arguments.values())) + sum(earlier.size for earlier in self.prelude)

    def rounded(self, precision: Precision) -> Dict[str, Any]:
        """The arguments with every float array as an exact error-carrying number."""
        return {name: _rounded(value, precision) for name, value in self.arguments.items()}


def _count(value: Any) -> int:
    return sum(map(_count, value)) if isinstance(value, list) else int(np.size(value))


def _rounded(value: Any, precision: Precision) -> Any:
    if isinstance(value, list):
        return [_rounded(item, precision) for item in value]
    if isinstance(value, np.ndarray) and value.dtype == np.float64:
        return Rounded(value, precision)
    return value


class Cases(NamedTuple):
    """What is drawn for one op.

    Attributes
    ----------
    events : name -> whether the event really occurs in a case. Each is forced in its share of the examples.
    draw : (event, precision, served dialects) -> strategy of cases.
    possible : (event, precision, served dialects) -> whether the event can be drawn at all.
    few : the events of which one or two examples are enough.
    """

    events: Dict[str, Callable[[Case], bool]]
    draw: Callable[[str, Precision, Sequence[Dialect]], st.SearchStrategy[Case]]
    possible: Callable[[str, Precision, Sequence[Dialect]], bool] = lambda event, precision, served: True
    few: FrozenSet[str] = frozenset()


def always(case: Case) -> bool:
    return True


def also_asked_before(cases: Cases, other: Callable[[Case], Dict[str, Any]]) -> Cases:
    """The cases, and the event that a call came before with the same shapes and other numbers, which is not remembered.

    Parameters
    ----------
    cases : with an event "real"
    other : from a case, the arguments that the call before had instead
    """

    def draw(event: str, precision: Precision, served: Sequence[Dialect]) -> st.SearchStrategy[Case]:
        if event != "asked before":
            return cases.draw(event, precision, served)
        return cases.draw("real", precision, served).map(
            lambda case: case._replace(prelude=(case._replace(arguments={**case.arguments, **other(case)}),))
        )

    def possible(event: str, precision: Precision, served: Sequence[Dialect]) -> bool:
        return event == "asked before" or cases.possible(event, precision, served)

    return Cases({**cases.events, "asked before": lambda case: len(case.prelude) == 1}, draw, possible)

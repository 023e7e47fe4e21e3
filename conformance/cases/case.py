"""A case: calls of one op, of which the last, or every one, is judged; and how cases are drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Callable, Dict, FrozenSet, NamedTuple, Sequence, Tuple

import numpy as np
from conformance.judging.rounding import Precision, Rounded
from refimpl import Dialect

if TYPE_CHECKING:
    # A stored case is checked where no Hypothesis is installed.
    from hypothesis import strategies as st


class Call(NamedTuple):
    """One call: its dialect and its arguments by name, in the order of the protocol.

    Floats are float64 arrays whose values exist in the judged precision. `manner` is how the call is made, one of those
    that `conformance.trial.asking` knows; "" is plainly.
    """

    dialect: Dialect
    arguments: Dict[str, Any]
    manner: str = ""

    def having(self, **arguments: Any) -> Call:
        """The call with these arguments in place of its own, or besides; an array without axes stays one."""
        for name, value in arguments.items():
            if isinstance(self.arguments.get(name), np.ndarray):
                arguments[name] = np.asarray(value)
        return self._replace(arguments={**self.arguments, **arguments})


@dataclass(frozen=True, eq=False, repr=False)
class Case:
    """Calls of one op, in the order in which they are made.

    `case.dialect`, `case.arguments` and `case.boxes1` are those of the last call.

    Attributes
    ----------
    calls : one or more. The answers to those before the last are not looked at: a candidate must not remember them.
    every : whether the answer to every call is judged.
    """

    calls: Tuple[Call, ...]
    every: bool = False

    @classmethod
    def of(cls, dialect: Dialect, arguments: Dict[str, Any]) -> Case:
        """A case of one call."""
        return cls((Call(dialect, arguments),))

    def __repr__(self) -> str:
        return f"Case({', '.join(self.arguments)})"

    def __getattr__(self, name: str) -> Any:
        if name in ("calls", "every") or name.startswith("__"):
            raise AttributeError(name)
        try:
            return self.arguments[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def last(self) -> Call:
        return self.calls[-1]

    @property
    def earlier(self) -> Tuple[Call, ...]:
        """The calls before the last."""
        return self.calls[:-1]

    @property
    def dialect(self) -> Dialect:
        return self.last.dialect

    @property
    def arguments(self) -> Dict[str, Any]:
        return self.last.arguments

    @property
    def manner(self) -> str:
        return self.last.manner

    @property
    def amount(self) -> int:
        """How many numbers the arguments of all calls hold."""
        return sum(_count(value) for call in self.calls for value in call.arguments.values())

    def having(self, **arguments: Any) -> Case:
        """The case whose last call has these arguments in place of its own, or besides."""
        return self.ending(self.last.having(**arguments))

    def under(self, dialect: Dialect) -> Case:
        """The case whose last call is made under another dialect."""
        return self.ending(self.last._replace(dialect=dialect))

    def in_manner(self, manner: str) -> Case:
        """The case whose last call is made in another way."""
        return self.ending(self.last._replace(manner=manner))

    def ending(self, call: Call) -> Case:
        """The case with another last call."""
        return replace(self, calls=(*self.earlier, call))

    def after(self, *calls: Call) -> Case:
        """The case with more calls before all of its own."""
        return replace(self, calls=(*calls, *self.calls))

    def alone(self) -> Case:
        """The last call, with none before it."""
        return replace(self, calls=(self.last,))

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
    large : the events of which one is, since it is of real size.
    alike : the events that show in one float type as in another: how it is called, how long its axes are, what is masked.
    """

    events: Dict[str, Callable[[Case], bool]]
    draw: Callable[[str, Precision, Sequence[Dialect]], st.SearchStrategy[Case]]
    possible: Callable[[str, Precision, Sequence[Dialect]], bool] = lambda event, precision, served: True
    few: FrozenSet[str] = frozenset()
    large: FrozenSet[str] = frozenset()
    alike: FrozenSet[str] = frozenset()


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
        return cases.draw("real", precision, served).map(lambda case: case.after(case.last.having(**other(case))))

    def possible(event: str, precision: Precision, served: Sequence[Dialect]) -> bool:
        return cases.possible("real" if event == "asked before" else event, precision, served)

    events = {**cases.events, "asked before": lambda case: len(case.calls) == 2}
    return cases._replace(events=events, draw=draw, possible=possible)

"""What a mutant is: the right candidate with one fault, and what is known about the fault."""

from __future__ import annotations

import functools
from typing import Any, Callable, Dict, Mapping, NamedTuple, Tuple

from conformance.ops.right import FUNCTIONS, Right


class Mutant(NamedTuple):
    """A known fault.

    Attributes
    ----------
    id : kebab-case.
    sentence : what is wrong, as a user would be told: "looks like: …".
    seen : where it was seen in the wild; "" if it was made up.
    breaks : the clauses it breaks through its own op.
    op : what holds the fault: an op, or `<op>_vjp` if only the gradient is wrong. Ops that call it inherit it.
    factory : makes the candidate.
    equivalent : why no legal input can tell it from the original; "" for a real fault.
    convention : whether those who do so mean it: a difference of dialect, not a bug.
    dialect : the preset that does so; "" if there is none.
    """

    id: str
    sentence: str
    seen: str
    breaks: Tuple[str, ...]
    op: str
    factory: Callable[[Any], Right]
    equivalent: str
    convention: bool
    dialect: str


def in_words(bug: Mapping[str, Any]) -> str:
    """What a user is told of a mutant, or of what a report keeps of it, by the names of its fields: a bug with where it was
    seen; a convention as one unless it is meant, with who means it and the preset to ask for."""
    if not bug["convention"]:
        return bug["sentence"] + (f" (seen in {bug['seen']})" if bug["seen"] else "")
    preset = f"; --dialect {bug['dialect']} judges by it" if bug["dialect"] else ""
    return f"{bug['sentence']}: a bug, unless it is meant (as by {bug['seen']}){preset}"


MUTANTS: Dict[str, Mutant] = {}
"""All mutants by id."""


def mutant(
    op: str,
    sentence: str,
    *breaks: str,
    seen: str = "",
    equivalent: str = "",
    convention: bool = False,
    dialect: str = "",
) -> Callable[[Callable], Callable]:
    """Register a faulty op, `(candidate, right, *arguments)`, under the name of the function; `right` has no fault.

    Raises
    ------
    ValueError
        If the name is taken, or `op` is neither an op nor a gradient.
    """

    def register(faulty: Callable[..., Any]) -> Callable[..., Any]:
        id = faulty.__name__.replace("_", "-")
        if id in MUTANTS or op not in FUNCTIONS:
            raise ValueError(f"mutant {id!r} of {op!r}: expected a new name, and an op or a gradient")

        def method(self: Right, *arguments: Any) -> Any:
            return faulty(self, functools.partial(getattr(Right, op), self), *arguments)

        factory = type(faulty.__name__, (Right,), {op: method, "name": id})
        MUTANTS[id] = Mutant(id, sentence, seen, breaks, op, factory, equivalent, convention or bool(dialect), dialect)
        return faulty

    return register

"""Clauses: a requirement as one sentence and one formula with its source, and how it is judged through each op."""

from __future__ import annotations

from typing import Any, Callable, Mapping, NamedTuple, Tuple, Union

YOLOV8 = "Ultralytics 8.0.52–8.3.252; seed 001"
TOOD = "arXiv:2108.07755"
GFL = "arXiv:2006.04388"
CIOU = "arXiv:1911.08287"

Body = Callable[[Any, Any, Any], None]
"""`(answer, case, judge)`: compares an answer with what is right, and raises `Broken` through the judge."""


class Judged(NamedTuple):
    """A body, and the key of the cases it is judged on where they are not those of its op."""

    body: Body
    cases: str = ""


class Clause(NamedTuple):
    """A requirement.

    Attributes
    ----------
    id : as `IOU-3`; those about gradients end in g.
    sentence, formula, source : what is asked, and where it stands.
    judged : op -> how the clause is judged through it.
    """

    id: str
    sentence: str
    formula: str
    source: str
    judged: Mapping[str, Judged]

    @property
    def ops(self) -> Tuple[str, ...]:
        """The ops through which it is judged."""
        return tuple(self.judged)

    @property
    def gradient(self) -> bool:
        """Whether it is about the gradient of its ops, not their values."""
        return self.id.endswith("g")


def clause(id: str, sentence: str, formula: str, source: str, **judged: Union[Body, Judged]) -> Clause:
    """A clause; each op through which it is judged is a keyword, its value a body or a `Judged`."""
    bodies = {op: how if isinstance(how, Judged) else Judged(how) for op, how in judged.items()}
    return Clause(id, sentence, formula, source, bodies)

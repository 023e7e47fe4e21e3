"""Subjects: one call with its answers, as the pictures look at it."""

from __future__ import annotations

import re
from typing import Any, Dict, NamedTuple, Tuple

import numpy as np

from conformance.cases import codec
from conformance.ops.spec import CLAUSES
from conformance.cases.case import Case


class Subject(NamedTuple):
    """One call to be drawn.

    Attributes
    ----------
    op, case : what was asked.
    expected : the reference's answer by the names of the protocol; empty if a gradient was asked for.
    got : those results of the candidate that have the shape they should have.
    index : of what is wrong, as far as it is known: mostly image, row, anchor.
    dtype : name of the precision that was judged.
    """

    op: str
    case: Case
    expected: Dict[str, np.ndarray]
    got: Dict[str, np.ndarray]
    index: Tuple[int, ...]
    dtype: str

    @property
    def image(self) -> int:
        """The image that is wrong; the first if it is not known."""
        return self.index[0] if self.index else 0


def subject(clause: Dict[str, Any]) -> Subject | None:
    """The subject of a broken clause, as a record holds it; None if its case is not complete."""
    record = clause["counterexample"]
    if not codec.is_complete(record):
        return None
    gradient = CLAUSES[clause["id"]].gradient
    expected = {} if gradient else _arrays(record["expected"])
    got = {} if gradient or record["answer"] is None else _arrays(record["answer"])
    # Of an answer in another shape nothing can be laid over the reference's.
    got = {name: x for name, x in got.items() if name in expected and x.shape == expected[name].shape}
    return Subject(clause["op"], codec.case_of(record), expected, got, index(record), record["dtype"])


def index(record: Dict[str, Any]) -> Tuple[int, ...]:
    """Where a break is, read from the worst value, or from the first line of what is said of it."""
    finding = record["finding"]
    text, at = (finding["name"], finding["values"][0]["at"]) if finding else (record["message"], [])
    found = re.match(r"\w+\[([\d, ]+)\]", text)
    inside = found[1].split(",") if found else re.findall(r"(?:^image|, anchor) (\d+)", text)
    return tuple([*map(int, inside), *at])


def _arrays(values: Dict[str, Any]) -> Dict[str, np.ndarray]:
    """The results that are arrays with all their data."""
    kept = {name: x for name, x in values.items() if isinstance(x, dict) and x["data"] is not None}
    return {name: codec.decoded(x) for name, x in kept.items()}

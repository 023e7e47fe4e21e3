"""Pictures of a break: the call as a record holds it, drawn by the family of its op, and the strip of its errors."""

from __future__ import annotations

import contextlib
import re
from typing import Any, Dict, List, Tuple

import numpy as np

from conformance.cases import codec
from conformance.ops.pictures import drawn
from conformance.ops.spec import CLAUSES
from conformance.ops.subject import Subject
from conformance.paper.markup import Markup
from conformance.reporting.strip import strip


def pictures(clause: Dict[str, Any], key: str) -> List[Markup]:
    """What there is to see of a broken clause, the scene first and the strip of errors last."""
    record, found = clause["counterexample"], []
    # A report is worth more than its pictures: what cannot be drawn is left out, and everything else is told.
    with contextlib.suppress(Exception):
        seen = subject(clause)
        found = [] if seen is None else drawn(seen, key)
    return found + ([strip(record["finding"], key)] if record["finding"] else [])


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

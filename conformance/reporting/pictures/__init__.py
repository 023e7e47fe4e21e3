"""Pictures of counterexamples, as SVG: what was given, what the reference says of it, what the candidate says."""

from __future__ import annotations

from typing import Any, Dict, List

from conformance.reporting.counterexample import case_of
from conformance.reporting.markup import Markup
from conformance.reporting.numbers import decoded
from conformance.reporting.pictures.pairs import pair
from conformance.reporting.pictures.strip import strip

__all__ = ["pictures"]


def pictures(clause: Dict[str, Any], key: str) -> List[Markup]:
    """What there is to see of a break, the scene first and the strip of errors last."""
    record = clause["counterexample"]
    drawn = []
    if clause["op"] in ("iou", "giou", "diou", "ciou"):
        case = case_of(record)
        if len(case.boxes1):
            drawn.append(pair((case.boxes1[0], case.boxes2[0]), ("box 1", "box 2"), "", key))
    if record["finding"]:
        drawn.append(strip(record["finding"], key))
    return drawn

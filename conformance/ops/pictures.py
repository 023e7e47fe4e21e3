"""Pictures of one call, as SVG: what was given, what the reference says of it, what the candidate says."""

from __future__ import annotations

import contextlib
from typing import Any, Callable, Dict, List

from conformance.paper.markup import Markup
from conformance.reporting.strip import strip
from conformance.ops import family
from conformance.ops.subject import Subject, subject

__all__ = ["drawn", "pictures"]

Drawing = Callable[[Subject, str], "Markup | None"]

def pictures(clause: Dict[str, Any], key: str) -> List[Markup]:
    """What there is to see of a broken clause, the scene first and the strip of errors last."""
    record, found = clause["counterexample"], []
    # A report is worth more than its pictures: what cannot be drawn is left out, and everything else is told.
    with contextlib.suppress(Exception):
        seen = subject(clause)
        found = [] if seen is None else drawn(seen, key)
    return found + ([strip(record["finding"], key)] if record["finding"] else [])


def drawn(seen: Subject, key: str) -> List[Markup]:
    """The pictures of one call.

    Parameters
    ----------
    key : tells their ids from others of the page
    """
    found = (draw(seen, key) for draw in family.of(seen.op, "pictures"))
    return [one for one in found if one is not None]

"""Pictures of one call, as SVG: what was given, what the reference says of it, what the candidate says."""

from __future__ import annotations

from typing import Callable, List

from conformance.ops import family
from conformance.ops.subject import Subject
from conformance.paper.markup import Markup

Drawing = Callable[[Subject, str], "Markup | None"]


def drawn(seen: Subject, key: str) -> List[Markup]:
    """The pictures of one call.

    Parameters
    ----------
    key : tells their ids from others of the page
    """
    found = (draw(seen, key) for draw in family.of(seen.op, "pictures"))
    return [one for one in found if one is not None]

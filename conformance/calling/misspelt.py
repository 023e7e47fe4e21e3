"""Misspelt: attributes of a candidate that are no op, but read like one that it lacks."""

from __future__ import annotations

import inspect
from typing import Any, Sequence, Tuple

from conformance.paper.nearest import nearest

ALIKE = 0.87
"""How alike an attribute and an op are at least; helpers of all names stand beside the ops of a candidate."""


def misspelt(made: Any, known: Sequence[str], lacking: Sequence[str]) -> Tuple[str, ...]:
    """A question about each public, callable attribute that is nearly one of the names the candidate lacks.

    Parameters
    ----------
    made : the candidate
    known : names of the protocol
    lacking : those that it does not offer
    """
    own = [name for name in _names(made) if name not in known and callable(inspect.getattr_static(made, name, None))]
    near = {name: nearest(name, lacking, ALIKE) for name in own}
    return tuple(f"{name} is no op: did you mean {found[0]}?" for name, found in near.items() if found)


def _names(made: Any) -> Sequence[str]:
    """The public attributes; none of a candidate that cannot list them."""
    try:
        return [name for name in dir(made) if not name.startswith("_")]
    except Exception:
        return []

"""Did you mean: the known names that a misspelt one is near to."""

from __future__ import annotations

import difflib
from typing import Collection, Sequence

NEAR = 0.6
"""How alike two names are at least, as `difflib` measures it, for one to be taken for the other."""

MOST = 3
"""Names offered at most."""


def nearest(name: str, known: Collection[str], alike: float = NEAR) -> Sequence[str]:
    """The known names that are near to a name, the nearest first; case and `-` for `_` do not count."""
    spelt = {_plain(one): one for one in known}
    return [spelt[one] for one in difflib.get_close_matches(_plain(name), spelt, MOST, alike)]


def did_you_mean(name: str, known: Collection[str]) -> str:
    """A question to put behind an error, with a space before it; "" if no known name is near."""
    found = [repr(one) for one in nearest(name, known)]
    return f" Did you mean {' or '.join(found)}?" if found else ""


def _plain(name: str) -> str:
    return name.lower().replace("-", "_")

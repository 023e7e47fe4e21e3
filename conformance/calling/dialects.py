"""Dialects by name: a preset, or a dialect of one's own that a file or a module holds."""

from __future__ import annotations

from typing import Any

from conformance.calling import errors as foreign
from conformance.calling.errors import CandidateError, CandidateNotFound, NotServed
from conformance.calling.loading import attribute
from conformance.paper.nearest import did_you_mean
from refimpl import PRESETS, Dialect


def named(word: str) -> Dialect:
    """The dialect that a word names.

    Parameters
    ----------
    word : the name of a preset, `path/to/file.py:NAME` or `package.module:NAME`

    Raises
    ------
    CandidateNotFound
        If there is no such dialect, or importing it fails.
    """
    if word in PRESETS:
        return PRESETS[word]
    if ":" not in word:
        known = f"known: {', '.join(PRESETS)}, or FILE.py:NAME.{did_you_mean(word, PRESETS)}"
        raise CandidateNotFound(f"dialect {word!r}: unknown; {known}")
    target, _, name = word.rpartition(":")
    try:
        found: Any = foreign.run(f"dialect {word!r}", attribute, target, name)
    except (CandidateError, NotServed) as error:
        raise CandidateNotFound(str(error)) from error
    if not isinstance(found, Dialect):
        raise CandidateNotFound(f"dialect {word!r}: expected a refimpl.Dialect, got {type(found).__name__}")
    return found

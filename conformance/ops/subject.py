"""Subjects: one call with its answers, as the pictures look at it."""

from __future__ import annotations

from typing import Dict, NamedTuple, Tuple

import numpy as np

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

"""A probe: one event that is made of any plain case of an op."""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from conformance.cases.case import Case
from conformance.judging.rounding import Precision


class Probe(NamedTuple):
    """An event made from a plain case: how, and whether it occurs; what cannot be made leaves the case as it is."""

    make: Callable[[Any, Case, Precision], Case]
    occurs: Callable[[Case], bool]

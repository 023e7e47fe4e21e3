"""Probes of masks: other numbers where nothing is read."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Sequence, Tuple

import numpy as np
from hypothesis import strategies as st

from conformance.cases.case import Case, always
from conformance.cases.probes.probe import Probe
from conformance.judging.rounding import Precision
from refimpl.protocol import Op
from refimpl.signature import Operand

JUNK = (113.0, -7.0, 0.0)
"""What stands where nothing is read."""


def of_masks(op: Op) -> Dict[str, Probe]:
    """Other numbers where a mask says that nothing is read; targets and padding may be none at all, predictions never are."""
    hidden = [operand for operand in op.given if operand.where and operand.kind not in ("label", "index", "mask")]
    if not hidden:
        return {}
    masks = {operand.name: operand for operand in op.given}
    given = [operand for operand in hidden if not operand.differentiable]
    return {
        "junk where masked": _filled(hidden, masks, JUNK),
        **({"nothing finite where masked": _filled(given, masks, (np.nan, np.inf, -np.inf))} if given else {}),
    }


def _filled(hidden: Sequence[Operand], masks: Mapping[str, Operand], junk: Tuple[float, ...]) -> Probe:
    def make(draw: Any, case: Case, precision: Precision) -> Case:
        for name in {operand.where for operand in hidden}:
            case = case.having(**{name: _with_an_element_less(draw, case.arguments[name])})
        other = {o.name: filled(o, masks[o.where], case.arguments, junk) for o in hidden}
        return case.having(**other)

    return Probe(make, always)


def _with_an_element_less(draw: Any, mask: np.ndarray) -> np.ndarray:
    """The mask with one of its true elements false, if it has more than one."""
    found = np.array(mask)
    true = np.flatnonzero(found)
    if len(true) > 1:
        found.flat[draw(st.sampled_from(true.tolist()), label="masked")] = 0
    return found


def filled(operand: Operand, mask: Operand, arguments: Mapping[str, Any], junk: Tuple[float, ...]) -> np.ndarray:
    """An argument with other numbers wherever its mask is false throughout."""
    value, shown = arguments[operand.name], np.asarray(arguments[mask.name], bool)
    for place, axis in reversed(list(enumerate(mask.axes))):
        if axis not in operand.axes:
            shown = shown.any(axis=place)
    kept = [axis for axis in mask.axes if axis in operand.axes]
    shown = shown.reshape([np.shape(value)[i] if axis in kept else 1 for i, axis in enumerate(operand.axes)])
    return np.where(shown, value, np.resize(np.array(junk), value.shape))

"""Logits: what losses and decoding are drawn from; equal, saturated and huge ones among them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from conformance.cases.draws import choices, composite, in_precision, numbers, realness
from refimpl import Dialect

SATURATED = (80.0, 79.0, -80.0)
HUGE = (1000.0, 999.0, -1000.0)
"""The largest two lie next to each other in some place, so that neither may be cut off."""


@composite
def logits_like(draw, event, shape, precision):
    """Draw logits that differ from bin to bin, so that losses depend on targets; or equal, or saturating ones."""
    if event == "equal logits":
        return np.full(shape, draw(st.sampled_from([0.0, 1.0, -3.0])))
    if event in ("saturated", "huge"):
        values = SATURATED if event == "saturated" else HUGE
        logits = draw(choices(shape, (0.0, *values, 1.0)), label="logits")
        if logits.size:
            first = 2 * draw(st.integers(0, (logits.size - 1) // 2), label="extreme")
            logits.flat[first : first + 2] = values[: min(2, logits.size - first)]
        return logits
    real = draw(realness(event), label="real")
    reach = draw(st.sampled_from([8, 40]), label="reach")
    logits = draw(numbers(shape, -reach, reach, step=1, precision=precision, real=real), label="logits")
    return in_precision(logits + np.arange(logits.size).reshape(shape) * 3 % 7, precision)


def extreme(name, least):
    """Whether some logit of that name is as large."""
    return lambda case: bool((np.abs(getattr(case, name)) >= least).any())


USUAL_BINS = 16
"""R of nearly all heads; of a head that has no bins, a bound left over from one that has them lies here."""


def past_the_bins(dialect: Dialect) -> int:
    """A distance, cells, past the last bin, or past the last that a head has usually."""
    return dialect.reg_max if dialect.reg_max > 1 else USUAL_BINS


def decoding_to(distance: np.ndarray, sharpness: float | None, dialect: Dialect) -> np.ndarray:
    """Logits (…, R) of bins whose expectation is near a distance (…) in cells; without bins the distance itself (…, 1).

    Parameters
    ----------
    sharpness : how fast they fall off from the distance; None for as good as all on the two bins next to it, by their share
    """
    if dialect.reg_max == 1:
        return distance[..., np.newaxis]
    reached = np.clip(distance, 0, dialect.reg_max - 1)[..., np.newaxis]
    off = np.abs(reached - np.arange(dialect.reg_max))
    return np.log(np.maximum(1 - off, 2.0**-20)) if sharpness is None else 0 - sharpness * off

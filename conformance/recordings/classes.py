"""The class gradient as a witness: it shows the factor before it, hence S, and the target score of every anchor.

An anchor of the background learns K·σ(x), K = cotangent · B · cls_gain / S. K is the least-squares factor of these; then
z = σ(x) − gradient / K wherever that is not 0 by rounding alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from conformance.ops.losses.licences import bce_gradient_slack
from conformance.recordings.step import Step


OUTLIER = 256
"""Times its bound by which an anchor of the background is too far off to tell the factor."""

FAINT = 1e-56
"""Σ σ² below which a class leaves no gradient in float32, and no factor can be seen in it."""

SAMPLED = 4000
"""Anchors of which the middle factor is taken."""


MOST = 0.98
"""Share of the background that has to learn by one factor for that to be the factor of an image."""


class Factor(NamedTuple):
    """K of each class (C,), and how far it may be off, of itself; anchors: how many of the background tell it; even: whether
    it is the same for all classes, but for the weights that the dialect gives them."""

    value: np.ndarray
    error: float
    anchors: int
    even: bool = True


class Scores(NamedTuple):
    """What one image shows: scores z and how large one may be by rounding alone, (A, C); whether z is surely not 0, (A, C)
    bool; how far a shown one may be off of itself; of all others the largest error / bound."""

    z: np.ndarray
    bound: np.ndarray
    shown: np.ndarray
    relative: float
    worst: float

    def error(self, at: np.ndarray) -> np.ndarray:
        """How far the scores of some anchors (n,) may be off, (n, C)."""
        return self.bound[at] + np.where(self.shown[at], (1 + np.abs(self.z[at])) * self.relative, 0)


def factor(step: Step) -> Factor:
    """K, from the anchors that learn no box."""
    u = step.precision.u
    up, low, relative, count = 0.0, 0.0, 0.0, 0
    middle = _middle(step)[:, np.newaxis]
    for b in range(step.images):
        rest = ~(step.gradients[b, : step.bins] != 0).any(axis=0)
        x, y = (part[b, step.bins :][:, rest].astype(np.float64) for part in (step.maps, step.gradients))
        p = sigmoid(x)
        off = _relative(x, u)
        # A few that learn something else, as they do in a wrong loss, are not to bend the factor of all.
        p[np.abs(y - middle * p) > OUTLIER * np.abs(middle) * (p * off + u)] = 0
        up, low = up + (p * y).sum(axis=1), low + (p * p).sum(axis=1)
        relative, count = relative + (p * p * off).sum(), count + int(rest.sum())
    faint = low < FAINT
    if not count or faint.all():
        return Factor(np.zeros(step.dialect.num_classes), np.inf, 0)
    asked = step.class_weights
    value = up / np.where(faint, 1, low)
    overall = (asked * up).sum() / (asked**2 * low).sum()
    # Each entry may be off by so much alone; what is common to all is at most the mean of it.
    relative = relative / low.sum()
    value[faint] = (overall * asked)[faint]
    off = np.abs(value / (overall * asked) - 1) if overall else np.full(len(value), np.inf)
    noise = 16 * u + relative
    even = bool(off.max(initial=0) <= 64 * noise)
    return Factor(overall * asked if even else value, float(noise), count, even)


def by_image(step: Step) -> np.ndarray:
    """K of each image by the background of its own (B,); NaN where most of it shows none."""
    return np.array([_of_some(step, slice(b, b + 1), slice(None)) for b in range(step.images)])


def by_level(step: Step) -> np.ndarray:
    """K of each level (L,), likewise."""
    ends = np.cumsum([0, *(level[0, 0].size for level in step.recording.maps)])
    return np.array([_of_some(step, slice(None), slice(start, end)) for start, end in zip(ends[:-1], ends[1:])])


def _of_some(step: Step, images: slice, anchors: slice) -> float:
    gradients, maps = (part[images, :, anchors] for part in (step.gradients, step.maps))
    rest = ~(gradients[:, : step.bins] != 0).any(axis=1)
    x, y = (np.moveaxis(part[:, step.bins :], 1, -1)[rest].T.astype(np.float64) for part in (maps, gradients))
    p = sigmoid(x) * step.class_weights[:, np.newaxis]
    if (p * p).sum() < FAINT:
        return np.nan
    k = np.median(y[p > 0] / p[p > 0])
    alike = np.abs(y - k * p) <= OUTLIER * abs(k) * (p * _relative(x, step.precision.u) + step.precision.u)
    return float((p * y)[alike].sum() / (p * p)[alike].sum()) if alike.mean() > MOST else np.nan


def _middle(step: Step) -> np.ndarray:
    """The middle factor of each class (C,), over background anchors spread evenly."""
    rest = np.argwhere(~(step.gradients[:, : step.bins] != 0).any(axis=1))
    b, a = rest[:: max(len(rest) // SAMPLED, 1)].T
    if not len(b):
        return np.zeros(step.dialect.num_classes)
    x, y = (part[b, step.bins :, a].astype(np.float64) for part in (step.maps, step.gradients))
    return np.median(y / np.maximum(sigmoid(x), 1e-300), axis=0)


def scores(step: Step, b: int, factor: Factor) -> Scores:
    """The target scores that the class gradient of image b shows."""
    x, y = (part[b, step.bins :].T.astype(np.float64) for part in (step.maps, step.gradients))
    e = np.exp(-np.abs(x))
    p = np.where(x >= 0, 1.0, e) / (1 + e)
    bound = p * (_relative(x, step.precision.u) + factor.error)
    kink, slack = bce_gradient_slack(np.zeros(1), step.precision)
    bound += slack
    special = (x == 0) | (e < 1e-8)
    if special.any():
        kink, slack = bce_gradient_slack(x[special], step.precision)
        bound[special] += kink + slack
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.subtract(p, y / factor.value, out=p)
        off = np.abs(z)
        shown = ~(off <= bound)
        off[shown] = 0
        worst = float((off / bound).max(initial=0))
    z[~shown] = 0
    return Scores(z, bound, shown, factor.error + 4 * step.precision.u, worst)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """σ(x) without overflow."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, e) / (1 + e)


def _relative(x: np.ndarray, u: float) -> np.ndarray:
    """What any sane sigmoid may be off, of itself: an exponential, a sum and a quotient (see `primitives`)."""
    return u * (16 + 4 * np.abs(np.minimum(x, 0)))

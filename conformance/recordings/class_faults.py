"""Faults of the class gradient: what is said where classes do not learn K·σ(x), so that it is no witness of the assignment."""

from __future__ import annotations

import numpy as np

from conformance.judging.verdicts import BREAKS, UNDECIDED
from conformance.recordings import classes
from conformance.recordings.findings import BINS, CLASSES, Finding
from conformance.recordings.step import Step

EVEN = 1e-3
"""Of itself, by which the factors of two images may differ: a thousand roundings."""


def no_factor(step: Step, factor: classes.Factor) -> Finding:
    """Why the factor of the class gradient, which shows target scores and S, cannot be seen."""
    learn, k = (step.gradients[:, : step.bins] != 0).any(axis=1).sum(axis=1), step.dialect.topk
    many = np.flatnonzero(learn > [k * len(step.labels(b)) for b in range(step.images)])
    if len(many) and not factor.anchors:
        words = f"image {many[0]}: {learn[many[0]]} anchors learn a box, and {len(step.labels(many[0]))} boxes claim {k} each"
        if learn.min() == step.maps.shape[2]:
            words += "; another loss reaches the maps, too, it seems: record this one alone"
        return Finding("assignment", BREAKS, words, "TAL-4", int(many[0]), np.inf)
    if learn.sum() == step.images * step.maps.shape[2]:
        return Finding(CLASSES, UNDECIDED, "every anchor learns a box: none of the background shows S")
    if not factor.anchors and not step.gradients[:, step.bins :].any():
        return Finding(CLASSES, UNDECIDED, "no class learns anything: the probabilities of all of them vanish, and with them what shows S")
    words = "what anchors that learn no box learn of their classes is no common factor times σ(x)"
    if factor.anchors and not step.gradients[:, step.bins :].any():
        words = "no anchor learns a class: the gradient of every class logit is 0"
    elif factor.anchors and not factor.value.any():
        words = "anchors that learn no box learn no class either: each is to learn K·σ(x)"
    elif factor.anchors:
        c = int(np.argmin(factor.value * step.cotangent))
        words = f"anchors that learn no box learn σ(x) of class {c} times {factor.value[c]:.4g}, which is to be above 0"
    return Finding(CLASSES, BREAKS, words, "DET-2g", worst=np.inf)


def no_boxes(step: Step) -> Finding | None:
    """Whether no anchor learns a box, though some learn a class as its owner would."""
    if step.gradients[:, : step.bins].any():
        return None
    return Finding(BINS, BREAKS, "no anchor learns a box: the gradient of every bin is 0", "DET-1g", worst=np.inf)


def of_their_own(factors: np.ndarray, what: str = "image") -> Finding | None:
    """Whether images, or levels, learn their classes by different factors, so that none of them can be called the right one."""
    known = np.flatnonzero(np.isfinite(factors))
    if not len(known) or np.ptp(factors[known]) <= EVEN * np.abs(factors[known]).max():
        return None
    told = ", ".join(f"{what} {b} by {factors[b]:.5g}" for b in known[:8]) + ", …" * (len(known) > 8)
    return Finding(CLASSES, BREAKS, f"{what}s learn K·σ(x) by different K, {told}: one for the whole batch is expected", "DET-2g", worst=np.inf)


def strange_classes(step: Step, b: int, factor: classes.Factor, strange: np.ndarray, shown: classes.Scores) -> Finding:
    """That anchors of image b which learn no box learn other than K·σ(x), with the first of them."""
    anchor = int(np.flatnonzero(strange)[0])
    c = int(np.flatnonzero(shown.shown[anchor])[0])
    text = f"image {b}: {int(strange.sum())} anchors learn no box, and their classes not K·σ(x); anchor {anchor}, class {c}"
    got, k = float(step.gradients[b, step.bins + c, anchor]), float(factor.value[c])
    expected = k * float(classes.sigmoid(step.maps[b, step.bins + c, anchor].astype(np.float64)))
    return Finding(CLASSES, BREAKS, f"{text}: expected {expected:.6g}, got {got:.6g}", "DET-2g", b, np.inf)

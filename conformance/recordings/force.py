"""What was in force in a step: the gains, the factor of the batch and S, as its gradient shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import Dict, Iterator, List, NamedTuple, Tuple

import numpy as np

from conformance.judging.rounding import Rounded
from conformance.recordings.boxes import Slopes
from conformance.recordings.classes import Factor
from conformance.recordings.step import Step
from refimpl import Dialect
from refimpl.detection import NORMALISERS

NAMES = ("box", "cls", "dfl")

STRAY = 0.02
"""Share of the bins that other gains may leave unexplained."""


class Force(NamedTuple):
    """gains (3,) in force, box, cls, dfl, and how far off each may be; weights (C,) of the classes at the dialect's gain; S as the scores sum up."""

    gains: np.ndarray
    error: np.ndarray
    weights: np.ndarray
    scores_sum: Rounded


def scores_sum(weights: List[Rounded], dialect: Dialect) -> Rounded:
    """S = max(Σ z, 1), or as the dialect has it: zeros add without error, so that the terms are the scores that are not 0."""
    precision = weights[0].precision
    value, error = (np.concatenate([getattr(one, part) for one in weights]) for part in ("value", "error"))
    bound = error.sum() + (len(value) + 4) * precision.u * np.abs(value).sum()
    return NORMALISERS[dialect.normaliser](Rounded(value.sum(), precision, bound))


def of_all_ranks(step: Step, own: Rounded, shared: float | None) -> Iterator[Tuple[Rounded, str]]:
    """The S by which a rank may divide instead of its own, and what is said of it: Σ over all ranks, or what the job tells."""
    ranks, told = step.recording.facts["world_size"], float(step.recording.facts["normaliser"])
    several = f", of all {ranks} ranks"
    for value, whose in ((shared, several), (told if ranks > 1 else None, f"{several}, as the job says")):
        if value is not None and np.isfinite(value):
            raw = Rounded(value, step.precision, value * float(own.error / own.value))
            yield NORMALISERS[step.dialect.normaliser](raw), whose


def in_force(step: Step, factor: Factor, total: Rounded, learned: List[Tuple[Slopes, np.ndarray]]) -> Force:
    """The gains that explain the gradient best.

    Parameters
    ----------
    total : S
    learned : of each image the slopes of anchors with one open owner, and what their bins learn (n, 4R)
    """
    scale = step.cotangent * step.batch / total.value
    relative = total.error / total.value + 16 * step.precision.u
    mean = (factor.value / step.class_weights).mean() / scale if factor.anchors else np.nan
    weights = step.class_weights
    if not factor.even:
        mean, weights = step.dialect.cls_gain, factor.value / (scale * step.dialect.cls_gain)
    products, seen, bounds = np.zeros((2, 2)), np.zeros(2), np.zeros(2)
    for slopes, got in learned:
        by_box, by_dfl = slopes.each()
        sides = [scale * by_box.value, scale * by_dfl.value]
        error = [abs(scale) * by_box.error, abs(scale) * by_dfl.error]
        products += [[(a * b).sum() for b in sides] for a in sides]
        seen += [(a * got).sum() for a in sides]
        allowed = step.dialect.box_gain * error[0] + step.dialect.dfl_gain * error[1] + 4 * step.precision.u * np.abs(got)
        bounds += [(np.abs(a) * allowed).sum() for a in sides]
    gains, errors = np.array([np.nan, mean, np.nan]), np.array([np.inf, abs(mean) * (factor.error + relative), np.inf])
    if np.isfinite(products).all() and np.linalg.matrix_rank(products) == 2:
        inverse = np.linalg.inv(products)
        found = inverse @ seen
        some, found = (found > -1e-5 * found.max()).all() and found.max() > 0, np.maximum(found, 0)
        if some and _explained(step, scale, found, learned):
            gains[[0, 2]] = found
            errors[[0, 2]] = np.abs(inverse) @ bounds + np.abs(found) * relative
    return Force(gains, errors, weights, total)


def _explained(step: Step, scale: float, gains: np.ndarray, learned: List[Tuple[Slopes, np.ndarray]]) -> bool:
    """Whether these gains, box and dfl, explain what the bins learn, but for a few; if not, something else is wrong."""
    wrong = of = 0
    for slopes, got in learned:
        whole = scale * slopes.whole(replace(step.dialect, box_gain=float(gains[0]), dfl_gain=float(gains[1])))
        wrong += int((~(np.abs(got - whole.value) <= 2 * whole.error + 1e-4 * np.abs(got).max(initial=0))).sum())
        of += got.size
    return wrong <= STRAY * of


def differences(step: Step, force: Force) -> Tuple[List[str], Dict[str, float]]:
    """What of it is not the dialect's, in words, and the gains with which the rest is to be judged, by field."""
    asked = np.array([getattr(step.dialect, f"{name}_gain") for name in NAMES], float)
    known = np.isfinite(force.gains) & np.isfinite(force.error)
    off = known & (np.abs(force.gains - asked) > force.error) & (np.abs(force.gains - asked) > 1e-5 * asked)
    gains = {f"{name}_gain": float(g) for name, g in zip(NAMES, np.where(off, force.gains, asked))}
    words: List[str] = []
    ratio = force.gains[known] / np.where(asked > 0, asked, np.nan)[known]
    if off.sum() > 1 and off[known].all() and np.ptp(ratio) <= 1e-3 * abs(ratio.mean()):
        return [*words, _ratio(step, float(ratio.mean()), force)], gains
    told = step.recording.facts["gains"] or [np.nan] * len(NAMES)
    for name, is_off, g, error, want, said in zip(NAMES, off, force.gains, force.error, asked, told):
        if is_off:
            as_told = ", as the job says" if abs(g - said) <= error + 1e-5 * abs(g) else ""
            words.append(f"{name} gain in force is {shortest(g, error)}{as_told}, the dialect's is {want:g}")
    return words, gains


def weighted(step: Step, force: Force) -> str:
    """The weights of the classes that are in force, in words."""
    told = ", ".join(f"{weight:.4g}" for weight in force.weights[:8]) + ", …" * (len(force.weights) > 8)
    return f"class weights are in force, {told}; the dialect has {'none' if step.dialect.class_weights is None else 'others'}"


def _ratio(step: Step, ratio: float, force: Force) -> str:
    told = f"the whole gradient is {ratio:.5g} times what it is to be"
    normaliser = float(step.recording.facts["normaliser"])
    if abs(ratio * step.images - 1) < 1e-3 and step.batch > 1:
        return f"{told}: no batch factor (B = {step.images})"
    if abs(ratio / step.images - 1) < 1e-3:
        return f"{told}: the batch factor (B = {step.images}) {'twice' if step.batch > 1 else 'which the dialect has not'}"
    ranks = step.recording.facts["world_size"]
    if ranks > 1 and min(abs(ratio / ranks - 1), abs(ratio * ranks - 1)) < 1e-3:
        return f"{told}: {'multiplied' if ratio > 1 else 'divided'} by the number of ranks ({ranks})"
    if abs(normaliser * ratio / float(force.scores_sum.value) - 1) < 1e-3:
        return f"{told}: divided by {normaliser:.6g}, not by S = {float(force.scores_sum.value):.6g} of its own scores"
    return f"{told}: S in force is {float(force.scores_sum.value) / ratio:.6g} for {float(force.scores_sum.value):.6g}, or all gains are scaled"


def shortest(value: float, error: float) -> str:
    """The shortest decimal within an error of a number."""
    for digits in range(1, 12):
        text = f"{value:.{digits}g}"
        if abs(float(text) - value) <= error:
            return f"{float(text):g}"
    return f"{value:.8g}"

"""Components and total of a step, from its owners and the scores its gradient shows."""

from __future__ import annotations

from typing import Any, Callable, List, NamedTuple, Tuple

import numpy as np

from conformance.judging.rounding import Rounded
from conformance.judging.verdicts import BREAKS, CONFORMS, UNDECIDED
from conformance.recordings.findings import Finding, one
from conformance.recordings.force import Force
from conformance.recordings.step import Step
from refimpl import Dialect

LIKELY = 8
"""Rounding errors of n terms add up to less than this many √n·u but by chance (Higham & Mary 2019)."""


def judged(step: Step, force: Force, images: List[Any], sums: List[Rounded] | None, asked: Dialect) -> List[Finding]:
    """Findings on the components and the total.

    Parameters
    ----------
    images : as `judging` has them, None for one that was given up
    sums : (box, dfl) of each image before S and gains; None if an image has no owners
    asked : the dialect without the gains in force: a factor of the whole gradient may have come after the components
    """
    given, u = np.ravel(step.recording.components).astype(np.float64), step.precision.u
    total = float(np.sum(step.recording.total, dtype=np.float64))
    decided = sums is not None and all(image is not None for image in images)
    told = given.size == 3 and np.isfinite(given).all()
    if not decided:
        findings = [Finding("components", UNDECIDED, f"{'they sum' if told else 'the total sums'} over an image that is not decided")]
        return [*findings, _total(total, step.batch * given.sum(), 8 * u)] if told else findings
    box, dfl = _of_boxes(step, force, sums)
    if not told:
        parts = [box, _of_classes(step, force, images, total / step.batch - box.expected - dfl.expected), dfl]
        expected, likely, sure = (step.batch * sum(part[i] for part in parts) for i in (2, 3, 4))
        words = f"{given.size} numbers, of which none is judged" if np.isfinite(given).any() else "none is told"
        return [Finding("components", CONFORMS, words), _total(total, expected, 8 * u, likely, sure)]
    findings = _judged([box, _of_classes(step, force, images, given[1]), dfl], given)
    if any(finding.verdict == BREAKS for finding in findings) and asked != step.dialect:
        as_asked = step._replace(dialect=asked)
        box, dfl = _of_boxes(as_asked, force, sums)
        findings = _judged([box, _of_classes(as_asked, force, images, given[1]), dfl], given)
    return [*findings, _total(total, step.batch * given.sum(), 8 * u)]


def _total(got: float, expected: float, relative: float, likely: float = 0.0, sure: float = 0.0) -> Finding:
    rounding = relative * abs(expected)
    return one("total", "DET-4", got, expected, likely + rounding, sure + rounding)


class Part(NamedTuple):
    """A component as it is to be: its name, its clause, the value, how far it is off by all likelihood, and at most."""

    name: str
    clause: str
    expected: float
    likely: float
    sure: float


def _judged(parts: List[Part], given: np.ndarray) -> List[Finding]:
    """A finding on each component."""
    return [one(f"component {part.name}", part.clause, float(got), *part[2:]) for part, got in zip(parts, given)]


def _of_boxes(step: Step, force: Force, sums: List[Rounded]) -> Tuple[Part, Part]:
    """What box and dfl are to be."""
    whole = np.stack(sums).sum(axis=0) if sums else Rounded(np.zeros(2), step.precision)
    found = []
    for name, clause, i in (("box", "DET-1", 0), ("dfl", "DET-3", 1)):
        expected = getattr(step.dialect, f"{name}_gain") * whole[i] / force.scores_sum
        bound = float(expected.error + 4 * step.precision.u * np.abs(expected.value))
        found.append(Part(name, clause, float(expected.value), bound, bound))
    return found[0], found[1]


def _of_classes(step: Step, force: Force, images: List[Any], given: float) -> Part:
    """What cls is to be, in the first form that gives what is given, or else in that which is nearest."""
    parts: List[Part] = []
    for form in FORMS:
        parts.append(_in_form(form, step, force, images))
        if abs(parts[-1].expected - given) <= parts[-1].likely:
            return parts[-1]
    return min(parts, key=lambda part: abs(part.expected - given))


def _in_form(form: Callable[..., np.ndarray], step: Step, force: Force, images: List[Any]) -> Part:
    u, s = step.precision.u, force.scores_sum
    cls, size, error, lost = 0.0, 0.0, 0.0, 0.0
    for image in images:
        x, z = step.maps[image.seen.image, step.bins :].T, image.shown.z
        loss, known = form(x, z.astype(x.dtype)).sum(axis=0, dtype=np.float64), np.abs(x * z).sum(axis=0)
        cls += float((loss * force.weights).sum())
        size += float(((np.abs(loss) + 2 * known) * force.weights).sum())
        lost += float(((1 + np.abs(x)).sum(axis=0, dtype=np.float64) * force.weights).sum())
        learning = np.flatnonzero(image.shown.shown.any(axis=1))
        off = np.abs(x[learning]) * (image.shown.error(learning) + 6 * u)
        error += float(off[image.shown.shown[learning]].sum())
    n = step.maps[:, step.bins :].size
    scale = step.dialect.cls_gain / float(s.value)
    local = scale * (error + 8 * u * size) + abs(scale * cls) * float(s.error / s.value)
    likely, sure = local + scale * size * LIKELY * np.sqrt(n) * u, local + scale * (size * n + 4 * lost) * u
    return Part("cls", "DET-2", scale * cls, likely, sure)


def _formula(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """max(x, 0) − x·z + log(1 + e^−|x|), without rounding."""
    x = x.astype(np.float64)
    return np.maximum(x, 0) - x * z + np.log1p(np.exp(-np.abs(x)))


def _by_log_sigmoid(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """(1 − z)·x − log σ(x), as PyTorch computes it: of a confident background only multiples of u·|x| are left."""
    return (1 - z) * x - (np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x))))


def _by_probability(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """−z·log p − (1 − z)·log(1 − p): multiples of u are left; logarithms end at −100, as those of PyTorch."""
    with np.errstate(over="ignore", divide="ignore"):
        p = 1 / (1 + np.exp(-x))
        yes, no = (np.maximum(np.log(each), -100) for each in (p, 1 - p))
    return -(z * yes + (1 - z) * no)


FORMS = (_formula, _by_log_sigmoid, _by_probability)
"""Of the cross-entropy, as frameworks evaluate it in the float type of the maps. Where nothing is to be learned, what they
lose is alike in every term: it adds up."""

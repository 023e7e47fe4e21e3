"""Components and total of a step, from its owners and the scores its gradient shows."""

from __future__ import annotations

from typing import Any, List

import numpy as np

from conformance.judging.rounding import Rounded
from conformance.judging.verdicts import BREAKS, UNDECIDED
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
    findings: List[Finding] = []
    if np.isfinite(given).all() and given.size == 3:
        if sums is None or any(image is None for image in images):
            findings.append(Finding("components", UNDECIDED, "they sum over an image that is not decided"))
        else:
            found = _components(step, force, images, sums, given)
            if any(finding.verdict == BREAKS for finding in found) and asked != step.dialect:
                found = _components(step._replace(dialect=asked), force, images, sums, given)
            findings += found
        expected = step.batch * given.sum()
        findings.append(one("total", "DET-4", total, expected, 8 * u * abs(expected), 8 * u * abs(expected)))
    return findings


def _components(step: Step, force: Force, images: List[Any], sums: List[Rounded], given: np.ndarray) -> List[Finding]:
    u, s, dialect = step.precision.u, force.scores_sum, step.dialect
    whole = np.stack(sums).sum(axis=0) if sums else Rounded(np.zeros(2), step.precision)
    found = []
    for name, clause, i, k in (("box", "DET-1", 0, 0), ("dfl", "DET-3", 1, 2)):
        expected = getattr(dialect, f"{name}_gain") * whole[i] / s
        bound = float(expected.error + 4 * u * np.abs(expected.value))
        found.append(one(f"component {name}", clause, float(given[k]), float(expected.value), bound, bound))
    cls, size, error = 0.0, 0.0, 0.0
    for image in images:
        x, z = step.maps[image.seen.image, step.bins :].T.astype(np.float64), image.shown.z
        loss = (np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))).sum(axis=0)
        cls += float(((loss - (x * z).sum(axis=0)) * force.weights).sum())
        size += float(((loss + np.abs(x * z).sum(axis=0)) * force.weights).sum())
        learning = np.flatnonzero(image.shown.shown.any(axis=1))
        off = np.abs(x[learning]) * (image.shown.error(learning) + 6 * u)
        error += float(off[image.shown.shown[learning]].sum()) + float(np.exp(-np.abs(x[np.abs(x) > 20])).sum())
    n = step.maps[:, step.bins :].size
    scale = dialect.cls_gain / float(s.value)
    local = scale * (error + 8 * u * size) + abs(scale * cls) * float(s.error / s.value)
    likely, sure = (local + scale * size * terms * u for terms in (LIKELY * np.sqrt(n), n))
    return [found[0], one("component cls", "DET-2", float(given[1]), scale * cls, likely, sure), found[1]]

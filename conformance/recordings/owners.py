"""Owners: every legal owner of every anchor that the gradient leaves open.

The gradient of the classes shows which class an anchor learns and how strongly, that of the bins which box. An owner is
open if legal claims explain it and the anchor learns its class; of several the bins decide; what they leave is tried.
"""

from __future__ import annotations

from typing import Any, Callable, List, NamedTuple, Sequence, Tuple

import numpy as np

from conformance.ops.assigner.legal_sets import droppable, explicable
from conformance.recordings.assignments import borrows
from conformance.recordings.classes import Scores
from conformance.recordings.scene import Look

INVISIBLE = 1e-36
"""A target score below it leaves no gradient in float32."""


class Illegal(NamedTuple):
    """An anchor, by its index in the image, that owns what it may not; the clause; in words; gts that may own it."""

    anchor: int
    clause: str
    text: str
    legal: Tuple[int, ...] = ()


class Owned(NamedTuple):
    """For each anchor of a look the owners that are open, −1 for background; and the anchors that have none."""

    options: List[Tuple[int, ...]]
    illegal: List[Illegal]


def open_owners(seen: Look, shown: Scores) -> Owned:
    """The owners that legal claims and the class gradient leave open."""
    options: List[Tuple[int, ...]] = []
    illegal: List[Illegal] = []
    gts = [int(g) for g in np.flatnonzero(seen.scene.valid)]
    claimed = seen.allowed.may.any(axis=0)
    for i, a in enumerate(seen.part):
        if not seen.learns[i]:
            found = _unseen(seen, i, gts) if claimed[i] else (-1,)
        else:
            found = _of_its_class(seen, shown, i, int(a), gts)
        if not found:
            illegal.append(_why(seen, shown, i, int(a), gts))
        options.append(found)
    return Owned(options, illegal)


def giving_up(seen: Look, shown: Scores) -> Look:
    """The look with the anchors that a box may have given up, where it keeps but its `topk2` best."""
    if seen.scene.dialect.topk2 is None:
        return seen
    kept = np.zeros(seen.scene.inside.shape, bool)
    gts = [int(g) for g in np.flatnonzero(seen.scene.valid)]
    for i in np.flatnonzero(seen.learns):
        kept[list(_of_its_class(seen, shown, int(i), int(seen.part[i]), gts)), i] = True
    return seen._replace(allowed=seen.allowed._replace(dropped=droppable(seen.scene, kept)))


def _of_its_class(seen: Look, shown: Scores, i: int, a: int, gts: Sequence[int]) -> Tuple[int, ...]:
    """The boxes that may own an anchor which learns their class, or none that can be seen."""
    classes, labels = list(np.flatnonzero(shown.shown[a])), seen.gt.gt_labels[0, :, 0]
    return tuple(g for g in gts if (not classes or classes == [labels[g]]) and explicable(seen.allowed, i, g))


def _unseen(seen: Look, i: int, gts: Sequence[int]) -> Tuple[int, ...]:
    """What an anchor without a gradient, which a box may claim, may be: background, or owned without weight."""
    light = [g for g in gts if (borrows(seen) or _lightness(seen, g, i) < INVISIBLE) and explicable(seen.allowed, i, g)]
    return (*((-1,) if explicable(seen.allowed, i, -1) else ()), *light)


def _lightness(seen: Look, g: int, i: int) -> float:
    """The largest target score that anchor i can have from box g, against the best of the box's sure claims."""
    metric, overlaps = (of[0] for of in seen.alignment)
    if metric.hi[g, i] <= 0:
        return 0.0
    least = metric.lo[g][seen.allowed.must[g]].max(initial=0) + seen.scene.dialect.norm_eps
    largest = overlaps.hi[g] if seen.scene.dialect.overlap != "ciou_unclamped" else overlaps.hi[g][_may_own(seen, g)]
    return float(metric.hi[g, i] * min(largest.max(initial=0), 2.0) / least)


def _may_own(seen: Look, g: int) -> np.ndarray:
    """The anchors (n,) that box g may own: where overlaps may be below 0, a box of no other has no score at all."""
    allowed, near = seen.allowed, seen.allowed.near[g]
    return np.where(allowed.must.sum(axis=0) >= 2, near, near | allowed.may[g]) & allowed.may.any(axis=0)


def _why(seen: Look, shown: Scores, i: int, a: int, gts: Sequence[int]) -> Illegal:
    """Why an anchor can have no owner that explains what it learns."""
    classes = [int(c) for c in np.flatnonzero(shown.shown[a])]
    x, y = seen.points[i] * seen.stride[i]
    place = f"anchor {a} at ({x:g}, {y:g}) px"
    legal = tuple(g for g in gts if explicable(seen.allowed, i, g))
    claimants = [int(g) for g in np.flatnonzero(seen.allowed.must[:, i])]
    if not seen.learns[i]:
        whose = ", ".join(f"gt {g}" for g in legal or claimants)
        return Illegal(a, "TAL-4", f"{place} learns nothing, though it is one of the best of {whose}", legal)
    weight = ", ".join(f"class {c} with {shown.z[a, c]:.4g}" for c in classes) or "a box without a class"
    learns = f"{place} learns {weight}"
    if len(classes) > 1:
        return Illegal(a, "TAL-7", f"{learns}: more classes than one", legal)
    if legal:
        owners = ", ".join(f"gt {g} of class {int(seen.gt.gt_labels[0, g, 0])}" for g in legal)
        return Illegal(a, "TAL-5" if len(claimants) > 1 else "TAL-6", f"{learns}; it belongs to {owners}", legal)
    if not seen.scene.inside[:, i].any():
        return Illegal(a, "TAL-1", f"{learns}, and lies inside no box", legal)
    return Illegal(a, "TAL-4", f"{learns}, and is not among the {seen.scene.dialect.topk} best of a box that holds it", legal)


def narrowed(
    seen: Look, options: Sequence[Tuple[int, ...]], explains: Callable[[List[int], List[int]], Any]
) -> List[Tuple[int, ...]]:
    """Of several owners of an anchor that learns those whose box explains the bins; all, where none does.

    Parameters
    ----------
    explains : of rows of a look and their owners, whether what the bins learn is right, (n,) bool
    """
    several = [i for i, found in enumerate(options) if seen.learns[i] and len(found) > 1]
    pairs = [(i, g) for i in several for g in options[i] if g >= 0]
    if not pairs:
        return list(options)
    fits = explains([i for i, _ in pairs], [g for _, g in pairs])
    kept = dict(zip(pairs, fits))
    left = [tuple(g for g in found if g < 0 or kept.get((i, g), True)) or found for i, found in enumerate(options)]
    return left

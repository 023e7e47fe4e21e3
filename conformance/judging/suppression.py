"""Legal suppressions: which lists of kept boxes are right, given that overlaps are only known to a bound.

A greedy pass takes the best box, drops what it overlaps too much, and goes on. Where scores tie or an overlap may lie on
either side of the threshold, several lists come out. A list K is one of them if and only if its indices are distinct,
its scores do not rise, no pair in it must fall, and every box left out has a kept one that may come before it and may
drop it. If at most so many are kept and K has as many, only boxes that score more than its last count as left out.

One look at each pair, and a witness for each index: nothing is enumerated.
"""

from __future__ import annotations

from typing import Dict, NamedTuple, Sequence, Tuple

import numpy as np


class Suppression(NamedTuple):
    """What a list is judged by.

    Attributes
    ----------
    scores : (N,) float.
    overlaps : (N, N) float, best estimates, only to be told.
    may, must : (N, N) bool, symmetric; whether of two boxes the later one may, or must, be dropped by the earlier.
    most : how many are kept at most; None for any number.
    """

    scores: np.ndarray
    overlaps: np.ndarray
    may: np.ndarray
    must: np.ndarray
    most: int | None = None


class Fault(NamedTuple):
    """What is wrong with a list.

    Attributes
    ----------
    what : "repeated", "too many", "order", "kept" or "dropped".
    box : it is seen at.
    reason : in words.
    by : the kept box it is seen against, the one that overlaps it most; None if none does.
    """

    what: str
    box: int
    reason: str
    by: int | None = None


def fault(kept: Sequence[int], scene: Suppression) -> Fault | None:
    """The first fault of a list of kept boxes; None if a greedy pass may give it.

    Parameters
    ----------
    kept : indices 0 … N − 1, in the order they were given
    scene : Suppression
    """
    kept = [int(k) for k in kept]
    repeated = [k for i, k in enumerate(kept) if k in kept[:i]]
    if repeated:
        return Fault("repeated", repeated[0], f"box {repeated[0]} is kept twice")
    if scene.most is not None and len(kept) > scene.most:
        return Fault("too many", kept[-1], f"{len(kept)} boxes are kept, at most {scene.most} may be")
    return _rising(kept, scene) or _wrongly_kept(kept, scene) or _wrongly_dropped(kept, scene)


def suppressors(kept: Sequence[int], scene: Suppression) -> Dict[int, int]:
    """Of each box left out for its overlap, the kept one that overlaps it most of those that may drop it."""
    found = {}
    for r in sorted(set(range(len(scene.scores))) - set(kept)):
        able = [k for k in kept if scene.scores[k] >= scene.scores[r] and scene.may[k, r]]
        if able:
            found[r] = max(able, key=lambda k: scene.overlaps[k, r])
    return found


def _rising(kept: Sequence[int], scene: Suppression) -> Fault | None:
    for before, after in zip(kept, kept[1:]):
        if scene.scores[before] < scene.scores[after]:
            scores = f"{scene.scores[after]:.9g} after {scene.scores[before]:.9g}"
            return Fault("order", after, f"box {after} stands after box {before}, which scores less: {scores}")
    return None


def _wrongly_kept(kept: Sequence[int], scene: Suppression) -> Fault | None:
    clashes = np.argwhere(np.triu(scene.must[np.ix_(kept, kept)], 1).T)
    if not len(clashes):
        return None
    later, earlier = (kept[i] for i in clashes[0])
    reason = f"box {later} is kept, though box {earlier} before it overlaps it by {scene.overlaps[earlier, later]:.9g}"
    return Fault("kept", later, reason, earlier)


def _wrongly_dropped(kept: Sequence[int], scene: Suppression) -> Fault | None:
    full = scene.most is not None and len(kept) == scene.most
    if full and not kept:
        return None
    explained = suppressors(kept, scene)
    for r in np.argsort(-scene.scores, kind="stable").tolist():
        counts = not full or scene.scores[r] > scene.scores[kept[-1]]
        if r not in kept and r not in explained and counts:
            why, by = _nearest(r, kept, scene)
            return Fault("dropped", r, f"box {r} is left out; {why}", by)
    return None


def _nearest(r: int, kept: Sequence[int], scene: Suppression) -> Tuple[str, int | None]:
    """What comes closest to a reason for leaving a box out, and the kept box that does."""
    before = [k for k in kept if scene.scores[k] >= scene.scores[r]]
    touching = [k for k in before if scene.overlaps[k, r] > 0]
    if not before:
        return (f"its score {scene.scores[r]:.9g} is the highest" if len(kept) else "nothing is kept"), None
    if not touching:
        return "no kept box before it overlaps it", None
    best = max(touching, key=lambda k: scene.overlaps[k, r])
    only = "only box" if len(touching) == 1 else "most of all box"
    return f"{only} {best} before it overlaps it, by {scene.overlaps[best, r]:.9g}", best

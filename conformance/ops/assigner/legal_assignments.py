"""Alternatives: every legal assignment of an image, for losses, which do not show the assignment they follow from."""

from __future__ import annotations

import itertools
import math
from typing import Dict, Iterator, List, NamedTuple

import numpy as np

from conformance.ops.assigner.legal_sets import Claims, Scene, TooManyToDecide, claims, counted

ALTERNATIVES = 32
"""Assignments enumerated at most."""


class Decided(NamedTuple):
    """One legal assignment: owner (A,) int, −1 for background, and the claims (G, A) bool it follows from."""

    owner: np.ndarray
    claimed: np.ndarray


def assignments(scene: Scene) -> List[np.ndarray]:
    """All legal owners (A,) that differ in more than weightless anchors; raises as `decided` does."""
    return [one.owner for one in decided(scene)]


def decided(scene: Scene) -> List[Decided]:
    """All legal assignments that differ in more than weightless anchors; in these, too, where the class loss tells an anchor that
    is owned without weight from background, as varifocal does.

    Raises
    ------
    TooManyToDecide
        If there are more than `ALTERNATIVES`.
    """
    allowed = claims(scene)
    optional = allowed.may & ~allowed.must
    weightless = optional & _weightless(scene, allowed) & (scene.dialect.cls_loss == "bce")
    pairs = [tuple(map(int, pair)) for pair in np.argwhere(optional & ~weightless)]
    if 2 ** len(pairs) > 8 * ALTERNATIVES:
        raise TooManyToDecide
    least, most = np.maximum(allowed.least - weightless.sum(1), 0), allowed.most
    found: Dict[bytes, Decided] = {}
    for taken in itertools.product((False, True), repeat=len(pairs)):
        claimed = allowed.must.copy()
        for (g, a), yes in zip(pairs, taken):
            claimed[g, a] = yes
        spent = (claimed & optional).sum(1)
        if ((least <= spent) & (spent <= most)).all():
            for owner in _resolutions(scene, claimed, allowed):
                found.update((kept.tobytes(), Decided(kept, claimed)) for kept in _kept(scene, owner))
        if len(found) > ALTERNATIVES:
            raise TooManyToDecide
    return list(found.values())


def _kept(scene: Scene, owner: np.ndarray) -> List[np.ndarray]:
    """The owners, each with its k₂ best anchors left, where the dialect says so: one result for each legal choice of these."""
    if scene.dialect.topk2 is None:
        return [owner]
    choices = [_best(scene, g, np.flatnonzero(owner == g)) for g in range(len(scene.valid))]
    if math.prod(map(len, choices)) > ALTERNATIVES:
        raise TooManyToDecide
    found = []
    for chosen in itertools.product(*choices):
        left = np.full_like(owner, -1)
        for g, anchors in enumerate(chosen):
            left[anchors] = g
        found.append(left)
    return found


def _best(scene: Scene, g: int, own: np.ndarray) -> List[np.ndarray]:
    """Each legal choice of the k₂ best among the anchors a box owns; one without metric counts for nothing."""
    own = own[scene.metric.hi[g, own] > 0]
    metric, k = scene.metric[g : g + 1, own], scene.dialect.topk2
    (rivals,), (better,) = counted(metric.hi, metric.lo, "left") - 1, counted(metric.lo, metric.hi, "right")
    must, may = rivals < k, better < k
    chosen = itertools.combinations(own[may & ~must], min(k, len(own)) - int(must.sum()))
    return [np.append(own[must], some).astype(int) for some in itertools.islice(chosen, ALTERNATIVES + 1)]


def _weightless(scene: Scene, allowed: Claims) -> np.ndarray:
    """Claims (G, A) without overlap that cannot change who owns the anchor with weight.

    Such a claim matters only by making an anchor contested, which then goes to the largest overlap of all boxes: not
    where nothing overlaps; nor where others contest it anyway; nor where the only rival is that largest overlap, or
    there is none, as long as two claims without overlap cannot meet without it.
    """
    bare = scene.overlaps.hi == 0
    rival, sure = allowed.may & ~bare, (allowed.must & ~bare).sum(0)
    rivals, alone = rival.sum(0), (allowed.may & bare).sum(0) <= 1
    largest = (allowed.near.sum(0) == 1) & (allowed.near & rival).any(0)
    settled = bare.all(0) | (sure >= 2) | ((rivals == 0) & alone) | ((rivals == 1) & largest & (alone | (sure == 1)))
    return bare & settled


def _resolutions(scene: Scene, claimed: np.ndarray, allowed: Claims) -> Iterator[np.ndarray]:
    """The owners these claims may lead to; an anchor that overlaps no box at all gets any owner, which tells nothing without weight."""
    count = claimed.sum(0)
    owner = np.where(count > 0, claimed.argmax(0) if len(claimed) else -1, -1)
    contested = np.flatnonzero(count > 1)
    pool = claimed if allowed.among_claimants else np.ones_like(claimed)
    options = []
    for a in contested:
        largest = np.flatnonzero(pool[:, a] & (allowed.hi[:, a] >= allowed.lo[pool[:, a], a].max()))
        tells = (scene.overlaps.hi[:, a] > 0).any() or scene.dialect.cls_loss != "bce"
        options.append(largest if tells else largest[:1])
    for choice in itertools.islice(itertools.product(*options), ALTERNATIVES + 1):
        resolved = owner.copy()
        resolved[contested] = choice
        yield _large_enough(resolved, allowed)


def _large_enough(owner: np.ndarray, allowed: Claims) -> np.ndarray:
    """The owners whose overlap is large enough for the dialect; the rest is background."""
    a = np.flatnonzero(owner >= 0)
    if (allowed.surely_wins[owner[a], a] != allowed.may_win[owner[a], a]).any():
        raise TooManyToDecide
    left = owner.copy()
    left[a[~allowed.may_win[owner[a], a]]] = -1
    return left

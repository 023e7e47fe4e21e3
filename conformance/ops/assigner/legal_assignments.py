"""Alternatives: every legal assignment of an image, for losses, which do not show the assignment they follow from."""

from __future__ import annotations

import itertools
from typing import Dict, Iterator, List

import numpy as np

from conformance.ops.assigner.legal_sets import Claims, Scene, TooManyToDecide, claims

ALTERNATIVES = 32
"""Assignments enumerated at most."""


def assignments(scene: Scene) -> List[np.ndarray]:
    """All legal owners (A,) that differ in more than weightless anchors.

    Raises
    ------
    TooManyToDecide
        If there are more than `ALTERNATIVES`.
    """
    allowed = claims(scene)
    optional = allowed.may & ~allowed.must
    weightless = optional & _weightless(scene, allowed)
    pairs = [tuple(map(int, pair)) for pair in np.argwhere(optional & ~weightless)]
    if 2 ** len(pairs) > 8 * ALTERNATIVES:
        raise TooManyToDecide
    least, most = np.maximum(allowed.least - weightless.sum(1), 0), allowed.most
    found: Dict[bytes, np.ndarray] = {}
    for taken in itertools.product((False, True), repeat=len(pairs)):
        claimed = allowed.must.copy()
        for (g, a), yes in zip(pairs, taken):
            claimed[g, a] = yes
        spent = (claimed & optional).sum(1)
        if ((least <= spent) & (spent <= most)).all():
            for owner in _resolutions(scene, claimed, allowed.near):
                found[owner.tobytes()] = owner
        if len(found) > ALTERNATIVES:
            raise TooManyToDecide
    return list(found.values())


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


def _resolutions(scene: Scene, claimed: np.ndarray, near: np.ndarray) -> Iterator[np.ndarray]:
    """The owners these claims may lead to; an anchor that overlaps no box at all gets any owner, without weight."""
    count = claimed.sum(0)
    owner = np.where(count > 0, claimed.argmax(0) if len(claimed) else -1, -1)
    contested = np.flatnonzero(count > 1)
    options = []
    for a in contested:
        largest = np.flatnonzero(near[:, a])
        options.append(largest if (scene.overlaps.hi[:, a] > 0).any() else largest[:1])
    for choice in itertools.islice(itertools.product(*options), ALTERNATIVES + 1):
        resolved = owner.copy()
        resolved[contested] = choice
        yield resolved

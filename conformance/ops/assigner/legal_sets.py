"""Legal sets: which decisions of the assigner are right, given that its numbers are only known to a bound.

A box claims k anchors; where metrics tie, or their bounds overlap, several claims are legal. Only the owner of each
anchor can be seen, so an assignment is legal if *some* legal claims explain it: a witness. All functions look at one
image; an owner is the index of a ground truth, −1 for background.
"""

from __future__ import annotations

import itertools
from typing import Collection, Iterator, NamedTuple, Sequence, Set, Tuple

import numpy as np

from conformance.judging.judge import Undecided
from conformance.judging.rounding import Rounded
from refimpl import Dialect

WITNESS_STATES = 20000
"""Partial witnesses kept at most in a search."""


class TooManyToDecide(Undecided):
    """The legal set is too large to search: no verdict on this scene."""


class Scene(NamedTuple):
    """One image: inside (G, A) bool, False for masked rows; valid (G,) bool; metric and overlaps (G, A)."""

    inside: np.ndarray
    valid: np.ndarray
    metric: Rounded
    overlaps: Rounded
    dialect: Dialect


class Claims(NamedTuple):
    """What each ground truth claims: (G, A) bool `must` in every legal set, `may` in some; both only where a claim
    makes a positive. Of the optional ones between `least` and `most` (G,) are claimed. `near` (G, A): whether its
    overlap may be the largest of the anchor."""

    must: np.ndarray
    may: np.ndarray
    least: np.ndarray
    most: np.ndarray
    near: np.ndarray


def legal_topk(metric: np.ndarray, k: int, chosen: np.ndarray) -> bool:
    """Whether `chosen` (A,) bool is a set of k largest of exactly known metrics (A,), under any tie rule."""
    if chosen.sum() != min(k, len(metric)):
        return False
    return chosen.all() or metric[chosen].min() >= metric[~chosen].max()


def claims(scene: Scene) -> Claims:
    """Bound the claims of each ground truth by the bounds of its metric."""
    k = scene.dialect.topk
    lo, hi = scene.metric.lo, scene.metric.hi
    rivals, better = _counted(hi, lo, "left") - 1, _counted(lo, hi, "right")
    must, may = rivals < k, better < k
    eligible = scene.inside if scene.dialect.claims_inside else scene.valid[:, np.newaxis] & np.ones_like(must)
    open_places = np.minimum(k, must.shape[1]) - must.sum(1)
    optional = may & ~must
    least = np.maximum(open_places - (optional & ~eligible).sum(1), 0)
    most = np.minimum(open_places, (optional & eligible).sum(1))
    overlaps = scene.overlaps
    near = overlaps.hi >= overlaps.lo.max(axis=0, initial=0)
    return Claims(must & eligible, may & eligible, least, most, near)


def _counted(values: np.ndarray, than: np.ndarray, side: str) -> np.ndarray:
    """How many values of a row (G, A) are at least ("left"), or above ("right"), each number of the same row (G, A)."""
    rows = [len(row) - np.searchsorted(np.sort(row), numbers, side) for row, numbers in zip(values, than)]
    return np.array(rows).reshape(than.shape).astype(int)


def _explains(owner: int, claimed: Set[int], near: np.ndarray) -> bool:
    """Whether these claims on one anchor make `owner` its owner; near (G,)."""
    if owner < 0:
        return not claimed
    return claimed == {owner} or (len(claimed) > 1 and bool(near[owner]))


def _subsets(optional: np.ndarray) -> Iterator[Set[int]]:
    for size in range(len(optional) + 1):
        yield from (set(map(int, c)) for c in itertools.combinations(optional, size))


def broken_clause(scene: Scene, owner: np.ndarray) -> Tuple[str, str] | None:
    """The first clause that no legal claims can reconcile with the owners seen, and why; None if they are legal.

    Parameters
    ----------
    owner : (A,) int, −1 for background

    Raises
    ------
    TooManyToDecide
        If the search for a witness grows too large.
    """
    allowed = claims(scene)
    concerned = np.flatnonzero((owner >= 0) | allowed.must.any(axis=0))
    findings = [misplaced(scene, allowed, a, owner[a]) for a in concerned]
    for clause in ("TAL-1", "TAL-5", "TAL-4"):
        found = next((finding for finding in findings if finding and finding[0] == clause), None)
        if found:
            return found
    if not has_witness(allowed, [(one,) for one in owner]):
        return "TAL-4", f"no claims of exactly {scene.dialect.topk} anchors for each box explain these owners"
    return None


def misplaced(scene: Scene, allowed: Claims, a: int, owner: int) -> Tuple[str, str] | None:
    """The clause that the owner of one anchor breaks, looked at alone."""
    must = set(map(int, np.flatnonzero(allowed.must[:, a])))
    optional = np.flatnonzero(allowed.may[:, a] & ~allowed.must[:, a])
    if any(_explains(owner, must | extra, allowed.near[:, a]) for extra in _subsets(optional)):
        return None
    claimants = sorted(must | set(map(int, optional)))
    said = f"anchor {a}: got " + ("background" if owner < 0 else f"gt {owner}")
    outside = owner >= 0 and scene.dialect.claims_inside and not scene.inside[owner, a]
    if len(claimants) > 1 or (owner < 0 and len(must) > 1) or (outside and claimants):
        best = np.flatnonzero(allowed.near[:, a]).tolist()
        return "TAL-5", f"{said}; gts {claimants} claim it, largest overlap: gt {best}"
    if outside:
        return "TAL-1", f"{said}, whose box does not contain it"
    return "TAL-4", f"{said}; claimed by " + (f"gt {claimants[0]}" if claimants else "none")


def has_witness(allowed: Claims, owners: Sequence[Collection[int]]) -> bool:
    """Whether optional claims can be chosen, as many as each ground truth has to spend, that explain an owner of each anchor.

    What all ground truths have spent is one whole number, 16 bits for each, counted so that the highest of them is set
    by the first claim too many: states are added and tested at once. An anchor that any claims explain is no constraint:
    what it may take is room to spend.

    Parameters
    ----------
    owners : for each anchor those that it may have as far as can be seen, one of which is to be explained

    Raises
    ------
    TooManyToDecide
        If the search grows too large.
    """
    top, least = 1 << 15, [int(x) for x in allowed.least]
    overspent = sum(top << 16 * g for g in range(len(allowed.most)))
    states = {sum(top - 1 - int(most) << 16 * g for g, most in enumerate(allowed.most))}
    for a in np.flatnonzero((allowed.may & ~allowed.must).any(axis=0)):
        optional = np.flatnonzero(allowed.may[:, a] & ~allowed.must[:, a])
        must, near = set(map(int, np.flatnonzero(allowed.must[:, a]))), allowed.near[:, a]
        fitting = [x for x in _subsets(optional) if any(_explains(one, must | x, near) for one in owners[a])]
        if len(fitting) == 2 ** len(optional):
            for g in optional:
                least[g] -= 1
            continue
        steps = [sum(1 << 16 * g for g in extra) for extra in fitting]
        spent = {state + step for step in steps for state in states}
        states = {state for state in spent if not state & overspent}
        if len(states) > WITNESS_STATES:
            raise TooManyToDecide
    at_least = [(16 * g, top - 1 - int(most) + max(least[g], 0)) for g, most in enumerate(allowed.most)]
    return any(all((state >> shift) % (2 * top) >= fewest for shift, fewest in at_least) for state in states)

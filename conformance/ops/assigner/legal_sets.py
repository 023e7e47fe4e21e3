"""Legal sets: which decisions of the assigner are right, given that its numbers are only known to a bound.

A box claims k anchors; where metrics tie, or their bounds overlap, several claims are legal. Only the owner of each
anchor can be seen, so an assignment is legal if *some* legal claims explain it: a witness. All functions look at one
image; an owner is the index of a ground truth, −1 for background.
"""

from __future__ import annotations

from typing import NamedTuple, Tuple

import numpy as np

from conformance.judging.rounding import Rounded
from conformance.ops.assigner.witness import Claims, TooManyToDecide, explains, has_witness, subsets
from refimpl import Dialect

__all__ = ["Claims", "Scene", "TooManyToDecide", "broken_clause", "claims", "counted", "droppable", "explicable", "has_witness", "legal_topk", "misplaced"]


class Scene(NamedTuple):
    """One image: inside (G, A) bool, False for masked rows; valid (G,) bool; metric and overlaps (G, A).

    Metric and overlaps are those inside the boxes, or everywhere where the dialect looks outside them.
    """

    inside: np.ndarray
    valid: np.ndarray
    metric: Rounded
    overlaps: Rounded
    dialect: Dialect

    def within(self, values: Rounded) -> Rounded:
        """The values inside the boxes, 0 elsewhere."""
        return values * self.inside


def legal_topk(metric: np.ndarray, k: int, chosen: np.ndarray, above: float | None = None) -> bool:
    """Whether `chosen` (A,) bool is a set of k largest of exactly known metrics (A,), under any tie rule.

    With `above`, of those that are no larger none is chosen, and so many fewer.
    """
    if above is not None:
        if (metric[chosen] <= above).any():
            return False
        k = min(k, int((metric > above).sum()))
    if chosen.sum() != min(k, len(metric)):
        return False
    return chosen.all() or not chosen.any() or metric[chosen].min() >= metric[~chosen].max()


def claims(scene: Scene) -> Claims:
    """Bound the claims of each ground truth by the bounds of its metric."""
    dialect, k = scene.dialect, scene.dialect.topk
    ranked = scene.metric if dialect.topk_among == "all_then_inside" else scene.within(scene.metric)
    rivals, better = counted(ranked.hi, ranked.lo, "left") - 1, counted(ranked.lo, ranked.hi, "right")
    must, may = rivals < k, better < k
    eligible = scene.inside if dialect.claims_inside else scene.valid[:, np.newaxis] & np.ones_like(must)
    sure = eligible if dialect.claim_above is None else eligible & (ranked.lo > dialect.claim_above)
    eligible = eligible if dialect.claim_above is None else eligible & (ranked.hi > dialect.claim_above)
    optional, open_places = may & ~must, np.minimum(k, must.shape[1]) - must.sum(1)
    least = np.maximum(open_places - (optional & ~sure).sum(1), 0)
    doubtful = must & eligible & ~sure
    most = np.minimum(open_places, (optional & eligible).sum(1)) + doubtful.sum(1)
    lo, hi = _rivals(scene)
    found = Claims(must & sure, may & eligible, least, most, lo, hi, *_winning(scene))
    found = found._replace(among_claimants=dialect.owner_among == "claimants")
    return _at_least_one(scene, found) if dialect.at_least_one else found


def _winning(scene: Scene) -> Tuple[np.ndarray, np.ndarray]:
    """Whether the overlap (G, A) of an owner is surely, and may be, large enough: where the dialect asks for none, any is."""
    above = scene.dialect.owner_above
    if above is None:
        return (np.ones(scene.overlaps.shape, bool),) * 2
    return scene.overlaps.lo > above, scene.overlaps.hi > above


def _rivals(scene: Scene) -> Tuple[np.ndarray, np.ndarray]:
    """Bounds (G, A) of what a contested anchor goes by."""
    of = scene.overlaps if scene.dialect.owner_by == "overlap" else scene.metric
    of = scene.within(of) if scene.dialect.owner_among == "inside" else of
    return of.lo, of.hi


def _at_least_one(scene: Scene, found: Claims) -> Claims:
    """A ground truth that claims nothing takes the anchor of its largest metric, inside or not, if that is above 0."""
    must, may, least, most = (x.copy() for x in found[:4])
    for g in np.flatnonzero(scene.valid):
        if must[g].any() or least[g] > 0:
            continue
        if may[g].any():
            raise TooManyToDecide
        lo, hi = scene.metric.lo[g], scene.metric.hi[g]
        best = (hi >= lo.max(initial=0)) & (hi > 0)
        may[g], sure = best, lo.max(initial=0) > 0
        must[g] = best & (best.sum() == 1) & sure
        least[g], most[g] = (0, 0) if must[g].any() else (int(sure), int(best.any()))
    return found._replace(must=must, may=may, least=least, most=most)


def counted(values: np.ndarray, than: np.ndarray, side: str) -> np.ndarray:
    """How many values of a row (G, A) are at least ("left"), or above ("right"), each number of the same row (G, A)."""
    rows = [len(row) - np.searchsorted(np.sort(row), numbers, side) for row, numbers in zip(values, than)]
    return np.array(rows).reshape(than.shape).astype(int)


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
    if scene.dialect.topk2 is not None:
        kept = (owner[:, np.newaxis] == np.arange(len(scene.valid))).T
        if (kept.sum(1) > scene.dialect.topk2).any():
            return "TAL-4", f"gt {int(kept.sum(1).argmax())} keeps {int(kept.sum(1).max())} anchors, more than {scene.dialect.topk2}"
        allowed = allowed._replace(dropped=droppable(scene, kept))
    concerned = np.flatnonzero((owner >= 0) | allowed.must.any(axis=0))
    findings = [misplaced(scene, allowed, a, owner[a]) for a in concerned]
    for clause in ("TAL-1", "TAL-5", "TAL-4"):
        found = next((finding for finding in findings if finding and finding[0] == clause), None)
        if found:
            return found
    if not has_witness(allowed, [(one,) for one in owner]):
        return "TAL-4", f"no claims of exactly {scene.dialect.topk} anchors for each box explain these owners"
    return None


def droppable(scene: Scene, kept: np.ndarray) -> np.ndarray:
    """Anchors (G, A) that a box may have owned and given up: it keeps k₂ no worse, or they have no metric.

    Parameters
    ----------
    kept : (G, A) bool, what a box keeps, or more, where that is not sure
    """
    better = counted(np.where(kept, scene.metric.hi, -np.inf), scene.metric.lo, "left")
    return (scene.metric.lo <= 0) | (better >= scene.dialect.topk2)


def explicable(allowed: Claims, a: int, owner: int) -> bool:
    """Whether some legal claims on one anchor explain its owner, looked at alone."""
    must = set(map(int, np.flatnonzero(allowed.must[:, a])))
    optional = np.flatnonzero(allowed.may[:, a] & ~allowed.must[:, a])
    return any(explains(owner, must | extra, allowed, a) for extra in subsets(optional))


def misplaced(scene: Scene, allowed: Claims, a: int, owner: int) -> Tuple[str, str] | None:
    """The clause that the owner of one anchor breaks, looked at alone."""
    if explicable(allowed, a, owner):
        return None
    claimants = np.flatnonzero(allowed.may[:, a]).tolist()
    said = f"anchor {a}: got " + ("background" if owner < 0 else f"gt {owner}")
    outside = owner >= 0 and scene.dialect.claims_inside and not scene.inside[owner, a]
    if (owner < 0 and _contested(scene, allowed, a)) or (owner >= 0 and len(claimants) > 1) or (outside and claimants):
        best = np.flatnonzero(allowed.near[:, a]).tolist()
        return "TAL-5", f"{said}; gts {claimants} claim it, largest {scene.dialect.owner_by}: gt {best}"
    if outside:
        return "TAL-1", f"{said}, whose box does not contain it"
    return "TAL-4", f"{said}; claimed by " + (" and ".join(f"gt {g}" for g in claimants) or "none")


def _contested(scene: Scene, allowed: Claims, a: int) -> bool:
    """Whether several claim an anchor for sure and for its metric: who leaves out claims without metric breaks the claims."""
    return bool((allowed.must[:, a] & (scene.metric.lo[:, a] > 0)).sum() > 1)

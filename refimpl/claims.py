"""Claims: each ground truth takes its best anchors, and an anchor taken by several is given to one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from refimpl.arrays import FloatArray, where_true
from refimpl.dialect import Dialect
from refimpl.protocol import op


class Owners(NamedTuple):
    """target_gt_idx (B, A) int64, 0 on background; fg_mask (B, A) bool; mask_pos (B, G, A) bool, one owner at most."""

    target_gt_idx: np.ndarray
    fg_mask: np.ndarray
    mask_pos: np.ndarray


@op("metric: B G A nonnegative where mask_gt, mask_gt: B G 1 mask -> claimed: B G A mask")
def select_topk(metric: FloatArray, mask_gt: np.ndarray, *, dialect: Dialect) -> np.ndarray:
    """Let each ground truth claim its k best anchors.  [TAL-4]

        claimed[g] = S,   |S| = k,   min over S of t[g] ≥ max outside S of t[g]

    Exactly k, also where the metric is 0: zero is a low score, not an absent one (the dialect may ask for a metric
    above `claim_above`). Of equal metrics the lower index is taken. With fewer than k anchors all are claimed; most
    implementations raise there, so the suite draws it only for a dialect that says it is served. Rows with mask 0 claim
    nothing; a port is not judged by them, since sources differ, but by what comes of them.

    Parameters
    ----------
    metric : (B, G, A) float, >= 0
    mask_gt : (B, G, 1) bool or 0/1
    dialect : topk and claim_above are read

    Returns
    -------
    (B, G, A) bool

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    claimed = np.zeros(metric.shape, bool)
    for b, g, _ in np.argwhere(mask_gt):
        claimed[b, g, _best(metric[b, g], dialect.topk)] = True
    return claimed if dialect.claim_above is None else claimed & (metric > dialect.claim_above)


def _best(t: FloatArray, k: int) -> np.ndarray:
    """Indices of the k largest values, none negative; of equal values the lower index is taken."""
    positive = np.flatnonzero(t > 0)
    if len(positive) <= k:
        return np.append(positive, np.flatnonzero(t == 0)[: k - len(positive)])
    values = t[positive]
    kth = np.partition(values, len(values) - k)[len(values) - k]
    above = positive[values > kth]
    return np.append(above, positive[values == kth][: k - len(above)])


@op(
    "mask_pos: B G A mask, overlaps: B G A"
    " -> target_gt_idx: B A index where fg_mask, fg_mask: B A mask, mask_pos: B G A mask"
)
def resolve_conflicts(mask_pos: np.ndarray, overlaps: FloatArray, *, dialect: Dialect) -> Owners:
    """Give each anchor that several ground truths claim to the one it overlaps most.  [TAL-5]

        owner[a] = argmax_g u[g, a]  where Σ_g claimed[g, a] ≥ 2

    The argmax runs over *all* ground truths: one that did not claim the anchor may win it, and so come to own more than
    k (among claimants only, if the dialect's `owner_among` says so). Overlaps are 0 where the anchor is outside the
    box. Of equal overlaps the lower index wins. An owner whose overlap is not above `owner_above` leaves the anchor to
    the background.

    Parameters
    ----------
    mask_pos : (B, G, A) bool or 0/1, the claims
    overlaps : (B, G, A) float, u
    dialect : owner_among and owner_above are read

    Returns
    -------
    Owners

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    if mask_pos.shape[1] == 0:
        nobody = np.zeros((mask_pos.shape[0], mask_pos.shape[2]), np.int64)
        return Owners(nobody, nobody.astype(bool), mask_pos)
    claims, owner = mask_pos.sum(axis=1), mask_pos.argmax(axis=1)
    b, a = np.nonzero(claims > 1)
    u = overlaps[b, :, a]
    owner[b, a] = (np.where(mask_pos[b, :, a], u, -np.inf) if dialect.owner_among == "claimants" else u).argmax(axis=1)
    b, a = np.nonzero(claims)
    if dialect.owner_above is not None:
        won = overlaps[b, owner[b, a], a] > dialect.owner_above
        b, a = b[won], a[won]
    return owned_by(b, owner[b, a], a, mask_pos.shape)


def keep_best(owners: Owners, metric: FloatArray, *, dialect: Dialect) -> Owners:
    """Leave each ground truth only the `topk2` of its anchors with the largest metric.

        kept[g] = the k₂ largest of t[g, a] · owned[g, a] over all anchors, and owned

    Of equal metrics the lower index is taken, be it owned or not: a box whose metrics are all 0 may end with nothing.

    Parameters
    ----------
    owners : of each anchor
    metric : (B, G, A) float, t
    dialect : topk2 is read, None for all

    Returns
    -------
    Owners
    """
    if dialect.topk2 is None:
        return owners
    kept = np.zeros_like(owners.mask_pos)
    for b, g in np.argwhere(owners.mask_pos.any(axis=-1)):
        kept[b, g, _best(metric[b, g] * owners.mask_pos[b, g], dialect.topk2)] = True
    b, g, a = where_true(kept & owners.mask_pos)
    return owned_by(b, g, a, kept.shape)


def owned_by(b: np.ndarray, g: np.ndarray, a: np.ndarray, shape: tuple) -> Owners:
    """The owners of a batch of `shape` (B, G, A) in which ground truth g of image b owns anchor a, and no other any."""
    index, owned = np.zeros((shape[0], shape[2]), np.int64), np.zeros(shape, bool)
    index[b, a], owned[b, g, a] = g, True
    return Owners(index, owned.any(axis=1), owned)

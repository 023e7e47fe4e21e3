"""Claims: each ground truth takes its best anchors, and an anchor taken by several is given to one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from refimpl.arrays import FloatArray
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

    Exactly k, also where the metric is 0: zero is a low score, not an absent one. Of equal metrics the lower index
    is taken. With fewer than k anchors all are claimed; most implementations raise there, so the suite draws it only
    for a dialect that says it is served. Rows with mask 0 claim nothing.

    Parameters
    ----------
    metric : (B, G, A) float, >= 0
    mask_gt : (B, G, 1) bool or 0/1
    dialect : topk is read

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
    return claimed


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
    " -> target_gt_idx: B A index, fg_mask: B A mask, mask_pos: B G A mask"
)
def resolve_conflicts(mask_pos: np.ndarray, overlaps: FloatArray, *, dialect: Dialect) -> Owners:
    """Give each anchor that several ground truths claim to the one it overlaps most.  [TAL-5]

        owner[a] = argmax_g u[g, a]  where Σ_g claimed[g, a] ≥ 2

    The argmax runs over *all* ground truths: one that did not claim the anchor may win it, and so come to own more
    than k. Overlaps are 0 where the anchor is outside the box. Of equal overlaps the lower index wins.

    Parameters
    ----------
    mask_pos : (B, G, A) bool or 0/1, the claims
    overlaps : (B, G, A) float, u >= 0
    dialect : unused; every op takes it

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
    owner[b, a] = overlaps[b, :, a].argmax(axis=1)
    owned, (b, a) = np.zeros_like(mask_pos), np.nonzero(claims)
    owned[b, owner[b, a], a] = True
    return Owners(owner, claims > 0, owned)

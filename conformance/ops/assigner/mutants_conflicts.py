"""Faults in who owns an anchor that several boxes claim."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant


def owned_by(owner, fg_mask, gts):
    """The results of `resolve_conflicts` for these owners (B, A)."""
    return owner, fg_mask, (owner[:, np.newaxis] == np.arange(gts)[:, np.newaxis]) & fg_mask[:, np.newaxis]


def instead(right, mask_pos, overlaps, where, other):
    """The right results, with other owners where `where` (B, A)."""
    owner, fg_mask, _ = right(mask_pos, overlaps)
    return owned_by(np.where(where, other, owner), fg_mask, mask_pos.shape[1])


@mutant("resolve_conflicts", "the first box that claims an anchor owns it", "TAL-5")
def first_claimant_wins(self, right, mask_pos, overlaps):
    return right(mask_pos, np.cumsum(mask_pos[:, ::-1], axis=1)[:, ::-1] * mask_pos)


@mutant("resolve_conflicts", "the last box that claims an anchor owns it", "TAL-5", seen="Badger")
def last_claimant_wins(self, right, mask_pos, overlaps):
    return right(mask_pos, np.cumsum(mask_pos, axis=1) * mask_pos)


@mutant("resolve_conflicts", "a contested anchor goes to the smallest overlap of those that claim it", "TAL-5")
def smallest_overlap_wins(self, right, mask_pos, overlaps):
    return right(mask_pos, np.where(mask_pos, 1 - overlaps, -1))


@mutant("resolve_conflicts", "an anchor that only one box claims goes to the largest overlap, too", "TAL-5")
def uncontested_anchors_move(self, right, mask_pos, overlaps):
    gts = mask_pos.shape[1]
    return instead(right, mask_pos, overlaps, mask_pos.any(axis=1), overlaps.argmax(axis=1) if gts else 0)


@mutant(
    "resolve_conflicts", "a contested anchor whose largest overlap did not claim it becomes background", "TAL-5",
    seen="public rewrites",
)  # fmt: skip
def winner_must_have_claimed(self, right, mask_pos, overlaps):
    owner, fg_mask, owned = right(mask_pos, overlaps)
    return owner, (owned & mask_pos).any(axis=1), owned & mask_pos


@mutant(
    "resolve_conflicts", "an anchor that several boxes claim becomes background", "TAL-5",
    seen="as Ultralytics #8158 explains it",
)  # fmt: skip
def contested_anchors_dropped(self, right, mask_pos, overlaps):
    return right(mask_pos & (mask_pos.sum(axis=1, keepdims=True) == 1), overlaps)


@mutant("resolve_conflicts", "an anchor that three boxes claim stays with the first of them", "TAL-5")
def three_claims_unresolved(self, right, mask_pos, overlaps):
    if not mask_pos.shape[1]:
        return right(mask_pos, overlaps)
    return instead(right, mask_pos, overlaps, mask_pos.sum(axis=1) > 2, mask_pos.argmax(axis=1))


@mutant("resolve_conflicts", "claims are bits of a word of 32: boxes 32 apart do not contest an anchor", "TAL-5")
def claims_in_32_bits(self, right, mask_pos, overlaps):
    if not mask_pos.shape[1]:
        return right(mask_pos, overlaps)
    bits = np.bitwise_or.reduce(mask_pos << np.arange(mask_pos.shape[1])[:, np.newaxis] % 32, axis=1)
    return instead(right, mask_pos, overlaps, (bits != 0) & (bits & (bits - 1) == 0), mask_pos.argmax(axis=1))


@mutant("resolve_conflicts", "the losers of a conflict keep their claims", "TAL-5")
def losers_keep_claims(self, right, mask_pos, overlaps):
    owner, fg_mask, owned = right(mask_pos, overlaps)
    return owner, fg_mask, owned | mask_pos


@mutant("resolve_conflicts", "the foreground mask counts claims: 2 where two boxes claim an anchor", "TAL-5")
def foreground_counts_claims(self, right, mask_pos, overlaps):
    owner, _, owned = right(mask_pos, overlaps)
    return owner, mask_pos.sum(axis=1), owned


@mutant(
    "resolve_conflicts", "the foreground mask is true everywhere", "TAL-5", seen="keras-cv e83f229",
)  # fmt: skip
def foreground_everywhere(self, right, mask_pos, overlaps):
    owner, fg_mask, owned = right(mask_pos, overlaps)
    return owner, np.ones_like(fg_mask), owned


@mutant("resolve_conflicts", "conflicts of all images are resolved by the overlaps of the first", "TAL-5")
def overlaps_of_the_first_image(self, right, mask_pos, overlaps):
    return right(mask_pos, np.broadcast_to(overlaps[:1], overlaps.shape))


@mutant("resolve_conflicts", "conflicts after the 64th anchor are not resolved", "TAL-5")
def conflicts_of_64_anchors(self, right, mask_pos, overlaps):
    if not mask_pos.shape[1]:
        return right(mask_pos, overlaps)
    late = (np.arange(mask_pos.shape[2]) >= 64) & mask_pos.any(axis=1)
    return instead(right, mask_pos, overlaps, late, mask_pos.argmax(axis=1))


@mutant("resolve_conflicts", "a box after the eighth never wins a conflict", "TAL-5")
def conflicts_of_eight_boxes(self, right, mask_pos, overlaps):
    late = np.arange(mask_pos.shape[1])[:, np.newaxis] >= 8
    return right(mask_pos, np.where(late & (mask_pos.sum(axis=1, keepdims=True) > 1), -1, overlaps))


@mutant("resolve_conflicts", "overlaps are compared in float32", "TAL-5")
def conflicts_in_float32(self, right, mask_pos, overlaps):
    return right(mask_pos, overlaps.astype(np.float32))


@mutant("resolve_conflicts", "overlaps are compared in float16", "TAL-5")
def conflicts_in_float16(self, right, mask_pos, overlaps):
    return right(mask_pos, overlaps.astype(np.float16))


@mutant("resolve_conflicts", "overlaps are rounded to hundredths before they are compared", "TAL-5")
def overlaps_in_hundredths(self, right, mask_pos, overlaps):
    return right(mask_pos, np.round(overlaps, 2))


@mutant("resolve_conflicts", "claims of an anchor are counted in 8 bits: 257 of them are one", "TAL-5")
def claims_counted_in_8_bits(self, right, mask_pos, overlaps):
    if not mask_pos.shape[1]:
        return right(mask_pos, overlaps)
    count = mask_pos.sum(axis=1)
    return instead(right, mask_pos, overlaps, (count > 1) & (count % 256 == 1), mask_pos.argmax(axis=1))

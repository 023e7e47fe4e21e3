"""Faults in what each box claims."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under


def kth(self, metric):
    """The k-th largest metric of each box (B, G, 1)."""
    return -np.sort(-metric, axis=-1)[..., min(self.dialect.topk, metric.shape[-1]) - 1, np.newaxis]


@mutant("select_topk", "each box claims one anchor more than k", "TAL-4")
def k_plus_1(self, right, *arguments):
    return under(self, topk=self.dialect.topk + 1).select_topk(*arguments)


@mutant("select_topk", "each box claims one anchor fewer than k", "TAL-4")
def k_minus_1(self, right, *arguments):
    return under(self, topk=max(self.dialect.topk - 1, 1)).select_topk(*arguments)


@mutant(
    "select_topk", "k is 13, the default of the assigner's class, whatever the loss asks for", "TAL-4",
    seen="Ultralytics TaskAlignedAssigner",
)  # fmt: skip
def k_of_the_class_default(self, right, *arguments):
    return under(self, topk=13).select_topk(*arguments)


@mutant("select_topk", "anchors with a metric of 0 are not claimed", "TAL-4", seen="keras-cv, LibreYOLO", convention=True)
def zero_is_absent(self, right, metric, mask_gt):
    return right(metric, mask_gt) & (metric > 0)


@mutant("select_topk", "all anchors that tie with the k-th are claimed", "TAL-4")
def all_ties_claimed(self, right, metric, mask_gt):
    return (metric >= kth(self, metric)) & mask_gt


@mutant(
    "select_topk", "all anchors down to 1e-9 below the k-th are claimed", "TAL-4", seen="yolocpp",
)  # fmt: skip
def all_ties_within_1e_9_claimed(self, right, metric, mask_gt):
    return (metric >= kth(self, metric) - 1e-9) & mask_gt


@mutant("select_topk", "only anchors above the k-th metric are claimed", "TAL-4")
def above_the_kth(self, right, metric, mask_gt):
    return (metric > kth(self, metric)) & mask_gt


@mutant(
    "select_topk", "anchors are compared with the largest of the k best, not the smallest", "TAL-4",
    seen="yolocpp 6f211d7",
)  # fmt: skip
def only_the_best_claimed(self, right, metric, mask_gt):
    return (metric >= metric.max(axis=-1, keepdims=True)) & mask_gt


@mutant("select_topk", "the k smallest metrics are claimed", "TAL-4")
def k_smallest(self, right, metric, mask_gt):
    return right(-metric, mask_gt)


@mutant(
    "select_topk", "every box claims the candidates of all boxes of its image", "TAL-4",
    seen="thanhhoai",
)  # fmt: skip
def candidates_of_all_boxes(self, right, metric, mask_gt):
    return right(metric, mask_gt).any(axis=1, keepdims=True) & mask_gt


@mutant("select_topk", "top-k is never applied: every anchor is claimed", "TAL-4", seen="public rewrites")
def no_topk(self, right, metric, mask_gt):
    return np.broadcast_to(mask_gt, metric.shape)


@mutant("select_topk", "all images claim the anchors of the first", "TAL-4")
def claims_of_the_first_image(self, right, metric, mask_gt):
    return np.broadcast_to(right(metric, np.ones_like(mask_gt))[:1], metric.shape) & mask_gt


@mutant(
    "select_topk", "anchor 0 is never claimed", "TAL-4", seen="PaddleDetection #5710",
)  # fmt: skip
def anchor_0_never_claimed(self, right, *arguments):
    claimed = right(*arguments)
    claimed[..., 0] = False
    return claimed


@mutant(
    "select_topk", "rows of padding claim anchor 0", seen="PaddleDetection #5710",
    equivalent="The sources leave rows of padding open, and the assigner masks their claims.",
)  # fmt: skip
def padding_claims_anchor_0(self, right, metric, mask_gt):
    return right(metric, mask_gt) | (~mask_gt & (np.arange(metric.shape[-1]) == 0))


@mutant("select_topk", "metrics are ranked in float32", "TAL-4")
def ranked_in_float32(self, right, metric, mask_gt):
    return right(metric.astype(np.float32), mask_gt)


@mutant("select_topk", "metrics are ranked in float16", "TAL-4")
def ranked_in_float16(self, right, metric, mask_gt):
    return right(metric.astype(np.float16), mask_gt)


@mutant("select_topk", "1e-9 is added to metrics before they are ranked", "TAL-4")
def ranked_with_epsilon(self, right, metric, mask_gt):
    return right(metric + 1e-9, mask_gt)


@mutant("select_topk", "indices of anchors are kept in 8 bits", "TAL-4")
def indices_of_8_bits(self, right, *arguments):
    claimed = right(*arguments)
    low = np.zeros_like(claimed)
    for start in range(0, claimed.shape[-1], 256):
        page = claimed[..., start : start + 256]
        low[..., : page.shape[-1]] |= page
    return low


@mutant("select_topk", "claims of earlier calls with the same shape are not cleared", "TAL-4")
def claims_not_cleared(self, right, metric, mask_gt):
    kept = vars(self).setdefault("kept", {})
    kept[metric.shape] = kept.get(metric.shape, False) | right(metric, mask_gt)
    return kept[metric.shape] & mask_gt

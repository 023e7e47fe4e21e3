"""Mistakes of the assigner, each mended in one line."""

from conformance.ops.fix import Fix

_INSIDE = Fix(
    "inside = torch.cat((points[None] - boxes[:, None, :2], boxes[:, None, 2:] - points[None]), -1).amin(-1) > 1e-9",
    "inside = jnp.concatenate((points[None] - boxes[:, None, :2], boxes[:, None, 2:] - points[None]), "
    "-1).min(-1) > 1e-9",
    "inside = std::min({x - box.x1, y - box.y1, box.x2 - x, box.y2 - y}) > 1e-9;",
)
_METRIC = Fix(
    "metric = scores.T[labels].pow(alpha) * overlaps.clamp(0).pow(beta)  # of an image; "
    "scores (A, C) are probabilities",
    "metric = scores.T[labels] ** alpha * jnp.maximum(overlaps, 0) ** beta  # of an image; scores are probabilities",
    "metric = std::pow(score[label], alpha) * std::pow(std::max(overlap, 0.0), beta);  // alpha 0.5, beta 6",
)
_OVERLAP = Fix(
    "overlaps = ciou(gt_bboxes, pd_bboxes).clamp(0) * inside",
    "overlaps = jnp.maximum(ciou(gt_bboxes, pd_bboxes), 0) * inside",
    "overlap = inside ? std::max(ciou(gt, pd), 0.0) : 0.0;",
)
_TOPK = Fix(
    "claimed = torch.zeros_like(inside).scatter(-1, (metric * inside).topk(k, -1).indices, True) & inside & mask_gt",
    "claimed = jax.nn.one_hot(jax.lax.top_k(metric * inside, k)[1], metric.shape[-1]).any(-2) & inside & mask_gt",
    "std::partial_sort(order, order + k, order + A, [&](int i, int j) { return metric[i] > metric[j]; }); "
    " // then & inside",
)
_OWNER = Fix(
    "owner = torch.where(claimed.sum(1) > 1, overlaps.argmax(1), claimed.int().argmax(1))",
    "owner = jnp.where(claimed.sum(1) > 1, overlaps.argmax(1), claimed.argmax(1))",
    "owner = claims > 1 ? argmax_of_overlaps : only_claimant;  // the largest overlap of all boxes around the anchor",
)
_SCORES = Fix(
    "target_scores *= (metric * best_overlap / (best_metric + 1e-9)).amax(1)[..., None]  # best per box, over "
    "what it owns",
    "target_scores *= (metric * best_overlap / (best_metric + 1e-9)).max(1)[..., None]  # best per box, over "
    "what it owns",
    "target = metric[g][a] * best_overlap[g] / (best_metric[g] + 1e-9);  // best of box g, over the anchors it owns",
)

FIXES = {
    **{id: _INSIDE for id in ("edges-are-inside", "half-open-boxes")},
    **{id: _INSIDE for id in ("inside-by-a-hundredth", "inside-eps-zero", "no-in-box-test")},
    **{id: _INSIDE for id in ("inside-by-cells", "inside-transposed")},
    **{id: _INSIDE for id in ("lower-edge-open", "inverted-boxes-hold-anchors")},
    **{id: _METRIC for id in ("alpha-and-beta-exchanged", "alpha-of-the-class-default")},
    **{id: _METRIC for id in ("metric-is-a-sum", "sigmoid-twice")},
    **{id: _METRIC for id in ("softmax-over-classes", "score-of-the-best-class", "score-of-the-first-label")},
    **{id: _OVERLAP for id in ("overlap-of-iou", "overlap-below-zero", "overlap-is-giou", "overlap-is-diou")},
    **{id: _TOPK for id in ("k-plus-1", "k-minus-1", "k-of-the-class-default", "zero-is-absent", "all-ties-claimed")},
    **{id: _TOPK for id in ("above-the-kth", "k-smallest", "topk-before-the-in-box-test", "claims-outside-the-box")},
    **{id: _OWNER for id in ("conflicts-by-metric", "owner-among-claimants")},
    **{id: _OWNER for id in ("owner-among-all-boxes", "targets-of-the-first-claimant")},
    **{id: _SCORES for id in ("max-iou-factor-missing", "normalised-per-anchor")},
    **{id: _SCORES for id in ("normalised-per-image", "target-is-the-overlap")},
    **{id: _SCORES for id in ("target-is-the-metric", "scaled-by-own-overlap")},
    **{id: _SCORES for id in ("norm-eps-missing", "maxima-over-claims")},
}

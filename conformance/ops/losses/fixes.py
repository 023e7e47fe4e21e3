"""Mistakes of the losses, each mended in one line."""

from conformance.ops.fix import Fix

_BCE = Fix(
    "loss = F.binary_cross_entropy_with_logits(logits, targets, reduction='none')",
    "loss = jnp.maximum(logits, 0) - logits * targets + jnp.log1p(jnp.exp(-jnp.abs(logits)))",
    "loss = std::max(x, 0.0) - x * target + std::log1p(std::exp(-std::abs(x)));",
)
_CLAMP = Fix(
    "target = target.clamp(0, reg_max - 1 - 0.01)",
    "target = jnp.clip(target, 0, reg_max - 1 - 0.01)",
    "t = std::min(std::max(t, 0.0), reg_max - 1 - 0.01);",
)
_BINS = Fix(
    "left = target.long(); loss = F.cross_entropy(z, left, reduction='none') * (left + 1 - target) + "
    "F.cross_entropy(z, left + 1, reduction='none') * (target - left)",
    "left = target.astype(int); logp = jax.nn.log_softmax(z); "
    "loss = -(logp[left] * (left + 1 - target) + logp[left + 1] * (target - left))",
    "const int left = (int)t; loss = -(logp[left] * (left + 1 - t) + logp[left + 1] * (t - left));",
)
_SIDES = Fix(
    "loss = loss.view(-1, 4).mean(-1)  # channels are 4 sides of reg_max bins",
    "loss = loss.reshape(-1, 4).mean(-1)  # channels are 4 sides of reg_max bins",
    "loss = (left + top + right + bottom) / 4;  // z[side * reg_max + i]",
)
_WEIGHT = Fix(
    "weight = target_scores.sum(-1)[fg_mask]; box = ((1 - ciou) * weight).sum() / target_scores_sum  # both (N,)",
    "weight = target_scores.sum(-1); box = jnp.where(fg_mask, (1 - ciou) * weight, 0).sum() / target_scores_sum",
    "if (fg[a]) box += (1 - ciou[a]) * weight[a] / target_scores_sum;  // weight: sum of the anchor's target scores",
)

FIXES = {
    **{id: _BCE for id in ("bce-of-positives", "bce-clamped-at-100", "bce-clipped-probability", "bce-overflow")},
    **{id: _BCE for id in ("bce-hard-targets", "bce-varifocal", "probability-clipped", "saturated-logits-lost")},
    **{id: _CLAMP for id in ("dfl-zero-past-the-end", "dfl-weights-past-the-end")},
    **{id: _CLAMP for id in ("dfl-clamped-at-last-bin", "dfl-margin-0-011")},
    **{id: _CLAMP for id in ("dfl-negative-as-positive", "gradient-clamped-to-the-last-bin", "past-the-last-bin-lost")},
    **{id: _BINS for id in ("dfl-zero-on-a-bin", "dfl-of-probabilities", "dfl-of-left-bin", "dfl-weights-exchanged")},
    **{id: _SIDES for id in ("dfl-sum-of-sides", "dfl-bins-before-sides")},
    **{id: _SIDES for id in ("gradient-of-four-sides", "rows-taken-for-sides")},
    **{id: _WEIGHT for id in ("foreground-unweighted", "foreground-broadcast")},
    **{id: _WEIGHT for id in ("foreground-weight-largest", "foreground-giou")},
    **{id: _WEIGHT for id in ("foreground-ciou-clamped", "foreground-by-score", "box-gradient-without-sum")},
}

"""Mistakes of the whole loss, each mended in one line."""

from conformance.ops.fix import Fix

_SUM = Fix(
    "S = target_scores.sum().clamp(min=1)  # of the batch",
    "S = jnp.maximum(target_scores.sum(), 1)  # of the batch",
    "const double S = std::max(sum_of_target_scores, 1.0);  // of the batch",
)
_BATCH = Fix(*("total = components.sum() * batch_size",) * 2, "total = (box + cls + dfl) * batch_size;")
_CLASSES = Fix(
    "cls = F.binary_cross_entropy_with_logits(logits, target_scores, reduction='none').sum() / S  # all anchors, "
    "all classes",
    "cls = bce(logits, target_scores).sum() / S  # all anchors, all classes",
    "cls += bce(logit[a][c], target_score[a][c]) / S;  // all anchors a, all classes c",
)
_GAINS = Fix(
    "components = torch.stack((box * box_gain, cls * cls_gain, dfl * dfl_gain))  # 7.5, 0.5, 1.5",
    "components = jnp.stack((box * box_gain, cls * cls_gain, dfl * dfl_gain))  # 7.5, 0.5, 1.5",
    "box *= 7.5; cls *= 0.5; dfl *= 1.5;",
)
_DETACHED = Fix(
    "assigned = assign(logits.detach().sigmoid(), (boxes.detach() * strides), points * strides, ...)  # px, "
    "outside the graph",
    "assigned = jax.lax.stop_gradient(assign(jax.nn.sigmoid(logits), boxes * strides, points * strides, ...))  # px",
    "assign(sigmoid(logit), box * stride, point * stride, ...);  // px; target scores are constants of the gradient",
)
_CELLS = Fix(*("target_bboxes = target_bboxes / stride_tensor",) * 2, "target_box /= stride;")
_FLAT = Fix(
    "x = torch.cat([m.view(B, 4 * reg_max + C, -1) for m in feature_maps], 2).transpose(1, 2); "
    "bins, logits = x.split((4 * reg_max, C), -1)",
    "x = jnp.concatenate([m.reshape(B, 4 * reg_max + C, -1) for m in feature_maps], 2).swapaxes(1, 2); "
    "bins, logits = x[..., : 4 * reg_max], x[..., 4 * reg_max :]",
    "z = map[b][channel][y][x];  // channels: 4 * reg_max bins, then C classes; anchors: level, y, x",
)

FIXES = {
    **{id: _SUM for id in ("total-over-bare-sum", "total-over-foreground", "total-over-batch", "total-of-images")},
    **{id: _SUM for id in ("total-over-running-mean", "sum-below-1-divides")},
    **{id: _BATCH for id in ("total-without-batch", "gradient-without-batch-factor")},
    **{id: _CLASSES for id in ("batch-mean-of-classes", "batch-without-background-images", "batch-empty-is-free")},
    **{id: _CLASSES for id in ("background-detached", "batch-without-objects-teaches-nothing")},
    **{id: _GAINS for id in ("gains-exchanged", "gains-of-ppyoloe", "gains-of-bins-exchanged")},
    **{id: _DETACHED for id in ("batch-sigmoid-twice", "batch-boxes-in-cells", "scores-not-detached")},
    **{id: _CELLS for id in ("batch-targets-in-px",)},
    **{id: _FLAT for id in ("batch-flattened-x-outer", "batch-classes-first", "gradient-transposed")},
}

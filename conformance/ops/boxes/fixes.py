"""Mistakes of decoding and encoding, each mended in one line."""

from conformance.ops.fix import Fix

_CORNERS = Fix(
    "left_top, right_bottom = distance.chunk(2, -1); "
    "boxes = torch.cat((anchor_points - left_top, anchor_points + right_bottom), -1)",
    "left_top, right_bottom = jnp.split(distance, 2, -1); "
    "boxes = jnp.concatenate((anchor_points - left_top, anchor_points + right_bottom), -1)",
    "box = {x - d.left, y - d.top, x + d.right, y + d.bottom};",
)
_RANGE = Fix(
    "distance = distance.clamp(0, reg_max - 1 - 0.01)",
    "distance = jnp.clip(distance, 0, reg_max - 1 - 0.01)",
    "d = std::min(std::max(d, 0.0), reg_max - 1 - 0.01);",
)
_BINS = Fix(
    "distance = pred_dist.view(b, a, 4, reg_max).softmax(-1) @ torch.arange(reg_max, dtype=pred_dist.dtype, "
    "device=pred_dist.device)",
    "distance = jax.nn.softmax(pred_dist.reshape(b, a, 4, reg_max), -1) @ jnp.arange(reg_max, dtype=pred_dist.dtype)",
    "distance[side] += i * std::exp(z[side * reg_max + i] - largest) / sum;  // for i < reg_max",
)

FIXES = {
    **{id: _CORNERS for id in ("sides-top-first", "box-as-xywh", "corners-not-negative", "distances-not-negative")},
    **{id: _RANGE for id in ("distances-unbounded", "distances-below-0")},
    **{id: _RANGE for id in ("distances-to-last-bin", "distances-a-bin-too-far")},
    **{id: _RANGE for id in ("distance-margin-0-1", "distance-margin-0-001")},
    **{id: _RANGE for id in ("distances-to-14-99", "far-sides-unbounded")},
    **{id: _BINS for id in ("bins-at-their-middle", "bins-before-sides", "bins-likeliest", "bins-spread-to-reg-max")},
    **{id: _BINS for id in ("bins-without-the-last", "bins-in-half-precision", "bins-in-float32", "bins-overflow")},
    **{id: _BINS for id in ("bins-epsilon", "bins-sharper", "bin-logits-clipped")},
}

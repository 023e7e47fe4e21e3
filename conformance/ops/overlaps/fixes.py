"""Mistakes of the IoU family, each mended in one line."""

from conformance.ops.fix import Fix

_INTERSECTION = Fix(
    "shared = (torch.minimum(x2, u2) - torch.maximum(x1, u1)).clamp(0) * (torch.minimum(y2, v2) - "
    "torch.maximum(y1, v1)).clamp(0)",
    "shared = jnp.maximum(jnp.minimum(x2, u2) - jnp.maximum(x1, u1), 0) * jnp.maximum(jnp.minimum(y2, v2) - "
    "jnp.maximum(y1, v1), 0)",
    "shared = std::max(std::min(x2, u2) - std::max(x1, u1), 0.0) * std::max(std::min(y2, v2) - std::max(y1, v1), 0.0);",
)
_UNION = Fix(
    "h1, h2 = y2 - y1 + eps, v2 - v1 + eps; union = (x2 - x1) * h1 + (u2 - u1) * h2 - shared + eps  # eps = 1e-7",
    "h1, h2 = y2 - y1 + eps, v2 - v1 + eps; union = (x2 - x1) * h1 + (u2 - u1) * h2 - shared + eps  # eps = 1e-7",
    "union_ = (x2 - x1) * (y2 - y1 + eps) + (u2 - u1) * (v2 - v1 + eps) - shared + eps;  // eps = 1e-7",
)
_GAP = Fix(
    "giou = iou - (hull - union) / hull  # hull = cw * ch + eps",
    "giou = iou - (hull - union) / hull  # hull = cw * ch + eps",
    "giou = iou - (hull - union_) / hull;  // hull = cw * ch + eps",
)
_DISTANCE = Fix(
    "diou = iou - ((u1 + u2 - x1 - x2) ** 2 + (v1 + v2 - y1 - y2) ** 2) / 4 / (cw**2 + ch**2 + eps)",
    "diou = iou - ((u1 + u2 - x1 - x2) ** 2 + (v1 + v2 - y1 - y2) ** 2) / 4 / (cw**2 + ch**2 + eps)",
    "diou = iou - (sq(u1 + u2 - x1 - x2) + sq(v1 + v2 - y1 - y2)) / 4 / (cw * cw + ch * ch + eps);",
)
_ASPECT = Fix(
    "v = 4 / torch.pi**2 * (torch.atan(w2 / h2) - torch.atan(w1 / h1)) ** 2  # h = y2 - y1 + eps",
    "v = 4 / jnp.pi**2 * (jnp.arctan(w2 / h2) - jnp.arctan(w1 / h1)) ** 2  # h = y2 - y1 + eps",
    "v = 4 / (M_PI * M_PI) * sq(std::atan(w2 / h2) - std::atan(w1 / h1));  // h = y2 - y1 + eps",
)
_ALPHA = Fix(
    "with torch.no_grad(): alpha = v / (1 - iou + v + eps)",
    "alpha = jax.lax.stop_gradient(v / (1 - iou + v + eps))",
    "const double alpha = v / (1 - iou + v + eps);  // a constant in the gradient",
)
_CIOU = Fix("ciou = diou - alpha * v", "ciou = diou - alpha * v", "ciou = diou - alpha * v;")

FIXES = {
    **{id: _INTERSECTION for id in ("iou-negative-sides", "iou-of-pixels", "iou-clipped-at-0")},
    **{id: _UNION for id in ("iou-eps-twice", "iou-union-without-eps")},
    **{id: _UNION for id in ("iou-eps-on-width", "iou-eps-1e-6", "ciou-eps-1e-6")},
    **{id: _UNION for id in ("ciou-eps-1e-9", "ciou-without-eps", "ciou-areas-without-eps", "ciou-aspect-eps-twice")},
    **{id: _GAP for id in ("giou-gap-over-union", "giou-gap-of-intersection")},
    **{id: _GAP for id in ("giou-hull-without-eps", "giou-not-negative")},
    **{id: _DISTANCE for id in ("diou-without-quarter", "diou-not-squared", "diou-of-corners", "diou-eps-outside")},
    **{id: _DISTANCE for id in ("diou-clamped", "diou-whole-centres")},
    **{id: _ASPECT for id in ("ciou-factor-squared", "ciou-v-squared", "ciou-pi-3-14", "ciou-aspect-turned")},
    **{id: _ASPECT for id in ("aspect-detached", "aspect-times-square", "ciou-aspect-eps-symmetric")},
    **{id: _ALPHA for id in ("ciou-alpha-gated", "ciou-alpha-of-diou")},
    **{id: _ALPHA for id in ("ciou-alpha-without-eps", "ciou-alpha-eps-1e-9")},
    **{id: _ALPHA for id in ("alpha-not-detached", "aspect-gradient-gated")},
    **{id: _CIOU for id in ("ciou-clamped", "ciou-pulled-by-iou", "ciou-gradient-clamped")},
}

"""Mistakes of padding, each mended in one line."""

from conformance.ops.fix import Fix

_SCALE = Fix(
    "cx, cy, w, h = (targets[:, 2:] * torch.tensor([width, height, width, height], dtype=targets.dtype)).unbind(-1)",
    "cx, cy, w, h = (targets[:, 2:] * jnp.array([width, height, width, height], targets.dtype)).T",
    "cx = t[2] * width; cy = t[3] * height; w = t[4] * width; h = t[5] * height;",
)
_CORNERS = Fix(
    "boxes = torch.stack((cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2), -1)",
    "boxes = jnp.stack((cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2), -1)",
    "box = {cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2};",
)
_MASK = Fix(
    "mask_gt = gt_bboxes.sum(-1, keepdim=True) > 0",
    "mask_gt = gt_bboxes.sum(-1, keepdims=True) > 0",
    "mask_gt[b][g] = box.x1 + box.y1 + box.x2 + box.y2 > 0;",
)

FIXES = {
    **{id: _SCALE for id in ("targets-h-w-swapped", "targets-scaled-square")},
    **{id: _SCALE for id in ("targets-scaled-to-640", "targets-not-scaled")},
    **{id: _SCALE for id in ("targets-scaled-to-last-px",)},
    **{id: _CORNERS for id in ("targets-whole-sides", "targets-from-corner", "targets-clipped", "targets-in-whole-px")},
    **{id: _MASK for id in ("mask-of-padding", "mask-of-all-boxes", "mask-of-boxes-on-the-image", "mask-by-area")},
    **{id: _MASK for id in ("mask-without-class-0", "mask-without-repetition", "mask-of-fractions")},
}

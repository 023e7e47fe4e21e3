"""Mistakes of the grid, each mended in one line."""

from conformance.ops.fix import Fix

_CENTRES = Fix(
    "y, x = torch.meshgrid(torch.arange(h) + 0.5, torch.arange(w) + 0.5, indexing='ij'); "
    "points = torch.stack((x, y), -1)",
    "y, x = jnp.meshgrid(jnp.arange(h) + 0.5, jnp.arange(w) + 0.5, indexing='ij'); points = jnp.stack((x, y), -1)",
    "points[y * w + x] = {x + 0.5f, y + 0.5f};  // for y < h, then x < w",
)
_STRIDES = Fix(
    "stride_tensor = torch.cat([torch.full((h * w, 1), float(s)) for (h, w), s in zip(feature_shapes, strides)])",
    "stride_tensor = jnp.concatenate([jnp.full((h * w, 1), float(s)) for (h, w), s in zip(feature_shapes, strides)])",
    "stride_tensor[offset[level] + y * w + x] = strides[level];",
)

FIXES = {
    **{id: _CENTRES for id in ("grid-transposed", "grid-offset-0", "grid-rows-of-height", "grid-x-outer")},
    **{id: _CENTRES for id in ("grid-from-the-bottom", "grid-half-stride-whole", "grid-in-px", "grid-cached")},
    **{id: _STRIDES for id in ("strides-reversed", "stride-of-first-level", "stride-late-by-one", "strides-from-8")},
}

"""Pooling: a region of a feature map, of any size, becomes a grid of numbers."""

from refimpl import roi_align, roi_max_pool

TITLE = "Pooling of regions"
OPS = (roi_max_pool, roi_align)

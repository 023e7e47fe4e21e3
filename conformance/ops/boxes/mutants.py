"""Faults in anchor points and strides."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under


def cells(feature_shapes):
    """Number of anchors of each level."""
    return [height * width for height, width in feature_shapes]


@mutant("make_anchors", "x and y of the grid are exchanged", "ANC-1", seen="MultimediaTechLab YOLO 959b9b0")
def grid_transposed(self, right, feature_shapes):
    points, strides = right(feature_shapes)
    return points[:, ::-1], strides


@mutant("make_anchors", "grid points lie at the corner of their cell, not at its centre", "ANC-1", seen="public rewrites")
def grid_offset_0(self, right, feature_shapes):
    points, strides = right(feature_shapes)
    return points - 0.5, strides


@mutant("make_anchors", "rows of the grid are as long as the map is high, which shows where H != W", "ANC-1", seen="public rewrites")
def grid_rows_of_height(self, right, feature_shapes):
    return right([shape[::-1] for shape in feature_shapes])


@mutant("make_anchors", "cells are counted down the columns, x outer and y inner", "ANC-1")
def grid_x_outer(self, right, feature_shapes):
    points, strides = right([shape[::-1] for shape in feature_shapes])
    return points[:, ::-1], strides


@mutant("make_anchors", "y is counted from the bottom of the map", "ANC-1")
def grid_from_the_bottom(self, right, feature_shapes):
    points, strides = right(feature_shapes)
    height = np.repeat([height for height, _ in feature_shapes], cells(feature_shapes))
    return np.stack([points[:, 0], height - points[:, 1]], axis=-1), strides


@mutant(
    "make_anchors", "the centre of a cell is stride // 2 px, off for odd strides", "ANC-1",
    seen="MultimediaTechLab YOLO, LibreYOLO generate_anchors",
)  # fmt: skip
def grid_half_stride_whole(self, right, feature_shapes):
    points, strides = right(feature_shapes)
    return points - 0.5 + strides // 2 / strides, strides


@mutant("make_anchors", "anchor points are in px, not in cells of their level", "ANC-1", seen="yolocpp fa67259")
def grid_in_px(self, right, feature_shapes):
    points, strides = right(feature_shapes)
    return points * strides, strides


@mutant("make_anchors", "the centre of a cell is at 0.4995 of its sides", "ANC-1")
def grid_offset_0_4995(self, right, feature_shapes):
    points, strides = right(feature_shapes)
    return points - 0.0005, strides


@mutant("make_anchors", "the third call shifts the points by another half cell", "ANC-1")
def grid_shifted_on_third_call(self, right, feature_shapes):
    points, strides = right(feature_shapes)
    self.calls = getattr(self, "calls", 0) + 1
    return points + 0.5 * (self.calls == 3), strides


@mutant("make_anchors", "points are cached by their number: a map of other sides gets the old ones", "ANC-1", seen="public rewrites")
def grid_cached(self, right, feature_shapes):
    points, strides = right(feature_shapes)
    return vars(self).setdefault("grids", {}).setdefault(len(points), points), strides


@mutant("make_anchors", "the grid ends at 640 px: cells beyond repeat the last one", "ANC-1", seen="public rewrites")
def grid_ends_at_640_px(self, right, feature_shapes):
    points, strides = right(feature_shapes)
    return np.minimum(points, 640 // strides - 0.5), strides


@mutant("make_anchors", "cells are counted in 8 bits, which wrap at 256", "ANC-1")
def grid_in_8_bits(self, right, feature_shapes):
    points, strides = right(feature_shapes)
    return points % 256, strides


@mutant("make_anchors", "levels come coarse first", "ANC-1", "ANC-2")
def levels_coarse_first(self, right, feature_shapes):
    return under(self, strides=self.dialect.strides[::-1]).make_anchors(feature_shapes[::-1])


@mutant("make_anchors", "strides come in reverse, levels do not", "ANC-2")
def strides_reversed(self, right, feature_shapes):
    return under(self, strides=self.dialect.strides[::-1]).make_anchors(feature_shapes)


@mutant("make_anchors", "every anchor carries the stride of the first level", "ANC-2")
def stride_of_first_level(self, right, feature_shapes):
    points, strides = right(feature_shapes)
    return points, np.full_like(strides, self.dialect.strides[0])


@mutant("make_anchors", "the first anchor of a level still carries the stride of the level before", "ANC-2")
def stride_late_by_one(self, right, feature_shapes):
    points, strides = right(feature_shapes)
    return points, np.minimum(strides, np.roll(strides, 1))


@mutant("make_anchors", "strides are 8, 16, 32, … whatever the dialect says", "ANC-2")
def strides_from_8(self, right, feature_shapes):
    return under(self, strides=tuple(8 << level for level in range(len(feature_shapes)))).make_anchors(feature_shapes)

"""Faults in anchors, distances and the decode."""

from __future__ import annotations

import numpy as np

from conformance.mutants.mutant import mutant


@mutant("make_anchors", "x and y of the grid are exchanged", "ANC-1", seen="BUGS 1; MultimediaTechLab YOLO 959b9b0")
def grid_transposed(self, right, feature_shapes):
    points, strides = right(feature_shapes)
    return points[:, ::-1], strides


@mutant("make_anchors", "grid points lie at the corner of their cell, not at its centre", "ANC-1", seen="BUGS 3")
def grid_offset_0(self, right, feature_shapes):
    points, strides = right(feature_shapes)
    return points - 0.5, strides

"""Anchors: the points of the grid and their strides."""

from refimpl import make_anchors

TITLE = "Anchors"
OPS = (make_anchors,)

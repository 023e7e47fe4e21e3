"""Anchors: the points of the grid and their strides."""

"""Worked example of the anchors."""

from conformance.ops.boxes.worked import make_anchors

WORKED = {"make_anchors": make_anchors}

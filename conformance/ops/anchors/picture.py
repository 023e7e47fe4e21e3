"""Pictures of anchors."""

from conformance.ops.boxes.picture import anchors

PICTURES = {"make_anchors": (anchors,)}

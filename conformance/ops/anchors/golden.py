"""Golden cases of the anchors."""

from conformance.ops.boxes.golden import ANCHORS

GOLDEN = ANCHORS

"""ANC: anchor points and strides."""

from conformance.judging.clause import YOLOV8, clause
from conformance.ops.bodies import equal

CLAUSES = (
    clause(
        "ANC-1",
        "An anchor point lies at the centre of each cell: levels as given, then y, then x.",
        "anchor_points[i] = (i mod W + 0.5, ⌊i / W⌋ + 0.5) within each level",
        YOLOV8 + "; seed 000",
        make_anchors=equal("anchor_points"),
    ),
    clause(
        "ANC-2",
        "Each anchor carries the stride of its level.",
        "stride_tensor[a] = strides[level of a]",
        YOLOV8 + "; seed 000",
        make_anchors=equal("stride_tensor"),
    ),
)

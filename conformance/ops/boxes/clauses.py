"""DEC: distances, boxes, and the expectation of the bins."""

from conformance.judging.clause import GFL, YOLOV8, clause
from conformance.ops.bodies import gradients, values
from conformance.ops.boxes.licences import decode_about_the_middle, decode_by_log_sum, gathered_bin_by_bin
from refimpl import decode_boxes_vjp

CLAUSES = (
    clause(
        "DEC-1",
        "Distances left, top, right and bottom of an anchor point give the corners of its box.",
        "box = (x − l, y − t, x + r, y + b)",
        YOLOV8,
        dist2bbox=values(),
    ),
    clause(
        "DEC-2",
        "A box gives the four distances from the anchor point, each clamped to the range of the bins.",
        "ltrb = clamp((x − x1, y − y1, x2 − x, y2 − y), 0, R − 1 − 0.01)",
        YOLOV8 + "; seed 003",
        bbox2dist=values(),
    ),
    clause(
        "DEC-3",
        "A predicted distance is the expectation of its R bins under the softmax of their logits.",
        "d = Σ_i i · softmax(logits)_i, sides in the order l, t, r, b, each with R consecutive channels",
        f"{GFL} eq. 4; {YOLOV8}; seed 002",
        decode_boxes=values(decode_by_log_sum, decode_about_the_middle),
    ),
    clause(
        "DEC-1g",
        "The gradient of a box reaches its distances: negative for left and top, positive for right and bottom.",
        "∂(l, t, r, b) = (−∂x1, −∂y1, ∂x2, ∂y2)",
        YOLOV8,
        dist2bbox=gradients(),
    ),
    clause(
        "DEC-3g",
        "The gradient of a box reaches the logits of its bins through the expectation.",
        "∂d/∂x_j = p_j · (j − d), p = softmax(logits)",
        f"{GFL} eq. 4; {YOLOV8}",
        decode_boxes=gradients(gathered_bin_by_bin(decode_boxes_vjp), by_cotangent=True),
    ),
)

"""Clauses about the gradients of the ops: the training signal."""

from conformance.judging.clause import CIOU, GFL, YOLOV8, Clause

CLAUSES = (
    # fmt: off
    Clause(
        "DEC-1g", ("dist2bbox",),
        "The gradient of a box reaches its distances: negative for left and top, positive for right and bottom.",
        "∂(l, t, r, b) = (−∂x1, −∂y1, ∂x2, ∂y2)",
        YOLOV8,
    ),
    Clause(
        "DEC-3g", ("decode_boxes",),
        "The gradient of a box reaches the logits of its bins through the expectation.",
        "∂d/∂x_j = p_j · (j − d), p = softmax(logits)",
        f"{GFL} eq. 4; {YOLOV8}",
    ),
    Clause(
        "IOU-1g", ("iou",),
        "IoU is differentiated by the corners of both boxes; at a kink the one takes what the other does not.",
        "∂IoU = ((1 + IoU)·∂I − IoU·∂A) / U",
        YOLOV8,
    ),
    Clause(
        "IOU-2g", ("giou",),
        "GIoU is differentiated by the corners of both boxes, through intersection, union and enclosing box.",
        "∂GIoU = ∂IoU − ((1 − gap)·∂E − ∂U) / E, gap = (E − U) / E",
        f"arXiv:1902.09630; {YOLOV8}",
    ),
    Clause(
        "IOU-3g", ("diou",),
        "DIoU is differentiated by the corners of both boxes, through centre distance and enclosing diagonal.",
        "∂DIoU = ∂IoU − (∂ρ² − ρ²/c²·∂c²) / c²",
        f"{CIOU}; {YOLOV8}",
    ),
    Clause(
        "IOU-4g", ("ciou",),
        "CIoU is differentiated through IoU, distance and v, unclamped; α is a constant.",
        "∂CIoU = ∂DIoU − α·∂v, ∂v = 8/π² · (θ2 − θ1) · ∂(θ2 − θ1), θ = atan w/h",
        f"{CIOU} section 3.3; {YOLOV8}",
    ),
    Clause(
        "BCE-1g", ("bce_loss",),
        "The gradient of the classification loss is the probability less the target.",
        "∂BCE/∂x = σ(x) − z",
        YOLOV8,
    ),
    Clause(
        "DFL-1g", ("dfl_loss",),
        "The gradient of the loss of a distance is the probability of each bin less its weight, a constant; mean of four sides.",
        "∂DFL/∂x_j = ¼ · (softmax(logits)_j − w_j(t))",
        f"{GFL} eq. 6; {YOLOV8}",
    ),
    Clause(
        "BOX-1g", ("bbox_loss",),
        "The box loss sends each foreground box the gradient of −CIoU, however far it is; weights and S are constants.",
        "∂pred_bboxes = −w/S · ∂CIoU, 0 off the foreground",
        YOLOV8,
    ),
    Clause(
        "BOX-2g", ("bbox_loss",),
        "The distribution loss sends each foreground anchor the gradient of its DFL; weights and S are constants.",
        "∂pred_dist = w/S · ∂DFL, 0 off the foreground",
        YOLOV8,
    ),
    Clause(
        "DET-1g", ("detection_loss",),
        "The bins of a foreground anchor learn from the box loss, through the decode, and from the distribution loss; others not.",
        "∂bins = B/S · (box_gain · ∂decode(∂box) + dfl_gain · ∂dfl)",
        YOLOV8,
    ),
    Clause(
        "DET-2g", ("detection_loss",),
        "Each class logit learns its probability less its target, over S, times gain and batch, on the background too.",
        "∂logits = B/S · cls_gain · (σ(x) − z)",
        YOLOV8,
    ),
    Clause(
        "DET-5g", ("detection_loss",),
        "Nothing flows through the assigner: z and S are constants, so the logit of an assigned class learns σ(x) − z as any other.",
        "∂logits[a, label of owner] = B/S · cls_gain · (σ(x) − z)",
        YOLOV8,
    ),
    # fmt: on
)

"""Bugs of overlaps: a number that is not one where boxes coincide or have no area, and floats that lose their digits."""

from __future__ import annotations

from conformance.evidence.field.bug import Bug

RELEASED = "conformance.candidates.released"
UNIT, POINT = [[0.0, 0.0, 1.0, 1.0]], [[1.0, 1.0, 1.0, 1.0]]
LARGE = {"boxes1": [[0.0, 0.0, 64.0, 64.0]], "boxes2": [[0.0, 0.0, 64.0, 64.0]]}
SAME, POINTS = {"boxes1": UNIT, "boxes2": UNIT}, {"boxes1": POINT, "boxes2": POINT}

BUGS = (
    Bug(
        "paddledet-ciou-identical", "paddledet", "2.6.0", f"{RELEASED}.paddledet:factory", "ciou", SAME,
        "CIoU of a box with itself is NaN in float32",
        "IoU = 1/(1 + 1 − 1) = 1, v = 0: CIoU = 1 − 0 − α·0 = 1.\n"
        "It divides v by 1 + 1e-9 − IoU + v, and 1 + 1e-9 rounds to 1: α = 0/(1 − 1 + 0).",
        "PPYOLOE",
    ),
    Bug(
        "yolov6-ciou-identical", "yolov6detect", "0.4.1", f"{RELEASED}.yolov6detect:factory", "ciou", SAME,
        "its CIoU loss of a box with itself is NaN in float32, with the ε 1e-10 that its box loss has",
        "IoU = 1, v = 0: CIoU = 1.\nIt divides v by v − IoU + (1 + 1e-10), which is 0 − 1 + 1 = 0: α = 0/0.",
        "YOLOV6",
    ),
    Bug(
        "mmdet-ciou-identical", "mmdet", "3.3.0", f"{RELEASED}.mmdet:losses", "ciou", LARGE,
        "CIoU of a box of 64 px with itself is NaN where IoU comes out as 1: its α has no ε",
        "inter = 4096, union = 4096 + 1e-7 rounds to 4096: IoU = 1, v = 0: CIoU = 1.\nα = v/(1 − IoU + v) = 0/(1 − 1 + 0).",
    ),
    Bug(
        "mmdet-ciou-gradient-identical", "mmdet", "3.3.0", f"{RELEASED}.mmdet:losses", "ciou",
        LARGE,
        "the gradient of CIoU is NaN for a box of 64 px that is its own target",
        "inter = union = 4096 and 4096 + 1e-7 = 4096: IoU = 1, so α = 0/0 multiplies every slope of v.\n"
        "Right is a finite slope: at u = 1 the corners may be moved either way.",
        gradient=True,
    ),
    Bug(
        "torchvision-ciou-points", "torchvision", "0.28.0", f"{RELEASED}.torchvision:factory", "ciou", POINTS,
        "`complete_box_iou` of two boxes without area is NaN",
        "inter = 0, union = 0, hull = 0: with an ε in each division CIoU = 0/ε − 0/ε − 0 = 0.\nIt has none in the union: 0/0.",
    ),
    Bug(
        "torchvision-giou-points", "torchvision", "0.28.0", f"{RELEASED}.torchvision:factory", "giou", POINTS,
        "`generalized_box_iou` of two boxes without area is NaN",
        "inter = union = hull = 0.\nIoU = 0/0, and (hull − union)/hull = 0/0.",
    ),
    Bug(
        "torchvision-ciou-gradient-flat", "torchvision", "0.28.0", f"{RELEASED}.torchvision:factory", "ciou",
        {"boxes1": [[0.0, 0.0, 1.0, 1.0]], "boxes2": [[0.0, 0.0, 1.0, 0.0]]},
        "the gradient of `complete_box_iou` by a box without height is NaN",
        "∂ atan(w/h)/∂h = −w/(w² + h²) = −1/1.\nIt is the product 1/(1 + (w/h)²) · (−w/h²) = 1/∞ · (−1/0) = 0 · ∞.",
        gradient=True,
    ),
    Bug(
        "luxonis-gradient-points", "luxonis-train", "0.6.0", f"{RELEASED}.luxonis_train:factory", "ciou", POINTS,
        "the value of CIoU of two boxes without area is made 0, its gradient stays NaN",
        "inter/union = 0/0 = NaN, which `nan_to_num` makes 0 in the value.\n"
        "Backward, 0 · ∂(0/0) = 0 · NaN = NaN: a constant 0 has slope 0.",
        "LUXONIS", gradient=True,
    ),
    Bug(
        "libreyolo-float64", "libreyolo", "1.6.0", f"{RELEASED}.libreyolo:factory", "iou",
        {"boxes1": [[0.0, 0.0, 3.0, 1.0]], "boxes2": [[0.0, 0.0, 1.0, 1.0]]},
        "overlaps of float64 boxes are computed in float32, and cast back",
        "inter = 1, union = 3: IoU = 1/(3 + 1e-7) = 0.333333322.\nfloat32 has 0.33333334 = 0.33333334327, 2.1e-8 above it.",
        "LIBREYOLO9", dtype="float64",
    ),
)  # fmt: skip

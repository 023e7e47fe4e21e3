"""Who decides otherwise, where no mutant says so already."""

from conformance.ops.otherwise import FIELD, Otherwise

OTHERWISE = (
    Otherwise(
        "decode_boxes",
        "reg_max",
        "PaddleDetection, super-gradients and YOLOv6 count reg_max + 1 bins, 0 … 16",
        "PaddleDetection ppyoloe_head.py, YOLOv6 loss.py",
        f"{FIELD}: reg_max is the number of bins",
    ),
    Otherwise(
        "decode_boxes",
        "",
        "mmyolo and MultimediaTechLab YOLO multiply by the stride before they add the point, and decode to px",
        "mmyolo DistancePointBBoxCoder",
        "an adapter divides by the stride",
    ),
    Otherwise(
        "bbox2dist",
        "reg_max",
        "with 17 bins, PaddleDetection, super-gradients and YOLOv6 clamp at 15.99 instead of 14.99",
        "PaddleDetection ppyoloe_head.py",
        FIELD,
    ),
)

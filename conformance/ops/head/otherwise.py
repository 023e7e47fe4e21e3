"""Who decides otherwise, where no mutant says so already."""

from conformance.ops.otherwise import Otherwise

OTHERWISE = (
    Otherwise(
        "detection_loss",
        "",
        "PaddleDetection and super-gradients sum S over all processes; mmyolo multiplies by their number",
        "PaddleDetection ppyoloe_head.py",
        "one process is judged",
    ),
    Otherwise(
        "detection_loss",
        "",
        "keras-cv and MultimediaTechLab YOLO take the size of the image from the image, not from the first map",
        "keras-cv yolo_v8",
        "equal where the image is a multiple of its strides",
    ),
)

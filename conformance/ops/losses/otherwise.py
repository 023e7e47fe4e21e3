"""Who decides otherwise, where no mutant says so already."""

from conformance.ops.otherwise import LICENSED, Otherwise

OTHERWISE = (
    Otherwise(
        "dfl_loss",
        "",
        "Ultralytics from 8.4.104 on gathers from one log-softmax instead of two cross-entropies",
        "Ultralytics loss.py",
        LICENSED,
    ),
    Otherwise(
        "bbox_loss",
        "",
        "mmyolo, MultimediaTechLab YOLO and keras-cv compare boxes in px; here they are in cells",
        "mmyolo yolov8_head.py",
        "CIoU is the same at any scale but for ε; judged in cells",
    ),
)

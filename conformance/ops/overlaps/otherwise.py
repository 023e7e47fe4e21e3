"""Who decides otherwise, where no mutant says so already."""

from conformance.ops.otherwise import LICENSED, Otherwise

OTHERWISE = (
    Otherwise(
        "ciou",
        "",
        "Ultralytics before 8.4.144, mmyolo and YOLOv9 write the denominator of α as v − IoU + (1 + ε)",
        "Ultralytics metrics.py; changed in 8.4.144 for half precision",
        LICENSED,
    ),
    Otherwise(
        "ciou",
        "",
        "LibreYOLO, MultimediaTechLab YOLO and torchvision compute in float32 even where half precision is given",
        "torchvision ops/ciou_loss.py",
        "half precision is not judged",
    ),
)

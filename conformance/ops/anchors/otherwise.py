"""Who decides otherwise, where no mutant says so already."""

from conformance.ops.otherwise import Otherwise

OTHERWISE = (
    Otherwise(
        "make_anchors",
        "",
        "mmyolo, PaddleDetection, YOLOv6 and super-gradients hand out points in px; here the caller scales",
        "mmyolo MlvlPointGenerator, YOLOv6 generate_anchors",
        "an adapter divides by the stride",
    ),
)

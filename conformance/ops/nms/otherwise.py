"""Who decides otherwise, where no mutant says so already."""

from conformance.ops.otherwise import LICENSED, OPEN, OUTSIDE, Otherwise

OTHERWISE = (
    Otherwise("nms", "", "of equal scores Ultralytics, Paddle and supervision may take any first", "argsort", OPEN),
    Otherwise("nms", "", "Soft-NMS lowers scores instead of dropping boxes; TensorFlow halves its exponent", "arXiv:1704.04503", OUTSIDE),
    Otherwise("batched_nms", "", "torchvision moves boxes by the largest coordinate + 1 below 1,000 boxes", "torchvision batched_nms", LICENSED),
    Otherwise("detections", "max_nms", "Ultralytics stops after 2 + 0.05 · B seconds, whatever is left", "utils/nms.py", "answers then depend on the clock"),
)  # fmt: skip

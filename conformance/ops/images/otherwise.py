"""Who decides otherwise, where no mutant says so already."""

from conformance.ops.otherwise import OUTSIDE, Otherwise

OTHERWISE = (
    Otherwise("mixup", "", "classification weighs the labels by λ as well; detection keeps both lists as they are", "arXiv:1710.09412", OUTSIDE),
    Otherwise("hsv_tables", "", "the turn through HSV and back changes 42 of 100 pixels by up to 6 by itself", "OpenCV", "images are not compared after it"),
)  # fmt: skip

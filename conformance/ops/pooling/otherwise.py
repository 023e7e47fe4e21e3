"""Who decides otherwise, where no mutant says so already."""

from conformance.ops.otherwise import LICENSED, OPEN, OUTSIDE, Otherwise

OTHERWISE = (
    Otherwise("roi_max_pool", "roi_bins", "Caffe, torchvision and Paddle compute edges of bins in float32, a cell off in 204 of 105,000", "run", LICENSED),
    Otherwise("roi_max_pool", "", "mmcv does not round corners and adds a pixel to the last before scaling", "mmcv roi_pool", OUTSIDE),
    Otherwise("roi_max_pool", "", "of equal cells the first takes the gradient, or all share it", "torch.max, torch.amax", OPEN),
)  # fmt: skip

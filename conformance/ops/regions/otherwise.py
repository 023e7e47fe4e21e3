"""Who decides otherwise, where no mutant says so already."""

from conformance.ops.otherwise import OPEN, OUTSIDE, Otherwise

OTHERWISE = (
    Otherwise("propose", "", "feature pyramids take N₁ for each level and suppress within a level", "Detectron2, torchvision, mmdet", OUTSIDE),
    Otherwise("propose", "", "of equal scores any may come first", "torch.topk", OPEN),
)  # fmt: skip

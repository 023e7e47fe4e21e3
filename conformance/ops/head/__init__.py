"""The whole head: from feature maps and targets to one number."""

from refimpl import detection_loss

TITLE = "The detection loss"
OPS = (detection_loss,)

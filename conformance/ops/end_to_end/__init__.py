"""The loss of two heads: one that gives a box many anchors, and one that gives it a single one and takes over."""

from refimpl import end_to_end_loss

TITLE = "The loss of two heads"
OPS = (end_to_end_loss,)

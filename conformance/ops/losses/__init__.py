"""Losses: cross-entropy, distribution focal loss, and the losses of the foreground."""

from refimpl import bbox_loss, bce_loss, dfl_loss

TITLE = "Losses"
OPS = (bce_loss, dfl_loss, bbox_loss)

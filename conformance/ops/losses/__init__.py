"""Losses: cross-entropy, distribution focal loss, and the losses of the foreground."""

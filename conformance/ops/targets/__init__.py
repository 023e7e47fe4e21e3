"""Targets: labelled boxes as padded slots."""

from refimpl import pad_targets

TITLE = "Targets"
OPS = (pad_targets,)

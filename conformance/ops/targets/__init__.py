"""Targets: labelled boxes as padded slots."""

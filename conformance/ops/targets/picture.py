"""Pictures of padded targets."""

from conformance.ops.boxes.picture import padded

PICTURES = {"pad_targets": (padded,)}

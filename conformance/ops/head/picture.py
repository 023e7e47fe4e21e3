"""Pictures of a whole batch."""

from conformance.ops.assigner.picture_scene import whole

PICTURES = {"detection_loss": (whole,)}

"""Cases of the gradients of distances and distributions."""

from __future__ import annotations

from conformance.cases.gradients import gradients
from conformance.ops.boxes.cases import DISTANCES, DISTRIBUTIONS

GRADIENT_CASES = {
    "dist2bbox": gradients("dist2bbox", DISTANCES),
    "decode_boxes": gradients("decode_boxes", DISTRIBUTIONS),
}

"""Cases of the gradient of decoded deltas."""

from conformance.cases.gradients import gradients
from conformance.ops.regions.cases import DECODE

GRADIENT_CASES = {"decode_deltas": gradients("decode_deltas", DECODE)}

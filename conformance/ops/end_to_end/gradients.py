"""Cases of the gradient of the loss of two heads."""

from conformance.cases.gradients import gradients
from conformance.ops.end_to_end.cases import PAIRS
from conformance.ops.end_to_end.heads import HEADS
from conformance.ops.head.gradients import off_the_edges

GRADIENT_CASES = {"end_to_end_loss": gradients("end_to_end_loss", off_the_edges(PAIRS, *HEADS))}

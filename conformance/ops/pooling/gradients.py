"""Cases of the gradients of pooling."""

from conformance.cases.gradients import gradients
from conformance.ops.pooling.cases import ALIGN, POOL

GRADIENT_CASES = {"roi_max_pool": gradients("roi_max_pool", POOL), "roi_align": gradients("roi_align", ALIGN)}

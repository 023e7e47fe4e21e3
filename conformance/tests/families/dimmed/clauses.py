"""DIM: darker images."""

from conformance.judging.clause import clause
from conformance.ops.bodies import equal

CLAUSES = (
    clause("DIM-1", "Each pixel is less by the shift, and 0 at least.", "max(pixel − shift, 0)", "by hand", dimmed=equal("darker")),
)

"""AREA: what a box covers."""

from conformance.judging.clause import clause
from conformance.ops.bodies import gradients, values

CLAUSES = (
    clause("AREA-1", "The area of a box is width times height.", "area = (x2 − x1) · (y2 − y1)", "geometry", box_area=values()),
    clause(
        "AREA-1g", "Each corner moves the area by the other side.", "∂area/∂x2 = y2 − y1, and so on", "geometry",
        box_area=gradients(),
    ),
)  # fmt: skip

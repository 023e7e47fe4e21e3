"""Cases of the largest box."""

from __future__ import annotations

from hypothesis import strategies as st

from conformance.cases.boxes import upright_boxes
from conformance.cases.case import Case, Cases, always
from conformance.cases.draws import realness


@st.composite
def _boxes(draw, event, precision, served):
    shape = draw(st.integers(1, 3), label="B"), 0 if event == "no boxes" else draw(st.integers(2, 4), label="G")
    boxes = draw(upright_boxes(shape, precision=precision, real=draw(realness(event))))
    if event == "equal boxes":
        boxes[:, 1] = boxes[:, 0]
    return Case.of(draw(st.sampled_from(served)), {"boxes": boxes})


EVENTS = {
    "lattice": always,
    "real": always,
    "no boxes": lambda case: not case.boxes.shape[1],
    "equal boxes": lambda case: bool((case.boxes[:, 1] == case.boxes[:, 0]).all()),
}

CASES = {"largest_box": Cases(EVENTS, _boxes)}

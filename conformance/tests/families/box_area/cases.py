"""Cases of areas."""

from __future__ import annotations

from hypothesis import strategies as st

from conformance.cases.boxes import upright_boxes
from conformance.cases.case import Case, Cases, also_asked_before, always
from conformance.cases.draws import realness


@st.composite
def _boxes(draw, event, precision, served):
    count = 0 if event == "no boxes" else draw(st.integers(1, 4), label="N")
    boxes = draw(upright_boxes((count,), precision=precision, real=draw(realness(event))))
    if event == "an inverted box":
        boxes[0] = boxes[0][[2, 1, 0, 3]]
    return Case.of(draw(st.sampled_from(served)), {"boxes": boxes})


EVENTS = {
    "lattice": always,
    "real": always,
    "no boxes": lambda case: not len(case.boxes),
    "an inverted box": lambda case: bool((case.boxes[:, 2] < case.boxes[:, 0]).any()),
}

CASES = {"box_area": also_asked_before(Cases(EVENTS, _boxes), lambda case: {"boxes": case.boxes / 2})}

"""Cases of darker images."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from conformance.cases.case import Case, Cases, always
from conformance.cases.draws import choices


@st.composite
def _images(draw, event, precision, served):
    shape = draw(st.integers(1, 3), label="H"), draw(st.integers(1, 3), label="W"), 3
    image = draw(choices(shape, (0, 1, 7, 128, 255)), label="image").astype(np.uint8)
    shift = draw(st.integers(8, 300) if event == "below 0" else st.integers(0, 300), label="shift")
    if event == "below 0":
        image[0, 0] = 7
    return Case.of(draw(st.sampled_from(served)), {"image": image, "shift": shift})


EVENTS = {"lattice": always, "below 0": lambda case: bool((case.image < case.shift).any())}

CASES = {"dimmed": Cases(EVENTS, _images)}

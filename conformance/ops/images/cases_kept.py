"""Boxes before and after a warp, of which some are kept."""

from __future__ import annotations

from hypothesis import strategies as st

from conformance.cases.case import Case, Cases, always
from conformance.cases.draws import composite
from conformance.ops.images.cases import boxes_on

LIMITS = {
    "just 2 px wide": ((0, 0, 4, 16), (0, 0, 2, 16)),
    "just 2 px high": ((0, 0, 16, 4), (0, 0, 16, 2)),
    "just a tenth": ((0, 0, 32, 20), (0, 0, 16, 4)),
    "a hair less than a tenth": ((0, 0, 32, 20), (0, 0, 16, 4 - 2.0**-16)),
    "a hair more than a tenth": ((0, 0, 32, 20), (0, 0, 16, 4 + 2.0**-16)),
    "100.5 times as wide": ((0, 0, 402, 4), (0, 0, 402, 4)),
    "200 times as high": ((0, 0, 4, 800), (0, 0, 4, 800)),
    "just 100 times as wide": ((0, 0, 400, 4), (0, 0, 400, 4)),
    "just 100 times as high": ((0, 0, 4, 400), (0, 0, 4, 400)),
    "a hair less than 100 times as wide": ((0, 0, 400, 4), (0, 0, 400 - 2.0**-14, 4)),
    "a hair more than 100 times as high": ((0, 0, 4, 400), (0, 0, 4, 400 + 2.0**-14)),
    "50 times as wide": ((0, 0, 200, 4), (0, 0, 200, 4)),
    "a hair more than 2 px": ((0, 0, 4, 4), (0, 0, 2.0078125, 2.0078125)),
    "had no area": ((4, 4, 4, 8), (4, 4, 8, 8)),
    "nothing left": ((0, 0, 8, 8), (0, 0, 0, 8)),
    "turned inside out": ((0, 0, 8, 8), (6, 6, 2, 2)),
    "was inside out": ((6, 2, 2, 6), (0, 0, 8, 8)),
    "moved, and as large": ((100, 50, 110, 60), (0, 0, 10, 10)),
    "grown": ((0, 0, 4, 4), (0, 0, 40, 40)),
}
"""Boxes before and after, for each event of that name."""


@composite
def _kept_cases(draw, event, precision, served):
    count = 0 if event == "no boxes" else draw(st.integers(1, 4), label="N")
    before = draw(boxes_on(event, (64, 64), precision, count))
    after = draw(boxes_on(event, (32, 32), precision, count))
    if event in LIMITS:
        before[0], after[0] = LIMITS[event]
    return Case.of(draw(st.sampled_from(served)), {"before": before, "after": after})


def _has(pair):
    return lambda c: bool(((c.before == pair[0]).all(1) & (c.arguments["after"] == pair[1]).all(1)).any())


KEPT = Cases(
    {
        "lattice": always,
        "real": always,
        **{name: _has(pair) for name, pair in LIMITS.items()},
        "no boxes": lambda c: len(c.before) == 0,
    },
    _kept_cases,
)

CASES = {"keep_boxes": KEPT}

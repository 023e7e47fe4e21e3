"""Cases of the anchors: shapes of feature maps."""

from __future__ import annotations

from hypothesis import strategies as st

from conformance.cases.boxes import LEVELS, feature_shapes, levels_possible
from conformance.cases.case import Call, Case, Cases, always
from conformance.cases.draws import composite, served_with


@composite
def _anchor_cases(draw, event, precision, served):
    if event in LEVELS:
        served = served_with(served, strides=LEVELS[event])
    dialect = draw(st.sampled_from(served))
    shapes = draw(feature_shapes(dialect, most=6), label="feature_shapes")
    if event == "H != W":
        shapes = [(h, w + 1 + (h == w + 1)) for h, w in shapes]
    if event == "empty level":
        level = draw(st.integers(0, len(shapes) - 1), label="level")
        shapes[level] = draw(st.sampled_from([(0, shapes[level][1]), (shapes[level][0], 0)]), label="empty")
    if event == "wide map":
        shapes = [(h, -(-2060 * dialect.strides[0] // s)) for (h, _), s in zip(shapes, dialect.strides)]
    if event == "after another shape":
        shapes = [(h, w + 1 if h == w else w) for h, w in shapes]
        return Case.of(dialect, {"feature_shapes": shapes}).after(Call(dialect, {"feature_shapes": [s[::-1] for s in shapes]}))
    return Case.of(dialect, {"feature_shapes": shapes})


ANCHORS = Cases(
    {
        "lattice": always,
        "H != W": lambda case: any(h != w for h, w in case.feature_shapes),
        "several levels": lambda case: len(case.feature_shapes) > 1,
        "one level": lambda case: len(case.feature_shapes) == 1,
        "odd strides": lambda case: any(stride % 2 for stride in case.dialect.strides),
        "empty level": lambda case: any(h * w == 0 for h, w in case.feature_shapes) and len(case.feature_shapes) > 1,
        "wide map": lambda case: case.feature_shapes[0][1] > 2048,
        "after another shape": lambda case: case.earlier[0].arguments["feature_shapes"] != case.feature_shapes,
    },
    _anchor_cases,
    levels_possible,
)

CASES = {"make_anchors": ANCHORS}
